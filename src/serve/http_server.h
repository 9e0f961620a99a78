#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "base/time.h"
#include "serve/access.h"
#include "serve/router.h"
#include "serve/tls.h"

namespace waymark::serve {

// Where to listen and how much to take; see the settings http.*.
struct HttpOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 0;  // 0: any free one
  size_t threads = 2;
  size_t connections_max = 256;  // further ones are answered 503 and closed
  size_t streams_max = 256;      // responses that go on, beside the connections; likewise
  size_t stream_bytes_max = 256 * 1024;  // that may wait for a client of one
  base::Millis heartbeat{15'000};        // of such a response
  base::Millis idle_timeout{30'000};
  size_t header_bytes_max = 16 * 1024;
  size_t body_bytes_max = 1024 * 1024;
  TlsFiles tls = {};
  std::string token = {};  // that clients must send; empty: none
};

// True: only this machine reaches the address.
bool IsLoopback(const std::string& address);

// A request that was answered. `route` is the pattern, or "unmatched"; `method` is one of the usual
// ones, or "OTHER": both are good as labels.
struct Exchange {
  std::string_view route;
  std::string_view method;
  int code = 0;
  std::chrono::nanoseconds duration{};
  // Without the token, or with a certificate that is not good. The latter ends the connection
  // before there is a request: `code` is 0.
  bool is_refused_client = false;
};
// Called on the server's threads, by several at a time.
using Observer = std::function<void(const Exchange&)>;

// An HTTP/1.1 server with threads of its own, with TLS where the options name a certificate.
// Refusals are JSON, see ErrorResponse().
class HttpServer {
 public:
  HttpServer(HttpOptions options, Router router, const base::Clock& clock, Observer observer = {});
  // Stops without grace where Stop() was not called.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Listens and starts the threads. Called once. Fails with kConfig where the address is not one of
  // this machine or the port is taken, or the files of TLS are no good.
  base::Status Start();
  // Reads the files of TLS again, maybe others, and takes another token, for the connections from
  // now on. Whether there is TLS at all can't change. On failure all stays as it is. From any
  // thread, after Start().
  base::Status Renew(const TlsFiles& tls, const std::string& token);
  // The port that is listened on; 0 before Start().
  uint16_t port() const;
  // Takes no more connections, ends responses that go on, lets requests under way finish for up to
  // `grace`, then ends the threads. Not from a handler. Further calls do nothing.
  void Stop(base::Millis grace);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waymark::serve
