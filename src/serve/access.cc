#include "serve/access.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <array>

#include "serve/page.h"

namespace waymark::serve {
namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

Digest DigestOf(std::string_view text) {
  Digest digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

// How long it takes tells nothing about either.
bool AreEqual(std::string_view a, std::string_view b) {
  const Digest x = DigestOf(a);
  const Digest y = DigestOf(b);
  return CRYPTO_memcmp(x.data(), y.data(), x.size()) == 0;
}

// The scheme's name may be written in any case.
std::string_view BearerToken(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() < kScheme.size()) return {};
  for (size_t i = 0; i < kScheme.size(); ++i) {
    const char c = authorization[i];
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower != kScheme[i]) return {};
  }
  return authorization.substr(kScheme.size());
}

}  // namespace

bool Access::Allows(std::string_view path, std::string_view authorization,
                    bool has_certificate) const {
  if (is_open() || path == "/livez" || path == "/readyz" || IsPage(path)) return true;
  if (certificates_ && has_certificate) return true;
  return !token_.empty() && AreEqual(BearerToken(authorization), token_);
}

Response Access::Refusal() {
  Response refusal = ErrorResponse(
      401, "this needs the service's token or a client certificate",
      "send the header Authorization: Bearer TOKEN with the value of the setting http.token");
  refusal.headers.emplace_back("WWW-Authenticate", "Bearer");
  return refusal;
}

}  // namespace waymark::serve
