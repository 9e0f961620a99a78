// What measures are told of the end of a journey.
#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

class TrailTest : public Folding {
 protected:
  void SetUp() override {
    settings_.keeps_measures = true;
    Use({R"(
family: ends
model: ends
journey:
  ends: [{when: {action: done}, as: completed}]
stages:
  - name: look
    enter: {action: [view, call]}
)"},
        settings_);
  }

  void Rate(int64_t minute, std::string_view action, std::string_view channel,
            int32_t satisfaction) {
    model::Interaction out = At(minute, action);
    out.channel = channel;
    out.rating.emplace().satisfaction = satisfaction;
    Apply(out);
  }

  FoldSettings settings_;
};

TEST_F(TrailTest, TheRatingThatComesWithTheEndCountsInTheSpreadOfChannels) {
  Rate(0, "view", "web", 5);
  EXPECT_TRUE(effects_.ends.empty());
  Rate(5, "done", "hotline", 2);
  ASSERT_EQ(effects_.ends.size(), 1U);
  EXPECT_EQ(effects_.ends[0].channel_spread, 3'000);
  EXPECT_TRUE(Runs().back().trail.IsEmpty()) << "what is closed keeps nothing";
}

TEST_F(TrailTest, OneChannelHasNoSpread) {
  Rate(0, "view", "web", 5);
  Rate(5, "done", "web", 2);
  ASSERT_EQ(effects_.ends.size(), 1U);
  EXPECT_EQ(effects_.ends[0].channel_spread, std::nullopt);
  EXPECT_TRUE(Runs().back().trail.IsEmpty());
}

TEST_F(TrailTest, WhatComesAfterTheEndDoesNotCount) {
  Rate(0, "view", "web", 5);
  Rate(5, "done", "hotline", 2);
  model::Interaction late = At(9, "rate");
  late.channel = "email";
  late.rating.emplace().satisfaction = 1;
  late.refers_to = model::RefersTo{"shop", "i2", {}, {}, {}};
  Apply(late);
  EXPECT_TRUE(effects_.ends.empty());
  EXPECT_TRUE(Runs().back().trail.IsEmpty());
}

}  // namespace
}  // namespace waymark::journey
