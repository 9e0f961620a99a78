#include "serve/http_session.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/error.hpp>

#include <algorithm>
#include <array>
#include <string>

#include "base/log.h"

namespace waymark::serve {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::chrono::seconds kDrainTime{2};
constexpr std::chrono::seconds kHandshakeTime{10};
constexpr size_t kDrainBytesMax = 64 * 1024;

std::string_view MethodLabel(http::verb verb) {
  switch (verb) {
    case http::verb::get: return "GET";
    case http::verb::head: return "HEAD";
    case http::verb::post: return "POST";
    case http::verb::put: return "PUT";
    case http::verb::delete_: return "DELETE";
    case http::verb::patch: return "PATCH";
    case http::verb::options: return "OPTIONS";
    default: return "OTHER";
  }
}

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

std::string Lower(beast::string_view text) {
  std::string out(text.data(), text.size());
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

Response RefusalOf(const beast::error_code& error) {
  if (error == http::error::header_limit) {
    return ErrorResponse(431, "the header of the request is too large", "send fewer headers");
  }
  if (error == http::error::body_limit) {
    return ErrorResponse(413, "the body of the request is too large", "send less at a time");
  }
  return ErrorResponse(400, "not an HTTP/1.1 request: " + error.message(), "");
}

// Faults of the connection, not of what was sent.
bool IsProtocolFault(const beast::error_code& error) {
  return error.category() == http::make_error_code(http::error::bad_method).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

}  // namespace

HttpSession::HttpSession(asio::ip::tcp::socket socket, TlsContext tls,
                         std::shared_ptr<const Access> access, const SessionContext& context)
    : tls_(std::move(tls)),
      access_(std::move(access)),
      stream_(tls_ == nullptr ? decltype(stream_)(std::in_place_type<Clear>, std::move(socket))
                              : decltype(stream_)(std::in_place_type<Encrypted>,
                                                  std::move(socket), *tls_)),
      context_(context),
      heartbeat_timer_(tcp().get_executor()) {}

HttpSession::~HttpSession() {
  Abandon();
  context_.on_closed(body_ != nullptr);
}

void HttpSession::Abandon() {
  if (body_) body_->Close();
}

boost::beast::tcp_stream& HttpSession::tcp() {
  if (auto* const clear = std::get_if<Clear>(&stream_)) return *clear;
  return std::get<Encrypted>(stream_).next_layer();
}

void HttpSession::Start() { Begin(&HttpSession::Read); }

void HttpSession::Refuse() { Begin(&HttpSession::WriteRefusal); }

void HttpSession::Begin(void (HttpSession::*next)()) {
  asio::dispatch(tcp().get_executor(), [self = shared_from_this(), next] {
    auto* const encrypted = std::get_if<Encrypted>(&self->stream_);
    if (encrypted == nullptr) return (self.get()->*next)();
    self->tcp().expires_after(std::min<base::Millis>(kHandshakeTime,
                                                     self->context_.options.idle_timeout));
    encrypted->async_handshake(asio::ssl::stream_base::server,
                               [self, next](beast::error_code error) {
                                 self->OnHandshake(error, next);
                               });
  });
}

void HttpSession::OnHandshake(beast::error_code error, void (HttpSession::*next)()) {
  if (!error) return (this->*next)();
  const bool is_bad_certificate =
      error.category() == asio::error::get_ssl_category() &&
      ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_CERTIFICATE_VERIFY_FAILED;
  if (is_bad_certificate && context_.observer) {
    context_.observer({"unmatched", "OTHER", 0, {}, true});
  }
  WAYMARK_DEBUG("a TLS handshake failed: {}", error.message());
  Close();
}

void HttpSession::WriteRefusal() {
  busy_ = true;
  Write(ErrorResponse(503, "too many connections",
                      "try again, or raise the setting http.connections_max"),
        false, false, 11);
}

bool HttpSession::HasCertificate() const {
  const auto* const encrypted = std::get_if<Encrypted>(&stream_);
  if (encrypted == nullptr) return false;
  // The library's constness is not that of the handle.
  SSL* const handle = const_cast<Encrypted*>(encrypted)->native_handle();
  return SSL_get0_peer_certificate(handle) != nullptr && SSL_get_verify_result(handle) == X509_V_OK;
}

void HttpSession::CloseIfIdle() {
  asio::post(tcp().get_executor(), [self = shared_from_this()] {
    if (self->body_) {
      self->body_->End();
    } else if (!self->busy_) {
      self->Close();
    }
  });
}

void HttpSession::Read() {
  if (context_.stopping) return Close();
  busy_ = false;
  parser_.emplace();
  parser_->header_limit(static_cast<uint32_t>(context_.options.header_bytes_max));
  parser_->body_limit(context_.options.body_bytes_max);
  tcp().expires_after(context_.options.idle_timeout);
  OnStream([this](auto& stream) {
    http::async_read(stream, buffer_, *parser_,
                     [self = shared_from_this()](beast::error_code error, size_t /*bytes*/) {
                       self->OnRead(error);
                     });
  });
}

void HttpSession::OnRead(beast::error_code error) {
  busy_ = true;
  if (!error) return Answer();
  if (error == http::error::end_of_stream) return Drain();
  if (!IsProtocolFault(error)) return Close();
  Response refusal = RefusalOf(error);
  if (context_.observer) context_.observer({"unmatched", "OTHER", refusal.code, {}});
  Write(std::move(refusal), false, false, 11);
}

void HttpSession::Answer() {
  const auto begin = context_.clock.Monotonic();
  const HttpRequest request = parser_->release();
  std::string route = "unmatched";
  Response response = Respond(request, route);
  const bool is_head = request.method() == http::verb::head;
  const bool streams = response.streaming && !is_head;
  if (streams && (context_.stopping || !context_.may_stream())) {
    response = ErrorResponse(503, "too many clients follow live events",
                             "try again later, or raise the setting http.streams_max");
  }
  if (context_.observer) {
    context_.observer({route, MethodLabel(request.method()), response.code,
                       context_.clock.Monotonic() - begin, response.code == 401});
  }
  if (response.streaming && !is_head) return BeginStream(std::move(response), request.version());
  const bool keep_alive = request.keep_alive() && !context_.stopping;
  Write(std::move(response), is_head, keep_alive, request.version());
}

Response HttpSession::Respond(const HttpRequest& request, std::string& route) const {
  try {
    return RespondRouted(request, route);
  } catch (const std::exception& e) {
    // A handler may use parts that throw; one bad request must not end the process.
    WAYMARK_ERROR("answering {} failed: {}", route, e.what());
    return ErrorResponse(500, "the request failed inside the server", "the log says more");
  }
}

Response HttpSession::RespondRouted(const HttpRequest& request, std::string& route) const {
  const auto target = ParseTarget(View(request.target()));
  if (!target) return ErrorResponse(400, "the path is malformed", "");
  const std::string_view method = View(request.method_string());
  if (!IsAllowed(request, target->path)) return Access::Refusal();
  Router::Match match = context_.router.Find(method, target->raw_path);
  if (!match.pattern.empty()) route = match.pattern;
  if (match.handler == nullptr && match.allowed.empty()) {
    return ErrorResponse(404, "there is nothing at " + target->path, "");
  }
  if (match.handler == nullptr) {
    Response refusal = ErrorResponse(405, std::string(method) + " is not possible here",
                                     "use " + match.allowed);
    refusal.headers.emplace_back("Allow", match.allowed);
    return refusal;
  }
  Request out;
  out.method = method == "HEAD" ? "GET" : method;
  out.path = target->path;
  out.query = target->query;
  out.parameters = std::move(match.parameters);
  for (const auto& field : request) {
    out.headers[Lower(field.name_string())] = std::string(View(field.value()));
  }
  out.body = request.body();
  return (*match.handler)(out);
}

bool HttpSession::IsAllowed(const HttpRequest& request, std::string_view path) const {
  return access_->Allows(path, View(request[http::field::authorization]), HasCertificate());
}

void HttpSession::SetHead(const Response& response, unsigned version, bool keep_alive) {
  response_ = {};
  response_.version(version);
  response_.result(static_cast<unsigned>(response.code));
  response_.set(http::field::content_type, response.content_type);
  response_.set("X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : response.headers) response_.set(name, value);
  response_.keep_alive(keep_alive);
}

void HttpSession::Write(Response response, bool is_head, bool keep_alive, unsigned version) {
  SetHead(response, version, keep_alive);
  if (!response.streaming && response.code != 304) {
    response_.content_length(response.body.size());
  }
  if (!is_head) response_.body() = std::move(response.body);
  tcp().expires_after(context_.options.idle_timeout);
  const auto done = [self = shared_from_this(), keep_alive](beast::error_code error, size_t) {
    self->OnWritten(error, keep_alive);
  };
  OnStream([&](auto& stream) { http::async_write(stream, response_, done); });
}

void HttpSession::OnWritten(beast::error_code error, bool keep_alive) {
  if (error) return Close();
  if (keep_alive && !context_.stopping) return Read();
  Drain();
}

void HttpSession::Drain() {
  tcp().expires_after(kDrainTime);
  if (auto* const encrypted = std::get_if<Encrypted>(&stream_)) {
    return encrypted->async_shutdown([self = shared_from_this()](beast::error_code) {
      self->Close();
    });
  }
  beast::error_code ignored;
  tcp().socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  auto sink = std::make_shared<std::array<char, kDrainBytesMax>>();
  asio::async_read(tcp(), asio::buffer(*sink),
                   [self = shared_from_this(), sink](beast::error_code, size_t) { self->Close(); });
}

void HttpSession::Close() {
  Abandon();
  heartbeat_timer_.cancel();
  beast::error_code ignored;
  tcp().socket().close(ignored);
}

}  // namespace waymark::serve
