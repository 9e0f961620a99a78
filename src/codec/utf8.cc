#include "codec/utf8.h"

#include <simdjson.h>

namespace waymark::codec {

bool IsUtf8Slow(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace waymark::codec
