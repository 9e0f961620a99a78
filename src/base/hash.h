#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace waymark::base {

struct Hash128 {
  uint64_t high = 0;
  uint64_t low = 0;
  friend constexpr auto operator<=>(const Hash128&, const Hash128&) = default;
};

// XXH3 (Y. Collet); stable across machines and versions, so results may be stored.
uint64_t Hash64(std::string_view bytes);
uint64_t Hash64(std::string_view bytes, uint64_t seed);
Hash128 MakeHash128(std::string_view bytes);

// Mixes one more word into a hash (the finaliser of SplitMix64, G. Steele et al. 2014).
constexpr uint64_t Mix64(uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

// A deterministic identifier of 96 bits, written as 24 hexadecimal digits: with 10^12 of them the
// chance that any two meet is below 10^-5.
struct Id96 {
  uint64_t high = 0;
  uint32_t low = 0;
  friend constexpr auto operator<=>(const Id96&, const Id96&) = default;
  bool IsZero() const { return high == 0 && low == 0; }
};

inline constexpr size_t kId96Digits = 24;
using Id96Text = std::array<char, kId96Digits>;

Id96 MakeId96(std::string_view bytes);
Id96Text ToText(Id96 id);
inline std::string_view view(const Id96Text& text) { return {text.data(), text.size()}; }

// The partitioning of Kafka's Java client: Murmur2 of the key, sign bit cleared.
uint32_t Murmur2(std::string_view key);
inline int32_t Murmur2Partition(std::string_view key, int32_t partitions) {
  return static_cast<int32_t>((Murmur2(key) & 0x7fffffffU) % static_cast<uint32_t>(partitions));
}

std::string ToHex(std::string_view bytes);

}  // namespace waymark::base
