#include "serve/http_client.h"

#include <openssl/ssl.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace waymark::serve {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using base::Status;
using base::StatusCode;
using boost::system::error_code;
using Stream = beast::ssl_stream<beast::tcp_stream>;

constexpr uint16_t kHttpPort = 80;
constexpr uint16_t kHttpsPort = 443;

// One step after the other, each on the io_context, so that the stream's timeout counts for all.
class Asking {
 public:
  Asking(const HttpTarget& target, asio::ssl::context& context, const std::string& path,
         base::Millis timeout, size_t body_max)
      : target_(target), timeout_(timeout), resolver_(io_), stream_(io_, context) {
    request_.method(http::verb::get);
    request_.target(path);
    request_.version(11);
    request_.set(http::field::host, AuthorityOf(target));
    request_.set(http::field::connection, "close");
    if (!target.token.empty()) request_.set(http::field::authorization, "Bearer " + target.token);
    parser_.body_limit(body_max);
  }

  error_code Run() {
    resolver_.async_resolve(target_.host, std::to_string(target_.port),
                            [this](error_code error, auto found) {
                              if (!Failed(error)) Connect(found);
                            });
    if (io_.run_for(timeout_); !io_.stopped()) error_ = beast::error::timeout;
    return error_;
  }
  HttpAnswer answer() {
    return {static_cast<int>(parser_.get().result_int()), parser_.get().body()};
  }

 private:
  void Connect(const asio::ip::tcp::resolver::results_type& found) {
    beast::get_lowest_layer(stream_).expires_after(timeout_);
    beast::get_lowest_layer(stream_).async_connect(found, [this](error_code error, const auto&) {
      if (Failed(error)) return;
      if (!target_.tls) return Send(stream_.next_layer());
      SSL_set_tlsext_host_name(stream_.native_handle(), target_.host.c_str());
      stream_.async_handshake(asio::ssl::stream_base::client, [this](error_code failed) {
        if (!Failed(failed)) Send(stream_);
      });
    });
  }
  template <class S>
  void Send(S& stream) {
    http::async_write(stream, request_, [this, &stream](error_code error, size_t) {
      if (Failed(error)) return;
      // By itself: Boost 1.74 lets a body that is too long pass where it comes with the header.
      http::async_read_header(stream, buffer_, parser_, [this, &stream](error_code failed, size_t) {
        if (!Failed(failed)) Read(stream);
      });
    });
  }
  template <class S>
  void Read(S& stream) {
    http::async_read(stream, buffer_, parser_, [this](error_code error, size_t) { Failed(error); });
  }
  bool Failed(error_code error) {
    error_ = error;
    return static_cast<bool>(error);
  }

  const HttpTarget& target_;
  const base::Millis timeout_;
  asio::io_context io_;
  asio::ip::tcp::resolver resolver_;
  Stream stream_;
  http::request<http::empty_body> request_;
  http::response_parser<http::string_body> parser_;
  beast::flat_buffer buffer_;
  error_code error_;
};

Status Prepare(const HttpTarget& target, asio::ssl::context& context) {
  if (!target.tls || !target.verify) return {};
  error_code error;
  if (target.ca_file.empty()) {
    context.set_default_verify_paths(error);
  } else {
    context.load_verify_file(target.ca_file, error);
  }
  if (error) {
    return {StatusCode::kConfig, target.ca_file + ": " + error.message(),
            "name a PEM file with the certificates of who signed the server's"};
  }
  context.set_verify_mode(asio::ssl::verify_peer);
  context.set_verify_callback(asio::ssl::host_name_verification(target.host));
  return {};
}

Status NoUrl(const std::string& url, const std::string& why) {
  return {StatusCode::kConfig, "'" + url + "' is no address of a server: " + why,
          "write it as http://HOST:PORT or https://HOST:PORT"};
}

}  // namespace

std::string AuthorityOf(const HttpTarget& target) {
  const bool is_v6 = target.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + target.host + "]" : target.host) + ":" + std::to_string(target.port);
}

base::Result<HttpTarget> ParseHttpUrl(const std::string& url) {
  HttpTarget target;
  std::string_view rest = url;
  if (rest.starts_with("https://")) {
    target.tls = true;
    rest.remove_prefix(std::string_view("https://").size());
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(std::string_view("http://").size());
  } else {
    return NoUrl(url, "it begins with neither http:// nor https://");
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find_first_of("/?#@") != std::string_view::npos) {
    return NoUrl(url, "it names more than host and port");
  }
  const size_t bracket = rest.starts_with('[') ? rest.find(']') : std::string_view::npos;
  const bool is_v6 = bracket != std::string_view::npos;
  const size_t colon = rest.find(':', is_v6 ? bracket : 0);
  if (is_v6 && std::min(colon, rest.size()) != bracket + 1) return NoUrl(url, "']' ends the host");
  target.host = std::string(is_v6 ? rest.substr(1, bracket - 1) : rest.substr(0, colon));
  target.port = target.tls ? kHttpsPort : kHttpPort;
  if (target.host.empty()) return NoUrl(url, "the host is missing");
  if (colon == std::string_view::npos) return target;
  const std::string_view port = rest.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), target.port);
  if (error != std::errc() || end != port.data() + port.size() || target.port == 0) {
    return NoUrl(url, "the port is no number up to 65535");
  }
  return target;
}

base::Result<HttpAnswer> HttpGet(const HttpTarget& target, const std::string& path,
                                 base::Millis timeout, size_t body_max) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  WAYMARK_RETURN_IF_ERROR(Prepare(target, context));
  Asking asking(target, context, path, timeout, body_max);
  const error_code error = asking.Run();
  if (!error) return asking.answer();
  return Status(StatusCode::kRetriable,
                "no answer from " + AuthorityOf(target) + path + ": " + error.message());
}

}  // namespace waymark::serve
