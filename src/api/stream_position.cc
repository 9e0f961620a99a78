#include "api/stream_position.h"

#include <algorithm>
#include <cstdint>

#include "base/hash.h"

namespace waymark::api {
namespace {

// The first letter names the format. Numbers follow in groups of five bits, least first, one letter
// each; the sixth bit says that more belong to the number.
constexpr char kFormat = '1';
constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr uint64_t kMore = 32;
constexpr int kBitsMax = 63;

void AppendNumber(uint64_t number, std::string& out) {
  while (number >= kMore) {
    out += kLetters[(number % kMore) | kMore];
    number /= kMore;
  }
  out += kLetters[number];
}

std::optional<uint64_t> TakeNumber(std::string_view& text) {
  uint64_t number = 0;
  for (int shift = 0; shift <= kBitsMax && !text.empty(); shift += 5) {
    const size_t letter = kLetters.find(text.front());
    if (letter == std::string_view::npos) return std::nullopt;
    text.remove_prefix(1);
    number |= (letter % kMore) << shift;
    if (letter < kMore) return number;
  }
  return std::nullopt;
}

// Few bits: it finds out who asks the wrong deployment, not who means harm.
uint64_t Check(std::string_view topic) { return base::Hash64(topic) % (kMore * kMore * kMore); }

}  // namespace

void AppendPosition(const StreamPosition& position, std::string_view topic, std::string& out) {
  out += kFormat;
  AppendNumber(Check(topic), out);
  for (const base::Offset offset : position) {
    AppendNumber(static_cast<uint64_t>(offset.value), out);
  }
}

std::optional<StreamPosition> ParsePosition(std::string_view text, std::string_view topic,
                                            size_t partitions) {
  if (!text.starts_with(kFormat)) return std::nullopt;
  text.remove_prefix(1);
  if (TakeNumber(text) != Check(topic)) return std::nullopt;
  StreamPosition position;
  while (!text.empty() && position.size() < partitions) {
    const auto number = TakeNumber(text);
    if (!number || *number > static_cast<uint64_t>(INT64_MAX)) return std::nullopt;
    position.emplace_back(static_cast<int64_t>(*number));
  }
  if (!text.empty() || position.size() != partitions) return std::nullopt;
  return position;
}

bool IsAtMost(const StreamPosition& a, const StreamPosition& b) {
  return std::ranges::equal(a, b, [](base::Offset x, base::Offset y) { return x <= y; });
}

int64_t Distance(const StreamPosition& from, const StreamPosition& to) {
  int64_t sum = 0;
  for (size_t p = 0; p < from.size(); ++p) {
    sum += std::max<int64_t>(to[p].value - from[p].value, 0);
  }
  return sum;
}

}  // namespace waymark::api
