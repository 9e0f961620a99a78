#include "serve/http_probe.h"

#include <boost/asio/ip/address.hpp>

#include "serve/http_client.h"

namespace waymark::serve {
namespace {

namespace ip = boost::asio::ip;

std::string Reachable(const ip::address& address) {
  if (!address.is_unspecified()) return address.to_string();
  return address.is_v4() ? ip::address_v4::loopback().to_string()
                         : ip::address_v6::loopback().to_string();
}

}  // namespace

base::Result<ProbeAnswer> Probe(const std::string& address, uint16_t port, bool tls,
                                const std::string& path, base::Millis timeout) {
  boost::system::error_code error;
  const auto parsed = ip::make_address(address, error);
  if (error) {
    return base::Status(base::StatusCode::kConfig, "http.address: " + error.message(),
                        "it takes an IP address");
  }
  const auto answer = Ask({Reachable(parsed), port, tls},
                          {.path = path, .headers = {}, .timeout = timeout}, {.verifies = false});
  if (!answer.ok()) {
    return base::Status(base::StatusCode::kRetriable, answer.status().message(),
                        "does the service run with these settings (http.*)?");
  }
  return ProbeAnswer{answer->code, answer->body};
}

}  // namespace waymark::serve
