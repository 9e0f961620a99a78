#include "engine/trace.h"

#include <algorithm>

namespace waymark::engine {
namespace {

constexpr size_t kLength = 55;  // of version 00: 00-<32 digits>-<16 digits>-<2 digits>
constexpr size_t kLengthMax = 128;

bool IsDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

// Later versions may add to the end.
bool IsTraceparent(std::string_view text) {
  if (text.size() < kLength || text.size() > kLengthMax) return false;
  const bool is_first = text.starts_with("00");
  if (is_first ? text.size() != kLength : text.size() > kLength && text[kLength] != '-') {
    return false;
  }
  if (text.starts_with("ff")) return false;
  for (size_t i = 0; i < kLength; ++i) {
    const bool is_dash = i == 2 || i == 35 || i == 52;
    if (is_dash ? text[i] != '-' : !IsDigit(text[i])) return false;
  }
  return std::all_of(text.begin() + kLength, text.end(),
                     [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

std::string_view TraceparentOf(std::span<const stream::Header> headers) {
  for (const stream::Header& header : headers) {
    if (header.name == kTraceparent) return IsTraceparent(header.value) ? header.value : "";
  }
  return {};
}

}  // namespace waymark::engine
