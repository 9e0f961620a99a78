#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "measure/log_buckets.h"
#include "measure/statistics.h"

namespace waymark::measure {
namespace {

TEST(LogBucketsTest, EveryValueIsKnownWithinTheStatedError) {
  for (int64_t value = 1; value < 400'000'000'000; value += 1 + value / 997) {
    const double known = ValueOf(BucketOf(value));
    EXPECT_NEAR(known, static_cast<double>(value), kRelativeError * static_cast<double>(value));
  }
  EXPECT_EQ(ValueOf(BucketOf(0)), 0);
  EXPECT_EQ(BucketOf(-5), 0);
  EXPECT_EQ(BucketOf(INT64_MAX), kBucketsMax - 1);
}

// Durations as they come: most short, a few very long.
std::vector<int64_t> Durations(int seed, size_t count) {
  std::mt19937_64 random(static_cast<uint64_t>(seed));
  std::lognormal_distribution<double> spread(12, 3);
  std::vector<int64_t> values(count);
  for (int64_t& value : values) value = static_cast<int64_t>(std::min(spread(random), 3e11));
  return values;
}

TEST(QuantilesTest, AreWithinTheStatedErrorOfTheExactOnes) {
  for (int seed = 0; seed < 20; ++seed) {
    std::vector<int64_t> values = Durations(seed, 1 + static_cast<size_t>(seed) * 500);
    Cell cell;
    for (const int64_t value : values) {
      cell.Add(HistogramSlot(value), 1);
      cell.Add(Slot::kSum, value);
    }
    std::ranges::sort(values);
    for (const double share : {0.0, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
      const auto rank = static_cast<size_t>(share * static_cast<double>(values.size() - 1));
      const auto exact = static_cast<double>(values[rank]);
      EXPECT_NEAR(Quantile(cell, share), exact, kRelativeError * exact + 1) << share;
    }
  }
}

TEST(QuantilesTest, TakingBackLeavesThoseOfTheRest) {
  const std::vector<int64_t> stay = Durations(1, 3'000);
  const std::vector<int64_t> gone = Durations(2, 3'000);
  Cell only;
  Cell both;
  for (const int64_t value : stay) only.Add(HistogramSlot(value), 1);
  for (const int64_t value : stay) both.Add(HistogramSlot(value), 1);
  for (const int64_t value : gone) both.Add(HistogramSlot(value), 1);
  for (const int64_t value : gone) both.Add(HistogramSlot(value), -1);
  EXPECT_EQ(both, only);
}

}  // namespace
}  // namespace waymark::measure
