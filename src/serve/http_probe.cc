#include "serve/http_probe.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <functional>

namespace waymark::serve {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Stream = beast::ssl_stream<beast::tcp_stream>;

constexpr size_t kBodyMax = 64 * 1024;

asio::ip::address Reachable(const asio::ip::address& address) {
  if (!address.is_unspecified()) return address;
  if (address.is_v4()) return asio::ip::address_v4::loopback();
  return asio::ip::address_v6::loopback();
}

// One step after the other, each on the io_context, so that the stream's timeout counts for all.
class Asking {
 public:
  Asking(asio::ip::tcp::endpoint endpoint, bool tls, const std::string& path, base::Millis timeout)
      : endpoint_(std::move(endpoint)), tls_(tls), stream_(io_, context_), parser_() {
    request_.method(http::verb::get);
    request_.target(path);
    request_.version(11);
    request_.set(http::field::host, "localhost");
    request_.set(http::field::connection, "close");
    parser_.body_limit(kBodyMax);
    beast::get_lowest_layer(stream_).expires_after(timeout);
  }

  error_code Run() {
    beast::get_lowest_layer(stream_).async_connect(endpoint_, [this](error_code error) {
      if (Failed(error)) return;
      if (!tls_) return Send(stream_.next_layer());
      stream_.async_handshake(asio::ssl::stream_base::client, [this](error_code failed) {
        if (!Failed(failed)) Send(stream_);
      });
    });
    io_.run();
    return error_;
  }
  ProbeAnswer answer() const {
    return {static_cast<int>(parser_.get().result_int()), parser_.get().body()};
  }

 private:
  template <class S>
  void Send(S& stream) {
    http::async_write(stream, request_, [this, &stream](error_code error, size_t) {
      if (Failed(error)) return;
      http::async_read(stream, buffer_, parser_, [this](error_code failed, size_t) {
        Failed(failed);
      });
    });
  }
  bool Failed(error_code error) {
    error_ = error;
    return static_cast<bool>(error);
  }

  const asio::ip::tcp::endpoint endpoint_;
  const bool tls_;
  asio::io_context io_;
  asio::ssl::context context_{asio::ssl::context::tls_client};
  Stream stream_;
  http::request<http::empty_body> request_;
  http::response_parser<http::string_body> parser_;
  beast::flat_buffer buffer_;
  error_code error_;
};

}  // namespace

base::Result<ProbeAnswer> Probe(const std::string& address, uint16_t port, bool tls,
                                const std::string& path, base::Millis timeout) {
  error_code error;
  const auto parsed = asio::ip::make_address(address, error);
  if (error) {
    return base::Status(base::StatusCode::kConfig, "http.address: " + error.message(),
                        "it takes an IP address");
  }
  Asking asking({Reachable(parsed), port}, tls, path, timeout);
  error = asking.Run();
  if (error) {
    return base::Status(base::StatusCode::kRetriable,
                        "no answer from " + address + ":" + std::to_string(port) + path + ": " +
                            error.message(),
                        "does the service run with these settings (http.*)?");
  }
  return asking.answer();
}

}  // namespace waymark::serve
