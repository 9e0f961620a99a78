#include "measure/comparison.h"

#include <gtest/gtest.h>

#include <cmath>

#include "measure/log_buckets.h"

namespace waymark::measure {
namespace {

struct Published {
  Proportion first;
  Proportion second;
  double low;
  double high;
};

// The eight examples of table II, method 10, of Newcombe 1998: first less second.
TEST(ComparisonTest, ProportionsAsNewcombePublishedThem) {
  const Published examples[] = {
      {{56, 70}, {48, 80}, 0.0524, 0.3339}, {{9, 10}, {3, 10}, 0.1705, 0.8090},
      {{6, 7}, {2, 7}, 0.0582, 0.8062},     {{5, 56}, {0, 29}, -0.0381, 0.1926},
      {{0, 10}, {0, 20}, -0.1611, 0.2775},  {{0, 10}, {0, 10}, -0.2775, 0.2775},
      {{10, 10}, {0, 20}, 0.6791, 1.0000},  {{10, 10}, {0, 10}, 0.6075, 1.0000}};
  for (const Published& one : examples) {
    const auto found = DifferenceOf(one.second, one.first);
    ASSERT_TRUE(found);
    EXPECT_NEAR(found->low, one.low, 0.00006) << one.first.part << "/" << one.first.whole;
    EXPECT_NEAR(found->high, one.high, 0.00006) << one.first.part << "/" << one.first.whole;
  }
  EXPECT_FALSE(DifferenceOf(Proportion{0, 0}, Proportion{1, 2}));
  EXPECT_FALSE(DifferenceOf(Proportion{1, 2}, Proportion{0, 0}));
}

// The data of "Student" (1908) on sleep, as R's documentation of t.test has them: t = -1.8608,
// df = 17.776, 95 % interval from -3.3654832 to 0.2054832.
TEST(ComparisonTest, MeansAsWelch) {
  const Sample first{10, 0.75, 3.200555555555556};
  const Sample second{10, 2.33, 4.009};
  const auto found = DifferenceOf(second, first);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->value, -1.58, 1e-12);
  EXPECT_NEAR(found->low, -3.3654832, 1e-6);
  EXPECT_NEAR(found->high, 0.2054832, 1e-6);
  EXPECT_FALSE(DifferenceOf(Sample{1, 3, 0}, second));
}

TEST(ComparisonTest, MeansThatDoNotVary) {
  const auto found = DifferenceOf(Sample{40, 4, 0}, Sample{40, 5, 0});
  ASSERT_TRUE(found);
  EXPECT_DOUBLE_EQ(found->low, 1);
  EXPECT_DOUBLE_EQ(found->high, 1);
}

TEST(ComparisonTest, TheVarianceOfAnswers) {
  const Sample sample = SampleOf({.count = 4, .mean = 3.5, .distribution = {1, 0, 0, 2, 1}}, 1);
  EXPECT_EQ(sample.count, 4);
  EXPECT_DOUBLE_EQ(sample.mean, 3.5);
  EXPECT_DOUBLE_EQ(sample.variance, (6.25 + 0.25 + 0.25 + 2.25) / 3);
}

Cell Durations1To(int64_t last, int64_t each_ms) {
  Cell cell;
  for (int64_t i = 1; i <= last; ++i) cell.Add(HistogramSlot(i * each_ms), 1);
  return cell;
}

// 1 to 99 s and 2 to 198 s. The 40th from either end, and between them twice 2.0153 standard
// errors by the exact binomial distribution (Python: fractions, statistics.NormalDist).
TEST(ComparisonTest, MediansByTheirOrderStatistics) {
  const auto before = MedianOf(Durations1To(99, 1'000));
  const auto after = MedianOf(Durations1To(99, 2'000));
  ASSERT_TRUE(before && after);
  EXPECT_EQ(before->count, 99);
  EXPECT_NEAR(before->value, 50'000, 50'000 * kRelativeError);
  const double error = 4'962.089;
  EXPECT_NEAR(std::sqrt(before->variance), error, 0.06 * error);
  const Difference found = DifferenceOf(*before, *after);
  EXPECT_NEAR(found.value, 50'000, 1'500);
  const double rounded = kRelativeError * 150'000;
  EXPECT_NEAR(found.high - found.value, 21'746.914 + rounded, 1'000);
  EXPECT_NEAR(found.value - found.low, found.high - found.value, 1e-6);
  EXPECT_FALSE(MedianOf(Durations1To(1, 1'000)));
  EXPECT_FALSE(MedianOf({}));
}

// So many that a hair between two medians would be told apart, if buckets were exact.
TEST(ComparisonTest, MediansOfNeighbouringBucketsAreNotToldApart) {
  Cell before;
  Cell after;
  const int32_t bucket = BucketOf(60'000);
  before.Add(SlotOf(Slot::kHistogram, bucket), 3'000'000);
  after.Add(SlotOf(Slot::kHistogram, bucket + 1), 3'000'000);
  const Difference found = DifferenceOf(*MedianOf(before), *MedianOf(after));
  EXPECT_GT(found.value, 0);
  EXPECT_LE(found.low, 0);
}

}  // namespace
}  // namespace waymark::measure
