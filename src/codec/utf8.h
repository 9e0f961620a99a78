#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace waymark::codec {

// True for well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
bool IsUtf8Slow(std::string_view text);

inline constexpr uint64_t kHighBits = 0x8080808080808080ULL;

// The same, quick for ASCII.
inline bool IsUtf8(std::string_view text) {
  const char* at = text.data();
  size_t left = text.size();
  uint64_t seen = 0;
  uint64_t word = 0;
  for (; left >= sizeof(word); at += sizeof(word), left -= sizeof(word)) {
    std::memcpy(&word, at, sizeof(word));
    seen |= word;
  }
  for (; left > 0; ++at, --left) seen |= static_cast<uint8_t>(*at);
  return (seen & kHighBits) == 0 || IsUtf8Slow(text);
}

}  // namespace waymark::codec
