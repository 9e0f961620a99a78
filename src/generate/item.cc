#include "generate/item.h"

#include <charconv>
#include <chrono>
#include <cstring>

#include "base/check.h"

namespace waymark::generate {
namespace {
constexpr size_t kDigitsMax = 20;

struct Digits {
  std::array<char, kDigitsMax> bytes;
  size_t size;

  explicit Digits(uint64_t number) {
    const auto end = std::to_chars(bytes.data(), bytes.data() + bytes.size(), number).ptr;
    size = static_cast<size_t>(end - bytes.data());
  }
};

char* Put(char* to, const char* from, size_t size) {
  if (size == 0) return to;
  std::memcpy(to, from, size);
  return to + size;
}
}  // namespace

char* TextRoom::Take(size_t size) {
  WAYMARK_CHECK(used_ + size <= bytes_.size(), "an item's texts fit into its room");
  char* const taken = bytes_.data() + used_;
  used_ += size;
  return taken;
}

model::Text TextRoom::Number(model::Text prefix, uint64_t number, size_t width,
                             model::Text suffix) {
  const Digits digits(number);
  const size_t zeros = width > digits.size ? width - digits.size : 0;
  const size_t size = prefix.size() + zeros + digits.size + suffix.size();
  char* const text = Take(size);
  char* at = Put(text, prefix.data(), prefix.size());
  std::memset(at, '0', zeros);
  at = Put(at + zeros, digits.bytes.data(), digits.size);
  Put(at, suffix.data(), suffix.size());
  return {text, size};
}

model::Text TextRoom::Pair(model::Text prefix, uint64_t a, uint64_t b) {
  const Digits first(a);
  const Digits second(b);
  const size_t size = prefix.size() + first.size + 1 + second.size;
  char* const text = Take(size);
  char* at = Put(text, prefix.data(), prefix.size());
  at = Put(at, first.bytes.data(), first.size);
  *at++ = '-';
  Put(at, second.bytes.data(), second.size);
  return {text, size};
}

model::Text TextRoom::Hex(model::Text prefix, uint64_t number) {
  constexpr char kHex[] = "0123456789abcdef";
  constexpr size_t kHexDigits = 16;
  char* const text = Take(prefix.size() + kHexDigits);
  char* at = Put(text, prefix.data(), prefix.size());
  for (size_t i = 0; i < kHexDigits; ++i) *at++ = kHex[(number >> (60 - 4 * i)) & 15];
  return {text, prefix.size() + kHexDigits};
}

model::Text TextRoom::Date(int64_t time_ms) {
  using namespace std::chrono;
  const year_month_day date(floor<days>(sys_time<milliseconds>(milliseconds(time_ms))));
  const auto put = [](char* to, unsigned value, size_t width) {
    for (size_t i = width; i > 0; --i, value /= 10) to[i - 1] = static_cast<char>('0' + value % 10);
  };
  constexpr size_t kDateSize = 10;
  char* const text = Take(kDateSize);
  put(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  text[4] = text[7] = '-';
  put(text + 5, static_cast<unsigned>(date.month()), 2);
  put(text + 8, static_cast<unsigned>(date.day()), 2);
  return {text, kDateSize};
}

}  // namespace waymark::generate
