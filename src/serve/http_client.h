#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/status.h"
#include "base/time.h"

namespace waymark::serve {

// A server to be asked, and how.
struct HttpTarget {
  std::string host;  // a name or an IP address
  uint16_t port = 0;
  bool tls = false;
  bool verify = true;    // with TLS: its certificate has to be good, and to name the host
  std::string ca_file = {};  // PEM: who may have signed that; empty: whom this machine trusts
  std::string token = {};    // sent as bearer token; empty: none
};

struct HttpAnswer {
  int code = 0;
  std::string body;
};

// "https://host:8443" or "http://[::1]:8080/", the port by default that of the scheme. kConfig with
// a hint where it is anything else, a path included.
base::Result<HttpTarget> ParseHttpUrl(const std::string& url);
// "host:port" as it stands in an address.
std::string AuthorityOf(const HttpTarget& target);

// One GET over a connection of its own. Fails with kRetriable where nobody answers within `timeout`
// or the answer is longer than `body_max` bytes, with kConfig where the CA file can't be read.
base::Result<HttpAnswer> HttpGet(const HttpTarget& target, const std::string& path,
                                 base::Millis timeout, size_t body_max);

}  // namespace waymark::serve
