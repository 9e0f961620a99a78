#pragma once

#include <string>
#include <string_view>

#include "serve/http_message.h"

namespace waymark::serve {

// Who may ask for what. Whether the process lives and is ready everyone may know who can reach it,
// and the page itself holds nothing of anybody's; for all else a client needs the token or a
// certificate, where either is configured.
class Access {
 public:
  // An empty token is none. `certificates`: those of clients are checked.
  Access(std::string token, bool certificates)
      : token_(std::move(token)), certificates_(certificates) {}

  // `authorization`: the header of that name. `has_certificate`: the client has shown one, and it
  // is good.
  bool Allows(std::string_view path, std::string_view authorization, bool has_certificate) const;
  bool is_open() const { return token_.empty() && !certificates_; }

  // What a client gets that is not allowed.
  static Response Refusal();

 private:
  std::string token_;
  bool certificates_;
};

}  // namespace waymark::serve
