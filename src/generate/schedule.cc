#include "generate/schedule.h"

#include <algorithm>

#include "generate/random.h"

namespace waymark::generate {
namespace {
constexpr uint64_t kQuotaSalt = 0x51;
constexpr uint64_t kStartSalt = 0x52;

// How much customers do beyond the first interaction, in sixteen equal groups.
constexpr std::array<uint32_t, 16> kActivity = {0, 0, 0,  1,  1,  2,  3,  4,
                                                6, 8, 11, 15, 22, 34, 60, 140};

// whole * part / of, without overflow for what Check() lets through.
constexpr uint64_t Fraction(uint64_t whole, uint64_t part, uint64_t of) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<uint64_t>(static_cast<Wide>(whole) * part / of);
}
}  // namespace

Schedule::Schedule(const Settings& settings)
    : profiles_(settings.profiles),
      seed_(settings.seed),
      start_ms_(settings.start.ms),
      span_ms_(SpanOf(settings).count()),
      base_(settings.interactions >= settings.profiles ? 1 : 0),
      extra_left_(settings.interactions - base_ * settings.profiles) {
  for (uint64_t block = 0; block * kBlock < profiles_; ++block) weight_left_ += BlockWeight(block);
}

std::optional<Schedule::Entry> Schedule::Next() {
  while (next_ < profiles_) {
    if (next_ % kBlock == 0) FillBlock();
    const uint64_t profile = next_++;
    const uint32_t quota = quotas_[profile % kBlock];
    if (quota == 0) continue;
    const int64_t from = AppearsAfter(profile);
    const int64_t slot = std::max<int64_t>(AppearsAfter(profile + 1) - from, 1);
    Random random(SeedOf(seed_, profile, kStartSalt));
    return Entry{static_cast<uint32_t>(profile), quota,
                 start_ms_ + from + random.Between(0, slot - 1)};
  }
  return std::nullopt;
}

// Deals the block's part of the extra out by activity; cumulated, so that nothing is lost to
// rounding.
void Schedule::FillBlock() {
  const uint64_t block = next_ / kBlock;
  const uint64_t size = BlockSize(block);
  const uint64_t part = Fraction(extra_left_, BlockWeight(block), weight_left_);
  extra_left_ -= part;
  weight_left_ -= BlockWeight(block);

  Random random(SeedOf(seed_, block, kQuotaSalt));
  std::array<uint64_t, kBlock> cumulated{};
  uint64_t total = 0;
  for (uint64_t i = 0; i < size; ++i) {
    // The last one takes part always, so that there is someone to take the block's part.
    const uint32_t activity = kActivity[random.Below(kActivity.size())];
    total += (i + 1 == size && total == 0) ? 1 : activity;
    cumulated[i] = total;
  }
  uint64_t dealt = 0;
  for (uint64_t i = 0; i < size; ++i) {
    const uint64_t until = Fraction(part, cumulated[i], total);
    quotas_[i] = base_ + static_cast<uint32_t>(until - dealt);
    dealt = until;
  }
}

int64_t Schedule::AppearsAfter(uint64_t profile) const {
  const auto tenth = static_cast<uint64_t>(span_ms_) / 10;
  const uint64_t early = profiles_ * 2 / 5;
  if (profile < early) return static_cast<int64_t>(Fraction(tenth, profile, early));
  const uint64_t rest = static_cast<uint64_t>(span_ms_) - tenth;
  return static_cast<int64_t>(tenth + Fraction(rest, profile - early, profiles_ - early));
}

// Who has a whole span ahead does five times what the last comers do.
uint64_t Schedule::BlockWeight(uint64_t block) const {
  const uint64_t middle = std::min(block * kBlock + kBlock / 2, profiles_ - 1);
  const auto left = static_cast<uint64_t>(span_ms_ - AppearsAfter(middle));
  const uint64_t weight = 250 + Fraction(1000, left, static_cast<uint64_t>(span_ms_));
  return weight * BlockSize(block);
}

uint64_t Schedule::BlockSize(uint64_t block) const {
  return std::min(kBlock, profiles_ - block * kBlock);
}

}  // namespace waymark::generate
