#include "serve/http_message.h"

#include <nlohmann/json.hpp>

namespace waymark::serve {

Response ErrorResponse(int code, std::string_view error, std::string_view hint) {
  nlohmann::ordered_json body;
  body["error"] = error;
  if (!hint.empty()) body["hint"] = hint;
  // Bytes that are not UTF-8 come from the client; they are replaced, never a fault.
  return {.code = code,
          .body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"};
}

}  // namespace waymark::serve
