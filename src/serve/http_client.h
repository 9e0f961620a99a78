#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/time.h"

namespace waymark::serve {

// Where a server listens.
struct Endpoint {
  std::string host;  // a name or an IP address
  uint16_t port = 0;
  bool tls = false;
};
// "http://HOST:PORT" or "https://HOST:PORT", an IPv6 address in brackets, the port by default that
// of the scheme; fails with kConfig and a hint where it is anything else, a path included.
base::Result<Endpoint> ParseEndpoint(const std::string& text);
std::string ToText(const Endpoint& endpoint);

// How a client proves who it is, and knows the server. Files are read at each question.
struct ClientTls {
  bool verifies = true;     // the server's certificate, and that it is one of its host
  std::string ca = {};      // file with issuers in PEM; empty: those of the system
  std::string certificate = {};  // file; empty: none is shown
  std::string key = {};
};

struct Question {
  std::string path;  // with its query, encoded
  std::vector<std::pair<std::string, std::string>> headers = {};
  base::Millis timeout{2'000};        // of the whole, but for the look-up of a name
  size_t body_bytes_max = 64 * 1024;  // of the answer; a longer one is a fault
};

struct Answer {
  int code = 0;
  std::string content_type;
  std::string body;
};

// Asks once, by GET, on a connection of its own, and waits. Fails with kRetriable where nobody
// answers in time or what comes is no answer, with kConfig where the files are no good.
base::Result<Answer> Ask(const Endpoint& endpoint, const Question& question,
                         const ClientTls& tls = {});

}  // namespace waymark::serve
