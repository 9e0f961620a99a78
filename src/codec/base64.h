#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace waymark::codec {

// Base64 with padding (RFC 4648, section 4); appends to `out`.
void AppendBase64(std::string_view bytes, std::string& out);
// Reads it back, with or without padding; false where the text is no base64. Appends to `out`.
bool ReadBase64(std::string_view text, std::string& out);

}  // namespace waymark::codec
