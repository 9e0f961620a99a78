#include "codec/fold_state_stages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace waymark::codec {
namespace {

using detect::StageCounts;
using detect::UsedStages;

// Sixty-four to a word, then a flag for every stage: as FORMAT.md has it.
std::string Described(const UsedStages& used, size_t count) {
  std::string bytes;
  CompactWriter out(bytes);
  std::vector<uint64_t> words((count + 63) / 64);
  for (size_t s = 0; s < count; ++s) {
    if (used.IsVisited(static_cast<int32_t>(s))) words[s / 64] |= 1ULL << (s % 64);
  }
  for (const uint64_t word : words) out.Unsigned(word);
  for (size_t s = 0; s < count; ++s) {
    const StageCounts& counts = used.At(static_cast<int32_t>(s));
    out.Unsigned(counts == StageCounts() ? 0 : 1);
    if (counts == StageCounts()) continue;
    for (const int64_t number : {counts.visits, counts.time_ms, counts.interactions,
                                 counts.satisfaction_sum, counts.satisfaction_count}) {
      out.Signed(number);
    }
  }
  out.Finish();
  return bytes;
}

std::string Written(const UsedStages& used, size_t count) {
  std::string bytes;
  CompactWriter out(bytes);
  WriteStages(out, used, count);
  out.Finish();
  return bytes;
}

// Each so many stages one that was used, each third of them rated alone.
UsedStages EachOf(size_t step, size_t count) {
  UsedStages used;
  for (size_t s = 0; s < count; s += step) {
    const auto stage = static_cast<int32_t>(s);
    if (s % 3 == 0) {
      used.CountsOf(stage) = {0, 0, 0, 4, 1};
      continue;
    }
    used.Use(stage).visited = true;
    used.CountsOf(stage) = {1, static_cast<int64_t>(1000 * s), 2, 0, 0};
  }
  return used;
}

TEST(StagesState, TheBytesAreThoseOfEveryStage) {
  for (const size_t count : {1U, 6U, 63U, 64U, 65U, 128U, 500U}) {
    for (const size_t step : {1U, 7U, 64U, 499U}) {
      const UsedStages used = EachOf(step, count);
      const std::string bytes = Written(used, count);
      EXPECT_EQ(bytes, Described(used, count)) << count << " stages, each " << step;
      UsedStages again = EachOf(2, 9);
      CompactReader in(bytes);
      ReadStages(in, count, again);
      EXPECT_TRUE(std::ranges::equal(again.entries(), used.entries())) << count << ", " << step;
    }
  }
}

TEST(StagesState, OneWithoutCountsThatWasVisitedComesBack) {
  UsedStages used;
  used.Use(70).visited = true;
  const std::string bytes = Written(used, 100);
  UsedStages again;
  CompactReader in(bytes);
  ReadStages(in, 100, again);
  EXPECT_TRUE(again.IsVisited(70));
  EXPECT_EQ(again.entries().size(), 1U);
}

TEST(StagesState, BitsBeyondTheStagesAreNone) {
  std::string bytes;
  CompactWriter out(bytes);
  out.Unsigned(UINT64_MAX);
  for (int s = 0; s < 3; ++s) out.Unsigned(0);
  out.Finish();
  UsedStages again;
  CompactReader in(bytes);
  ReadStages(in, 3, again);
  EXPECT_EQ(again.entries().size(), 3U);
}

}  // namespace
}  // namespace waymark::codec
