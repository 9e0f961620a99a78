#pragma once

#include <cstdint>

#include "base/hash.h"

namespace waymark::generate {

// A chance, kept as an integer so that every machine decides alike.
struct Chance {
  uint64_t threshold = 0;  // of 2^32

  static constexpr Chance Share(double share) {
    return {static_cast<uint64_t>(share * 4294967296.0)};
  }
  static constexpr Chance Percent(uint32_t percent) {
    return {(static_cast<uint64_t>(percent) << 32) / 100};
  }
};

// SplitMix64 (G. Steele et al. 2014): eight bytes of state, so that each customer can have its own.
class Random {
 public:
  explicit constexpr Random(uint64_t seed) : state_(seed) {}

  constexpr uint64_t Next() { return base::Mix64(state_ += 0x9e3779b97f4a7c15ULL); }
  // Even in [0, bound).
  constexpr uint32_t Below(uint32_t bound) {
    return static_cast<uint32_t>(((Next() >> 32) * bound) >> 32);
  }
  // Even in [low, high].
  constexpr int64_t Between(int64_t low, int64_t high) {
    const auto range = static_cast<uint64_t>(high - low) + 1;
    return low + static_cast<int64_t>(Next() % range);
  }
  constexpr bool Happens(Chance chance) { return (Next() >> 32) < chance.threshold; }

 private:
  uint64_t state_;
};

// Independent streams from one seed: one for each customer and purpose.
constexpr uint64_t SeedOf(uint64_t seed, uint64_t a, uint64_t b = 0) {
  return base::Mix64(base::Mix64(seed + 0x9e3779b97f4a7c15ULL * (a + 1)) +
                     0xd1b54a32d192ed03ULL * (b + 1));
}

}  // namespace waymark::generate
