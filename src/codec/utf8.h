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
  const size_t size = text.size();
  uint64_t seen = 0;
  const auto look = [&](const char* from, auto word) {
    std::memcpy(&word, from, sizeof(word));
    seen |= word;
  };
  if (size >= sizeof(uint64_t)) {
    for (size_t i = 0; i + sizeof(uint64_t) < size; i += sizeof(uint64_t)) look(at + i, uint64_t{});
    look(at + size - sizeof(uint64_t), uint64_t{});
  } else if (size >= sizeof(uint32_t)) {
    look(at, uint32_t{});
    look(at + size - sizeof(uint32_t), uint32_t{});
  } else {
    for (size_t i = 0; i < size; ++i) look(at + i, uint8_t{});
  }
  return (seen & kHighBits) == 0 || IsUtf8Slow(text);
}

}  // namespace waymark::codec
