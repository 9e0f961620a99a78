#include "engine/watermarks.h"

#include <gtest/gtest.h>

namespace waymark::engine {
namespace {

using base::Millis;
using base::Timestamp;
using State = Watermarks::State;

constexpr Timestamp kNow{1'000'000'000};
constexpr Timestamp Second(int64_t second) { return {kNow.ms + second * 1'000}; }
constexpr Timestamp kNever = Timestamp::min();

// Disorder 30 s, lateness 10 min, idle after 30 s; wall time and event time count from kNow.
class WatermarksTest : public ::testing::Test {
 protected:
  WatermarksTest() { marks_.Start(kNever, kNever, kNow); }
  void Follow(std::initializer_list<const char*> names) {
    for (const char* const name : names) marks_.AddInput(name, kNow);
  }
  State StateOf(std::string_view name, Timestamp horizon, Timestamp now) const {
    for (const auto& input : marks_.inputs()) {
      if (input.name == name) return marks_.StateOf(input, horizon, now);
    }
    throw std::runtime_error("no such input");
  }
  Timestamp AtMost(Timestamp horizon, Timestamp now) const {
    return marks_.BoundsAt(horizon, now).at_most;
  }
  Timestamp AtLeast(Timestamp horizon, Timestamp now) const {
    return marks_.BoundsAt(horizon, now).at_least;
  }

  Watermarks marks_{WatermarkSettings{}};
};

TEST_F(WatermarksTest, OneInputIsHeldByThePresentAlone) {
  Follow({"a"});
  EXPECT_EQ(AtMost(kNever, Second(0)), Second(0)) << "nothing came yet";
  marks_.OnAccepted("a", Second(-100), Second(1));
  EXPECT_EQ(AtMost(Second(-130), Second(1)), Second(1));
  EXPECT_EQ(AtLeast(kNever, Second(1)), Second(-130));
  marks_.OnAccepted("a", Second(-500), Second(2));
  EXPECT_EQ(AtLeast(Second(-130), Second(2)), Second(-130)) << "a watermark only rises";
}

TEST_F(WatermarksTest, AnEventAheadOfThePresentTakesTheHorizonNoFurtherThanThePresent) {
  Follow({"a"});
  marks_.OnAccepted("a", Second(300), Second(1));
  EXPECT_EQ(AtLeast(kNever, Second(1)), Second(1));
  EXPECT_EQ(AtMost(kNever, Second(1)), Second(1));
}

TEST_F(WatermarksTest, TheSlowestActiveInputHoldsTheHorizon) {
  Follow({"a", "b"});
  marks_.OnAccepted("a", Second(0), Second(1));
  marks_.OnAccepted("b", Second(-200), Second(1));
  EXPECT_EQ(AtMost(kNever, Second(1)), Second(-230));
  EXPECT_EQ(AtLeast(kNever, Second(1)), Second(-230));
  EXPECT_EQ(marks_.WatermarkAt(kNever, Second(1)), Second(-230));
  EXPECT_EQ(marks_.SlowestActive(kNever, Second(1))->name, "b");
  marks_.OnAccepted("b", Second(20), Second(2));
  EXPECT_EQ(AtMost(Second(-230), Second(2)), Second(-30)) << "now the other one";
}

TEST_F(WatermarksTest, AnInputThatHasToldNothingYetIsWaitedForUntilItIsIdle) {
  Follow({"a", "b"});
  marks_.OnAccepted("a", Second(0), Second(1));
  EXPECT_EQ(StateOf("b", Second(-300), Second(1)), State::kAwaited);
  EXPECT_EQ(AtMost(Second(-300), Second(1)), Second(-300));
  EXPECT_EQ(StateOf("b", Second(-300), Second(30)), State::kIdle);
  EXPECT_EQ(AtMost(Second(-300), Second(30)), Second(-30)) << "the active one holds, at its time";
  EXPECT_EQ(AtLeast(Second(-300), Second(30)), Second(-30));
}

TEST_F(WatermarksTest, ASilentInputHoldsNobodyBackAndCountsAgainWhenItComesBack) {
  Follow({"a", "b"});
  marks_.OnAccepted("b", Second(-100), Second(0));
  marks_.OnAccepted("a", Second(29), Second(29));
  EXPECT_EQ(AtMost(kNever, Second(29)), Second(-130));
  EXPECT_EQ(marks_.CountIdle(kNever, Second(29)), 0U);
  EXPECT_EQ(AtMost(kNever, Second(30)), Second(-1)) << "b is idle";
  EXPECT_EQ(marks_.CountIdle(kNever, Second(30)), 1U);
  marks_.OnAccepted("b", Second(-90), Second(31));
  EXPECT_EQ(StateOf("b", Second(-1), Second(31)), State::kActive);
  EXPECT_EQ(AtMost(Second(-1), Second(31)), Second(-120)) << "the task keeps its horizon then";
}

TEST_F(WatermarksTest, ADrainedInputHoldsNobodyBackOnceItIsQuietForAMoment) {
  Follow({"a", "b"});
  marks_.OnAccepted("a", Second(0), Second(1));
  marks_.OnAccepted("b", Second(-200), Second(1));
  marks_.SetDrained("b", true);
  EXPECT_EQ(AtMost(kNever, {Second(2).ms - 1}), Second(-230)) << "read as fast as it is written";
  EXPECT_EQ(StateOf("b", kNever, Second(2)), State::kDrained);
  EXPECT_EQ(AtMost(kNever, Second(2)), Second(-30));
  marks_.SetDrained("b", false);
  EXPECT_EQ(AtMost(kNever, Second(2)), Second(-230));
}

TEST_F(WatermarksTest, HistoryBeingBackfilledHoldsNobodyBack) {
  Follow({"live", "old"});
  marks_.OnAccepted("live", Second(0), Second(1));
  const Timestamp horizon = Second(-30);
  marks_.OnAccepted("old", Second(-600), Second(1));
  EXPECT_EQ(StateOf("old", horizon, Second(1)), State::kActive) << "just within the lateness";
  marks_.OnAccepted("older", {Second(-600).ms - 1}, Second(1));
  EXPECT_EQ(StateOf("older", horizon, Second(1)), State::kHistory);
  EXPECT_EQ(StateOf("older", kNever, Second(1)), State::kActive) << "no horizon to be behind";
}

TEST_F(WatermarksTest, AnInputThatTurnsToHistoryStopsHoldingTheOthers) {
  Follow({"a", "b"});
  marks_.OnAccepted("b", Second(0), Second(0));
  for (int second = 1; second <= 30; ++second) {
    marks_.OnAccepted("a", Second(second), Second(second));
    marks_.OnAccepted("b", Second(-86'400), Second(second));
  }
  EXPECT_EQ(StateOf("b", Second(-30), Second(29)), State::kActive);
  EXPECT_EQ(StateOf("b", Second(-30), Second(30)), State::kHistory);
  EXPECT_EQ(AtMost(Second(-30), Second(30)), Second(0));
  EXPECT_EQ(marks_.CountIdle(Second(-30), Second(30)), 0U);
}

TEST_F(WatermarksTest, WhileAllIsDrainedWallTimeMovesTheHorizonBySeconds) {
  Follow({"a", "b"});
  marks_.OnAccepted("a", Second(-100), Second(0));
  marks_.OnAccepted("b", Second(-200), Second(0));
  marks_.SetDrained("a", true);
  EXPECT_EQ(AtLeast(Second(-230), Second(60)), Second(-130)) << "b is not drained, only idle";
  marks_.SetDrained("b", true);
  EXPECT_EQ(AtLeast(Second(-230), Second(60)), Second(-70));
  EXPECT_EQ(AtLeast(Second(-230), {Second(60).ms + 999}), Second(-70));
  EXPECT_EQ(AtLeast(Second(-230), Second(1'000)), Second(870));
  marks_.OnAccepted("a", Second(2'000), Second(1'001));
  EXPECT_EQ(AtLeast(Second(870), Second(1'100)), Second(1'100)) << "never beyond now";
}

TEST_F(WatermarksTest, LateArrivalsDoNotStopTheTimeThatPassesInSilence) {
  Follow({"a"});
  marks_.OnAccepted("a", Second(0), Second(0));
  marks_.SetDrained("a", true);
  marks_.OnAccepted("a", Second(-5'000), Second(100));
  EXPECT_EQ(AtLeast(Second(60), Second(101)), Second(71));
  marks_.OnAccepted("a", Second(110), Second(120));
  EXPECT_EQ(AtLeast(Second(71), Second(140)), Second(100)) << "from the new watermark on";
}

TEST_F(WatermarksTest, AfterATakeOverSilenceGoesOnFromTheHorizon) {
  marks_.Start(Second(-1'000), Second(-400), kNow);
  Follow({"a"});
  marks_.SetDrained("a", true);
  EXPECT_EQ(AtLeast(Second(-400), Second(0)), Second(-1'000)) << "maybe more is coming";
  EXPECT_EQ(AtLeast(Second(-400), Second(10)), Second(-390));
}

TEST_F(WatermarksTest, ATaskWithoutAnyEventHasNoTime) {
  Follow({"a"});
  marks_.SetDrained("a", true);
  EXPECT_EQ(AtLeast(kNever, Second(1'000)), kNever);
}

// Law 8: after re-keying, the watermarks that input tasks publish are the inputs.
TEST_F(WatermarksTest, PublishedWatermarksAreInputs) {
  marks_.OnPublished("task 1", Second(-50), false, Second(0));
  marks_.OnPublished("task 2", Second(-80), false, Second(0));
  EXPECT_EQ(AtMost(kNever, Second(0)), Second(-80)) << "no disorder is taken off again";
  EXPECT_EQ(AtLeast(kNever, Second(0)), Second(-80)) << "without an interaction of its own";
  marks_.OnPublished("task 2", Second(-60), true, Second(1));
  EXPECT_EQ(AtMost(Second(-80), Second(1)), Second(-50)) << "drained by its own word, at once";
  marks_.OnPublished("task 2", Second(-40), false, Second(2));
  marks_.OnPublished("task 1", Second(-45), false, Second(2));
  EXPECT_EQ(AtMost(Second(-50), Second(2)), Second(-45));
  EXPECT_EQ(StateOf("task 2", Second(-45), Second(32)), State::kIdle) << "nothing heard of it";
}

TEST_F(WatermarksTest, AloneAPublishedWatermarkHoldsToo) {
  marks_.OnPublished("task 1", Second(-50), false, Second(0));
  EXPECT_EQ(AtMost(kNever, Second(0)), Second(-50));
}

TEST_F(WatermarksTest, WhileAllWhoPublishAreDrainedWallTimeMovesTheHorizon) {
  marks_.OnPublished("task 1", Second(-50), true, Second(0));
  marks_.OnPublished("task 2", Second(-80), true, Second(0));
  EXPECT_EQ(AtLeast(kNever, Second(20)), Second(-30));
}

}  // namespace
}  // namespace waymark::engine
