#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "generate/settings.h"

namespace waymark::generate {

// When each customer appears and how many interactions it has: a few customers have many, most have
// few, and together they have exactly Settings::interactions. Two fifths of the customers are there
// in the first tenth of the span; who comes late has less. Keeps one block of customers, not all.
class Schedule {
 public:
  explicit Schedule(const Settings& settings);

  struct Entry {
    uint32_t profile = 0;  // from 0
    uint32_t quota = 0;    // above 0
    int64_t from_ms = 0;   // since the epoch; never falls from entry to entry
  };
  // The next customer to appear; nothing after the last.
  std::optional<Entry> Next();

 private:
  static constexpr uint64_t kBlock = 256;

  void FillBlock();
  int64_t AppearsAfter(uint64_t profile) const;
  uint64_t BlockWeight(uint64_t block) const;
  uint64_t BlockSize(uint64_t block) const;

  uint64_t profiles_;
  uint64_t seed_;
  int64_t start_ms_;
  int64_t span_ms_;
  uint32_t base_;        // of every customer
  uint64_t extra_left_;  // to be dealt out beyond the base
  uint64_t weight_left_ = 0;
  uint64_t next_ = 0;
  std::array<uint32_t, kBlock> quotas_{};
};

}  // namespace waymark::generate
