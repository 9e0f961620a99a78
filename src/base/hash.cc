#include "base/hash.h"

#include <cstring>

// Its code in this file, so that a hash of a short text costs no call into a library.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace waymark::base {
namespace {
constexpr char kHex[] = "0123456789abcdef";

// The two digits of each byte.
constexpr auto kHexPairs = [] {
  std::array<std::array<char, 2>, 256> pairs{};
  for (size_t byte = 0; byte < pairs.size(); ++byte) {
    pairs[byte] = {kHex[byte >> 4], kHex[byte & 15]};
  }
  return pairs;
}();

void PutHex(char* out, uint64_t value, int digits) {
  for (int i = digits - 2; i >= 0; i -= 2, value >>= 8) {
    std::memcpy(out + i, kHexPairs[value & 255].data(), 2);
  }
}
}  // namespace

uint64_t Hash64(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

uint64_t Hash64(std::string_view bytes, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

Hash128 MakeHash128(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

Id96 MakeId96(std::string_view bytes) {
  const Hash128 hash = MakeHash128(bytes);
  return {hash.high, static_cast<uint32_t>(hash.low >> 32)};
}

Id96Text ToText(Id96 id) {
  Id96Text text;
  PutHex(text.data(), id.high, 16);
  PutHex(text.data() + 16, id.low, 8);
  return text;
}

uint32_t Murmur2(std::string_view key) {
  constexpr uint32_t kSeed = 0x9747b28c;
  constexpr uint32_t kMultiplier = 0x5bd1e995;
  const auto* data = reinterpret_cast<const unsigned char*>(key.data());
  size_t left = key.size();
  uint32_t h = kSeed ^ static_cast<uint32_t>(left);
  while (left >= 4) {
    uint32_t k = 0;
    std::memcpy(&k, data, 4);
    k *= kMultiplier;
    k ^= k >> 24;
    k *= kMultiplier;
    h = (h * kMultiplier) ^ k;
    data += 4;
    left -= 4;
  }
  if (left >= 3) h ^= static_cast<uint32_t>(data[2]) << 16;
  if (left >= 2) h ^= static_cast<uint32_t>(data[1]) << 8;
  if (left >= 1) {
    h ^= data[0];
    h *= kMultiplier;
  }
  h ^= h >> 13;
  h *= kMultiplier;
  return h ^ (h >> 15);
}

std::string ToHex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(kHex[byte >> 4]);
    out.push_back(kHex[byte & 15]);
  }
  return out;
}

}  // namespace waymark::base
