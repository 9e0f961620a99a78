#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "base/time.h"
#include "serve/http_client.h"

namespace waymark::serve {

// Asks a server of this machine for a path, by TLS where it speaks that; whose certificate it shows
// is not looked at. An address that stands for all is asked as the loopback one. Fails with
// kRetriable where nobody answers in time.
base::Result<HttpAnswer> Probe(const std::string& address, uint16_t port, bool tls,
                               const std::string& path, base::Millis timeout);

}  // namespace waymark::serve
