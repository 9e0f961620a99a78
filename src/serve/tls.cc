#include "serve/tls.h"

#include <boost/asio/ssl/context.hpp>

namespace waymark::serve {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

base::Status Fault(const char* setting, const std::string& file, const error_code& error,
                   const char* hint) {
  return {base::StatusCode::kConfig,
          std::string(setting) + ": " + file + ": " + error.message(), hint};
}

}  // namespace

base::Result<TlsContext> MakeTlsContext(const TlsFiles& files) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                       ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                       ssl::context::no_tlsv1_1);
  error_code error;
  context->use_certificate_chain_file(files.certificate, error);
  if (error) {
    return Fault("http.tls.certificate", files.certificate, error,
                 "it takes a file with the certificate in PEM, those of its issuers behind it");
  }
  context->use_private_key_file(files.key, ssl::context::pem, error);
  if (error) {
    return Fault("http.tls.key", files.key, error,
                 "it takes a file with the certificate's own private key in PEM, without password");
  }
  if (files.client_ca.empty()) return context;
  context->load_verify_file(files.client_ca, error);
  if (error) {
    return Fault("http.tls.client_ca", files.client_ca, error,
                 "it takes a file with certificates of issuers in PEM");
  }
  context->set_verify_mode(ssl::verify_peer);
  return context;
}

}  // namespace waymark::serve
