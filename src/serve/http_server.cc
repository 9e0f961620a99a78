#include "serve/http_server.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "base/check.h"
#include "base/log.h"
#include "base/thread.h"
#include "serve/http_session.h"

namespace waymark::serve {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// Connections over the limit that are told so at a time; further ones are only closed.
constexpr size_t kRefusalsMax = 64;
constexpr std::chrono::milliseconds kAcceptPause{100};

}  // namespace

struct HttpServer::Impl {
  Impl(HttpOptions o, Router r, const base::Clock& clock, Observer ob)
      : options(std::move(o)),
        router(std::move(r)),
        observer(std::move(ob)),
        context{options, router, clock, observer, stopping,
                [this](bool streamed) { OnClosed(streamed); }, [this] { return MayStream(); }},
        access(std::make_shared<Access>(options.token, !options.tls.client_ca.empty())),
        io(static_cast<int>(options.threads)),
        acceptor(asio::make_strand(io)),
        pause(acceptor.get_executor()) {}

  base::Status Listen();
  void Accept();
  void OnAccepted(error_code error, tcp::socket socket);
  void Serve(tcp::socket socket);
  void OnClosed(bool streamed);
  bool MayStream();
  void Stop(base::Millis grace);

  const HttpOptions options;
  const Router router;
  const Observer observer;
  std::atomic<bool> stopping = false;  // set with the mutex held
  const SessionContext context;
  uint16_t port = 0;
  TlsContext tls;                         // guarded by mutex; null: no TLS
  std::shared_ptr<const Access> access;  // guarded by mutex

  // Declared before the io_context, whose end destroys the last sessions, which call OnClosed().
  std::mutex mutex;
  std::condition_variable all_closed;
  size_t open = 0;     // guarded by mutex
  size_t streams = 0;  // of these, responses that go on; guarded by mutex
  // Guarded by mutex; entries whose session is gone are removed as new ones come.
  std::vector<std::weak_ptr<HttpSession>> sessions;

  asio::io_context io;
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  std::vector<std::thread> threads;
};

base::Status HttpServer::Impl::Listen() {
  const auto fail = [this](const char* what, const error_code& error, std::string hint) {
    return base::Status(base::StatusCode::kConfig,
                        std::string(what) + " " + options.address + ":" +
                            std::to_string(options.port) + ": " + error.message(),
                        std::move(hint));
  };
  error_code error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error) return fail("cannot listen on", error, "http.address takes an IP address");
  const tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), error);
  if (error) return fail("cannot listen on", error, "choose another http.address");
  acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error == asio::error::address_in_use) {
    return fail("cannot listen on", error, "choose another http.port; 0 takes a free one");
  }
  if (error) return fail("cannot listen on", error, "check http.address and http.port");
  port = acceptor.local_endpoint(error).port();
  return {};
}

void HttpServer::Impl::Accept() {
  acceptor.async_accept(asio::make_strand(io), [this](error_code error, tcp::socket socket) {
    OnAccepted(error, std::move(socket));
  });
}

void HttpServer::Impl::OnAccepted(error_code error, tcp::socket socket) {
  if (error == asio::error::operation_aborted || !acceptor.is_open()) return;
  if (!error) {
    Serve(std::move(socket));
    return Accept();
  }
  // Such as no file descriptors left: trying at once again would only burn a core.
  WAYMARK_WARN("accepting an HTTP connection failed: {}", error.message());
  pause.expires_after(kAcceptPause);
  pause.async_wait([this](error_code stopped) {
    if (!stopped) Accept();
  });
}

void HttpServer::Impl::Serve(tcp::socket socket) {
  std::unique_lock lock(mutex);
  const size_t connections = open - streams;
  if (stopping || connections >= options.connections_max + kRefusalsMax) return;
  const bool refused = connections >= options.connections_max;
  ++open;
  std::erase_if(sessions, [](const auto& session) { return session.expired(); });
  auto session = std::make_shared<HttpSession>(std::move(socket), tls, access, context);
  sessions.push_back(session);
  lock.unlock();
  refused ? session->Refuse() : session->Start();
}

void HttpServer::Impl::OnClosed(bool streamed) {
  const std::lock_guard lock(mutex);
  --open;
  if (streamed) --streams;
  all_closed.notify_all();
}

bool HttpServer::Impl::MayStream() {
  const std::lock_guard lock(mutex);
  if (streams >= options.streams_max) return false;
  ++streams;
  return true;
}

void HttpServer::Impl::Stop(base::Millis grace) {
  if (threads.empty()) return;
  asio::post(acceptor.get_executor(), [this] {
    error_code ignored;
    acceptor.close(ignored);
    pause.cancel(ignored);
  });
  std::vector<std::weak_ptr<HttpSession>> now;
  {
    const std::lock_guard lock(mutex);
    stopping = true;
    now = sessions;
  }
  for (const auto& session : now) {
    if (const auto alive = session.lock()) alive->CloseIfIdle();
  }
  {
    std::unique_lock lock(mutex);
    all_closed.wait_for(lock, grace, [this] { return open == 0; });
  }
  io.stop();
  for (std::thread& thread : threads) thread.join();
  threads.clear();
  // Whoever feeds them must not wake what is about to go.
  for (const auto& session : now) {
    if (const auto alive = session.lock()) alive->Abandon();
  }
}

bool IsLoopback(const std::string& address) {
  error_code error;
  const auto parsed = asio::ip::make_address(address, error);
  return !error && parsed.is_loopback();
}

HttpServer::HttpServer(HttpOptions options, Router router, const base::Clock& clock,
                       Observer observer)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(router), clock,
                                   std::move(observer))) {}

HttpServer::~HttpServer() { Stop(base::Millis(0)); }

base::Status HttpServer::Start() {
  WAYMARK_CHECK(impl_->threads.empty() && impl_->port == 0, "a server starts once");
  if (impl_->options.tls.enabled()) {
    WAYMARK_ASSIGN_OR_RETURN(impl_->tls, MakeTlsContext(impl_->options.tls));
  }
  WAYMARK_RETURN_IF_ERROR(impl_->Listen());
  impl_->Accept();
  for (size_t i = 0; i < impl_->options.threads; ++i) {
    impl_->threads.emplace_back([impl = impl_.get()] {
      base::NameThread("http");
      impl->io.run();
    });
  }
  return {};
}

base::Status HttpServer::Renew(const TlsFiles& tls, const std::string& token) {
  TlsContext renewed;
  if (impl_->options.tls.enabled()) {
    WAYMARK_ASSIGN_OR_RETURN(renewed, MakeTlsContext(tls));
  }
  const std::lock_guard lock(impl_->mutex);
  impl_->tls = std::move(renewed);
  impl_->access = std::make_shared<Access>(token, !tls.client_ca.empty());
  return {};
}

uint16_t HttpServer::port() const { return impl_->port; }

void HttpServer::Stop(base::Millis grace) { impl_->Stop(grace); }

}  // namespace waymark::serve
