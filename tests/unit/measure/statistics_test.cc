#include "measure/statistics.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace waymark::measure {
namespace {

Cell Answers(Slot first, std::initializer_list<int64_t> counts) {
  Cell cell;
  int32_t offset = 0;
  for (const int64_t count : counts) cell.Add(SlotOf(first, offset++), count);
  return cell;
}

TEST(StatisticsTest, ScoresAreMeansOfTheirScale) {
  const Scores satisfaction =
      SatisfactionOf(Answers(SlotOf(Slot::kSatisfaction, 1), {1, 0, 0, 2, 1}));
  EXPECT_EQ(satisfaction.count, 4);
  EXPECT_DOUBLE_EQ(satisfaction.mean, 3.5);
  EXPECT_EQ(satisfaction.distribution, (std::array<int64_t, 5>{1, 0, 0, 2, 1}));
  EXPECT_DOUBLE_EQ(EmotionOf(Answers(Slot::kEmotion, {3, 0, 0, 0, 1})).mean, -1);
  EXPECT_EQ(SatisfactionOf({}).count, 0);
}

TEST(StatisticsTest, PromotersLessDetractors) {
  const Promoters found = PromotersOf(Answers(Slot::kNps, {1, 0, 0, 0, 0, 0, 1, 2, 1, 3, 2}));
  EXPECT_EQ(found.detractors, 2);
  EXPECT_EQ(found.passives, 3);
  EXPECT_EQ(found.promoters, 5);
  EXPECT_DOUBLE_EQ(found.score, 30);
}

// One stratum: the odds ratio of a fourfold table, its interval by Woolf's variance.
TEST(HarmTest, OneStratumIsAFourfoldTable) {
  const std::array strata = {Stratum{40, 30, 60, 15}};
  const auto harm = HarmOf(strata);
  ASSERT_TRUE(harm);
  const double ratio = 30.0 * 45 / (10.0 * 15);
  EXPECT_NEAR(harm->odds_ratio, ratio, 1e-9);
  const double half = 1.959964 * std::sqrt(1 / 30.0 + 1 / 10.0 + 1 / 15.0 + 1 / 45.0);
  EXPECT_NEAR(std::log(harm->low), std::log(ratio) - half, 1e-5);
  EXPECT_NEAR(std::log(harm->high), std::log(ratio) + half, 1e-5);
  EXPECT_DOUBLE_EQ(harm->risk_with, 0.75);
  EXPECT_DOUBLE_EQ(harm->risk_without, 0.25);
}

// Those who meet it have come farther, where fewer leave: taken together it looks harmless, among
// like journeys it is not (Simpson's paradox).
TEST(HarmTest, LikeIsComparedWithLike) {
  const std::array strata = {Stratum{40, 36, 400, 240}, Stratum{400, 80, 40, 4}};
  const auto harm = HarmOf(strata);
  ASSERT_TRUE(harm);
  EXPECT_LT(harm->risk_with, harm->risk_without);
  EXPECT_GT(harm->odds_ratio, 2);
  EXPECT_GT(harm->low, 1);
}

TEST(HarmTest, WhatIsRareHasAWideInterval) {
  const std::array rare = {Stratum{3, 3, 1'000, 100}};
  const auto harm = HarmOf(rare);
  ASSERT_TRUE(harm) << "nobody with it ended well: half a journey is added";
  EXPECT_GT(harm->odds_ratio, 10);
  EXPECT_GT(harm->high / harm->low, 50);
}

TEST(HarmTest, NothingToCompareWithIsNothing) {
  EXPECT_FALSE(HarmOf(std::array{Stratum{5, 1, 0, 0}}));
  EXPECT_FALSE(HarmOf(std::array{Stratum{0, 0, 5, 1}}));
}

}  // namespace
}  // namespace waymark::measure
