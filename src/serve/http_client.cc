#include "serve/http_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace waymark::serve {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;

constexpr uint16_t kHttpPort = 80;
constexpr uint16_t kHttpsPort = 443;

bool IsAddress(const std::string& host) {
  error_code error;
  asio::ip::make_address(host, error);
  return !error;
}

// One step after the other, each on the io_context, which runs for as long as there is time.
class Asking {
 public:
  Asking(const Endpoint& endpoint, const Question& question)
      : endpoint_(endpoint), resolver_(io_), stream_(io_, context_) {
    request_.method(http::verb::get);
    request_.target(question.path);
    request_.version(11);
    request_.set(http::field::host, endpoint.host);
    request_.set(http::field::connection, "close");
    for (const auto& [name, value] : question.headers) request_.set(name, value);
    parser_.body_limit(question.body_bytes_max);
  }

  error_code Prepare(const ClientTls& tls) {
    error_code error;
    if (!tls.certificate.empty()) context_.use_certificate_chain_file(tls.certificate, error);
    if (!error && !tls.certificate.empty()) {
      context_.use_private_key_file(tls.key, ssl::context::pem, error);
    }
    if (error || !tls.verifies) return error;
    if (tls.ca.empty()) {
      context_.set_default_verify_paths(error);
    } else {
      context_.load_verify_file(tls.ca, error);
    }
    stream_.set_verify_mode(ssl::verify_peer, error);
    if (!error) stream_.set_verify_callback(ssl::host_name_verification(endpoint_.host), error);
    return error;
  }

  error_code Run(base::Millis timeout) {
    error_ = asio::error::timed_out;
    // The stream's own clock ends what is under way; the other is the last word.
    beast::get_lowest_layer(stream_).expires_after(timeout);
    resolver_.async_resolve(endpoint_.host, std::to_string(endpoint_.port),
                            [this](error_code error, const auto& found) {
                              if (!Failed(error)) Connect(found);
                            });
    io_.run_for(timeout + base::Millis(100));
    return error_;
  }
  Answer answer() const {
    const auto& message = parser_.get();
    const auto type = message[http::field::content_type];
    return {static_cast<int>(message.result_int()), std::string(type.data(), type.size()),
            message.body()};
  }

 private:
  void Connect(const tcp::resolver::results_type& found) {
    beast::get_lowest_layer(stream_).async_connect(found, [this](error_code error, const auto&) {
      if (Failed(error)) return;
      if (!endpoint_.tls) return Send(stream_.next_layer());
      if (!IsAddress(endpoint_.host)) {
        SSL_set_tlsext_host_name(stream_.native_handle(), endpoint_.host.c_str());
      }
      stream_.async_handshake(ssl::stream_base::client, [this](error_code failed) {
        if (!Failed(failed)) Send(stream_);
      });
    });
  }
  template <class S>
  void Send(S& stream) {
    http::async_write(stream, request_, [this, &stream](error_code error, size_t) {
      if (Failed(error)) return;
      error_ = asio::error::timed_out;
      Read(stream);
    });
  }
  // The header by itself: read together with a body, Beast 1.74 overlooks the limit of that.
  template <class S>
  void Read(S& stream) {
    http::async_read_header(stream, buffer_, parser_, [this, &stream](error_code error, size_t) {
      if (Failed(error)) return;
      error_ = asio::error::timed_out;
      http::async_read(stream, buffer_, parser_, [this](error_code failed, size_t) {
        Failed(failed);
      });
    });
  }
  bool Failed(error_code error) {
    error_ = error;
    return static_cast<bool>(error);
  }

  const Endpoint endpoint_;
  asio::io_context io_;
  ssl::context context_{ssl::context::tls_client};
  tcp::resolver resolver_;
  beast::ssl_stream<beast::tcp_stream> stream_;
  http::request<http::empty_body> request_;
  http::response_parser<http::string_body> parser_;
  beast::flat_buffer buffer_;
  error_code error_;
};

// "HOST:PORT"
std::string NameOf(const Endpoint& endpoint) {
  const std::string text = ToText(endpoint);
  return text.substr(text.find("//") + 2);
}

base::Status NoUrl(const std::string& url, const std::string& why) {
  return {base::StatusCode::kConfig, "'" + url + "' is no address of a server: " + why,
          "write it as http://HOST:PORT or https://HOST:PORT"};
}

}  // namespace

base::Result<Endpoint> ParseEndpoint(const std::string& url) {
  Endpoint target;
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

std::string ToText(const Endpoint& endpoint) {
  const bool has_colon = endpoint.host.find(':') != std::string::npos;
  return (endpoint.tls ? "https://" : "http://") +
         (has_colon ? "[" + endpoint.host + "]" : endpoint.host) + ":" +
         std::to_string(endpoint.port);
}

base::Result<Answer> Ask(const Endpoint& endpoint, const Question& question,
                         const ClientTls& tls) {
  Asking asking(endpoint, question);
  if (const error_code error = endpoint.tls ? asking.Prepare(tls) : error_code(); error) {
    return base::Status(base::StatusCode::kConfig, "TLS towards " + ToText(endpoint) + ": " +
                                                       error.message(),
                        "see the settings http.tls");
  }
  if (const error_code error = asking.Run(question.timeout); error) {
    return base::Status(base::StatusCode::kRetriable,
                        "no answer from " + NameOf(endpoint) + question.path + ": " +
                            error.message());
  }
  return asking.answer();
}

}  // namespace waymark::serve
