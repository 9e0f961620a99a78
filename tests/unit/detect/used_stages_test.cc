#include "detect/used_stages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waymark::detect {
namespace {

std::vector<int32_t> StagesOf(const UsedStages& used) {
  std::vector<int32_t> out;
  for (const UsedStages::Entry& entry : used.entries()) out.push_back(entry.stage);
  return out;
}

TEST(UsedStages, WhatWasNotUsedCountsNothing) {
  UsedStages used;
  EXPECT_EQ(used.At(7), StageCounts());
  EXPECT_FALSE(used.IsVisited(7));
  EXPECT_FALSE(used.AnyVisited());
  used.CountsOf(3).visits = 1;
  EXPECT_EQ(used.At(2), StageCounts());
  EXPECT_EQ(used.At(4), StageCounts());
  EXPECT_TRUE(used.entries().size() == 1) << "to ask adds nothing";
}

TEST(UsedStages, StandInTheOrderOfTheModel) {
  UsedStages used;
  for (const int32_t stage : {499, 0, 17, 499, 3, 0, 20, 18}) ++used.CountsOf(stage).visits;
  EXPECT_THAT(StagesOf(used), ::testing::ElementsAre(0, 3, 17, 18, 20, 499));
  EXPECT_EQ(used.At(0).visits, 2);
  EXPECT_EQ(used.At(499).visits, 2);
  EXPECT_EQ(used.At(18).visits, 1);
}

TEST(UsedStages, ToCountIsNotToVisit) {
  UsedStages used;
  used.CountsOf(1).satisfaction_sum = 5;
  EXPECT_FALSE(used.IsVisited(1));
  used.Use(2).visited = true;
  EXPECT_TRUE(used.IsVisited(2));
  EXPECT_TRUE(used.AnyVisited());
  EXPECT_EQ(used.At(1).satisfaction_sum, 5);
}

}  // namespace
}  // namespace waymark::detect
