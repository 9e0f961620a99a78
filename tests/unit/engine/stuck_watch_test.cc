#include "engine/stuck_watch.h"

#include <gtest/gtest.h>

namespace waymark::engine {
namespace {

using base::Millis;
using base::Timestamp;
using News = StuckWatch::News;
using ::testing::Test;

constexpr Timestamp Minute(int64_t minute) { return {1'000'000'000 + minute * 60'000}; }

class StuckWatchTest : public Test {
 protected:
  StuckWatchTest() { marks_.Start(Timestamp::min(), Timestamp::min(), Minute(0)); }

  Watermarks marks_{WatermarkSettings{}};
  StuckWatch watch_{std::chrono::minutes(5)};
};

TEST_F(StuckWatchTest, AHorizonThatStandsStillWhileInteractionsComeInIsTold) {
  marks_.OnAccepted("a", Minute(0), Minute(0));
  const Timestamp horizon = Minute(-1);
  EXPECT_EQ(watch_.Look(marks_, horizon, Minute(0)), News::kNone);
  for (int minute = 1; minute < 5; ++minute) {
    marks_.OnAccepted("a", Minute(-90), Minute(minute));
    EXPECT_EQ(watch_.Look(marks_, horizon, Minute(minute)), News::kNone) << minute;
    EXPECT_FALSE(watch_.is_stuck());
  }
  EXPECT_EQ(watch_.Look(marks_, horizon, Minute(5)), News::kStuck);
  EXPECT_TRUE(watch_.is_stuck());
  EXPECT_EQ(watch_.input(), "a");
  EXPECT_EQ(watch_.behind(), std::chrono::minutes(89));
  EXPECT_NE(watch_.hint().find("older"), std::string::npos);
}

TEST_F(StuckWatchTest, ItIsToldOnceAMinuteAndOnceWhenItMovesAgain) {
  marks_.OnAccepted("a", Minute(0), Minute(0));
  watch_.Look(marks_, Minute(-1), Minute(0));
  marks_.OnAccepted("a", Minute(-90), Minute(5));
  int told = 0;
  for (int second = 0; second < 180; ++second) {
    const Timestamp now = Minute(5) + Millis(second * 1'000);
    if (watch_.Look(marks_, Minute(-1), now) == News::kStuck) ++told;
    EXPECT_TRUE(watch_.is_stuck());
  }
  EXPECT_EQ(told, 3);
  EXPECT_EQ(watch_.Look(marks_, Minute(0), Minute(8)), News::kMovesAgain);
  EXPECT_FALSE(watch_.is_stuck());
  EXPECT_EQ(watch_.Look(marks_, Minute(1), Minute(9)), News::kNone);
}

TEST_F(StuckWatchTest, SilenceIsNoFault) {
  marks_.OnAccepted("a", Minute(0), Minute(0));
  watch_.Look(marks_, Minute(-1), Minute(0));
  for (int minute = 1; minute < 60; ++minute) {
    EXPECT_EQ(watch_.Look(marks_, Minute(-1), Minute(minute)), News::kNone) << minute;
  }
  marks_.OnAccepted("a", Minute(-1), Minute(60));
  EXPECT_EQ(watch_.Look(marks_, Minute(0), Minute(60)), News::kNone) << "it moved";
}

TEST_F(StuckWatchTest, ASlowInputIsNamedThoughItMoves) {
  for (int minute = 0; minute <= 3; ++minute) {
    marks_.OnAccepted("fast", Minute(minute * 3), Minute(minute));
    marks_.OnAccepted("slow", Minute(minute), Minute(minute));
    const Timestamp horizon = Minute(minute) - Millis(30'000);
    const News news = watch_.Look(marks_, horizon, Minute(minute));
    EXPECT_EQ(news, minute == 3 ? News::kStuck : News::kNone) << minute;
  }
  EXPECT_EQ(watch_.input(), "slow");
  EXPECT_EQ(watch_.behind(), std::chrono::minutes(6));
  EXPECT_NE(watch_.hint().find("time.idle_timeout"), std::string::npos);
}

TEST_F(StuckWatchTest, AnIdleInputIsNotHeldAgainstAnybody) {
  marks_.OnAccepted("idle", Minute(0), Minute(0));
  for (int minute = 1; minute <= 20; ++minute) {
    marks_.OnAccepted("fast", Minute(minute), Minute(minute));
    EXPECT_EQ(watch_.Look(marks_, Minute(minute - 1), Minute(minute)), News::kNone);
  }
}

TEST_F(StuckWatchTest, WhatFlapsIsNotToldMoreThanOnceAMinute) {
  int told = 0;
  for (int second = 0; second < 60; ++second) {
    const Timestamp now = Minute(10) + Millis(second * 1'000);
    marks_.OnAccepted("slow", Minute(0) + Millis(second), now);
    marks_.OnAccepted("fast", Minute(second % 2 == 0 ? 5 : 6) + Millis(second), now);
    Watermarks slower = marks_;
    slower.OnAccepted("slow", Minute(second % 2 == 0 ? 0 : 3) + Millis(second), now);
    const News news = watch_.Look(slower, Minute(0) + Millis(second), now);
    if (news == News::kStuck) ++told;
  }
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace waymark::engine
