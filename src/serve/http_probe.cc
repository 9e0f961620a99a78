#include "serve/http_probe.h"

#include <boost/asio/ip/address.hpp>

namespace waymark::serve {
namespace {

namespace asio = boost::asio;

constexpr size_t kBodyMax = 64 * 1024;

asio::ip::address Reachable(const asio::ip::address& address) {
  if (!address.is_unspecified()) return address;
  if (address.is_v4()) return asio::ip::address_v4::loopback();
  return asio::ip::address_v6::loopback();
}

}  // namespace

base::Result<HttpAnswer> Probe(const std::string& address, uint16_t port, bool tls,
                               const std::string& path, base::Millis timeout) {
  boost::system::error_code error;
  const auto parsed = asio::ip::make_address(address, error);
  if (error) {
    return base::Status(base::StatusCode::kConfig, "http.address: " + error.message(),
                        "it takes an IP address");
  }
  const HttpTarget target{.host = Reachable(parsed).to_string(), .port = port, .tls = tls,
                          .verify = false};
  auto answer = HttpGet(target, path, timeout, kBodyMax);
  if (answer.ok() || answer.status().code() != base::StatusCode::kRetriable) return answer;
  return base::Status(base::StatusCode::kRetriable,
                      "no answer from " + address + ":" + std::to_string(port) + path +
                          answer.status().message().substr(answer.status().message().rfind(": ")),
                      "does the service run with these settings (http.*)?");
}

}  // namespace waymark::serve
