#include "serve/http_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <charconv>

namespace waymark::serve {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;

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

}  // namespace

base::Result<Endpoint> ParseEndpoint(const std::string& text) {
  const base::Status fault(base::StatusCode::kInvalid, "no address of a server: " + text,
                           "it is http://HOST:PORT or https://HOST:PORT");
  Endpoint out;
  const size_t scheme = text.find("://");
  if (scheme == std::string::npos) return fault;
  out.tls = text.starts_with("https:");
  if (!out.tls && !text.starts_with("http:")) return fault;
  const size_t colon = text.rfind(':');
  if (colon <= scheme + 3) return fault;
  out.host = text.substr(scheme + 3, colon - scheme - 3);
  if (out.host.starts_with('[') && out.host.ends_with(']')) {
    out.host = out.host.substr(1, out.host.size() - 2);
  }
  const char* const end = text.data() + text.size();
  const auto port = std::from_chars(text.data() + colon + 1, end, out.port);
  if (out.host.empty() || port.ec != std::errc() || port.ptr != end || out.port == 0) return fault;
  return out;
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
