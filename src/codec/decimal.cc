#include "codec/decimal.h"

#include <charconv>

namespace waymark::codec {

namespace {

constexpr int kMicrosDigits = 6;
constexpr int kExponentMax = 64;

struct Digits {
  bool negative = false;
  // Magnitude and the power of ten that it is multiplied by.
  uint64_t value = 0;
  int exponent = 0;
};

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// Takes the digits before and after the point; trailing zeros are kept out of `value` so that they
// can't overflow it.
bool TakeDigits(std::string_view& text, Digits& digits) {
  size_t seen = 0;
  int zeros = 0;
  bool point = false;
  while (!text.empty() && (IsDigit(text.front()) || (text.front() == '.' && !point))) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '.') {
      if (seen == 0) return false;
      point = true;
      continue;
    }
    ++seen;
    if (point) --digits.exponent;
    ++zeros;
    if (c == '0') continue;
    for (; zeros > 0; --zeros) {
      const uint64_t digit = zeros == 1 ? static_cast<uint64_t>(c - '0') : 0;
      if (__builtin_mul_overflow(digits.value, uint64_t{10}, &digits.value) ||
          __builtin_add_overflow(digits.value, digit, &digits.value)) {
        return false;
      }
    }
  }
  digits.exponent += zeros;
  return seen > 0;
}

bool TakeExponent(std::string_view text, Digits& digits) {
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  text.remove_prefix(1);
  if (text.size() > 1 && text.front() == '+' && IsDigit(text[1])) text.remove_prefix(1);
  int exponent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  if (exponent > kExponentMax || exponent < -kExponentMax) return false;
  digits.exponent += exponent;
  return true;
}

}  // namespace

std::optional<int64_t> ParseMicros(std::string_view text) {
  Digits digits;
  if (!text.empty() && text.front() == '-') {
    digits.negative = true;
    text.remove_prefix(1);
  }
  if (!TakeDigits(text, digits) || !TakeExponent(text, digits)) return std::nullopt;
  if (digits.value == 0) return 0;
  int shift = digits.exponent + kMicrosDigits;
  if (shift < 0) return std::nullopt;
  uint64_t micros = digits.value;
  for (; shift > 0; --shift) {
    if (__builtin_mul_overflow(micros, uint64_t{10}, &micros)) return std::nullopt;
  }
  constexpr uint64_t kMax = INT64_MAX;
  if (micros > kMax) return std::nullopt;
  const auto value = static_cast<int64_t>(micros);
  return digits.negative ? -value : value;
}

std::optional<int64_t> ParseWhole(std::string_view text) {
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && stop == end) return value;
  // What has a point or an exponent is whole where it has no millionths.
  constexpr int64_t kMillion = 1'000'000;
  const auto micros = ParseMicros(text);
  if (!micros || *micros % kMillion != 0) return std::nullopt;
  return *micros / kMillion;
}

}  // namespace waymark::codec
