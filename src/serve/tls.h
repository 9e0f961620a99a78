#pragma once

#include <memory>
#include <string>

#include "base/status.h"

namespace boost::asio::ssl {
class context;
}  // namespace boost::asio::ssl

namespace waymark::serve {

// PEM files by which a server proves who it is, and knows its clients.
struct TlsFiles {
  std::string certificate;  // and those of its issuers, in this order; empty: no TLS
  std::string key;
  std::string client_ca;  // empty: no client is asked for a certificate

  bool enabled() const { return !certificate.empty(); }
};

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

// TLS 1.2 and later. A client that shows a certificate which client_ca has not issued is refused;
// one that shows none is not. Fails with kConfig, naming the file, where one can't be read or they
// do not belong together.
base::Result<TlsContext> MakeTlsContext(const TlsFiles& files);

}  // namespace waymark::serve
