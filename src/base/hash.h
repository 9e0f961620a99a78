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
uint64_t hash64(std::string_view bytes);
uint64_t hash64(std::string_view bytes, uint64_t seed);
Hash128 hash128(std::string_view bytes);

// Mixes one more word into a hash (the finaliser of SplitMix64, G. Steele et al. 2014).
constexpr uint64_t mix64(uint64_t x) {
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
  bool is_zero() const { return high == 0 && low == 0; }
};

inline constexpr size_t kId96Digits = 24;
using Id96Text = std::array<char, kId96Digits>;

Id96 make_id96(std::string_view bytes);
Id96Text to_text(Id96 id);
inline std::string_view view(const Id96Text& text) { return {text.data(), text.size()}; }

// The partitioning of Kafka's Java client: murmur2 of the key, sign bit cleared.
uint32_t murmur2(std::string_view key);
inline int32_t murmur2_partition(std::string_view key, int32_t partitions) {
  return static_cast<int32_t>((murmur2(key) & 0x7fffffffU) % static_cast<uint32_t>(partitions));
}

std::string to_hex(std::string_view bytes);

}  // namespace waymark::base
