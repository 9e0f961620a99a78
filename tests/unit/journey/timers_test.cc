#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

using model::JourneyStatus;
using model::SignalKind;

class TimersTest : public Folding {};

constexpr std::string_view kTimed = R"(
family: purchase
model: timed
journey:
  abandon_after: 1h
  abandon_from: [look, buy/basket]
  lifetime: 3h
  reopen: {action: reopen}
stages:
  - {name: look, enter: {action: view}, targets: {duration: 20m}}
  - name: buy
    enter: {action: order}
    stations: [{name: basket, when: {touchpoint: basket}}, {name: till, when: {touchpoint: till}}]
)";

TEST_F(TimersTest, SilenceAbandonsBeforeALaterInteractionOnly) {
  Use({kTimed});
  Apply(0, "view");
  Apply(60, "nothing");
  EXPECT_EQ(Runs().size(), 1U);
  EXPECT_EQ(Status(), JourneyStatus::kOpen) << "due at 60: the interaction at 60 goes first";
  Apply(121, "view");
  const auto abandoned = Signals(SignalKind::kAbandoned);
  ASSERT_EQ(abandoned.size(), 1U);
  EXPECT_EQ(abandoned[0].minute, 120);
  EXPECT_EQ(abandoned[0].evidence, std::vector<std::string>{"i2"});
  EXPECT_EQ(abandoned[0].stage, "look");
  EXPECT_EQ(Runs().size(), 2U);
}

TEST_F(TimersTest, AtTheEndATimerFiresIffItIsDueBeforeTheHorizon) {
  Use({kTimed});
  Apply(0, "view");
  AdvanceTo(60);
  EXPECT_EQ(Count(SignalKind::kAbandoned), 0U);
  AdvanceTo(61);
  EXPECT_EQ(Count(SignalKind::kAbandoned), 1U);
  EXPECT_EQ(Status(), JourneyStatus::kAbandoned);
}

TEST_F(TimersTest, AbandonFromNamesStagesAndStations) {
  Use({kTimed});
  model::Interaction order = At(0, "order");
  order.touchpoint = "basket";
  Apply(order);
  order = At(1, "order");
  order.touchpoint = "till";
  Apply(order);
  AdvanceTo(100);
  EXPECT_EQ(Status(), JourneyStatus::kOpen) << "not from the till";
  order = At(101, "order");
  order.touchpoint = "basket";
  Apply(order);
  AdvanceTo(162);
  EXPECT_EQ(Status(), JourneyStatus::kAbandoned);
}

TEST_F(TimersTest, ALifetimeExpires) {
  Use({kTimed});
  Apply(0, "order");
  Apply(179, "order");
  AdvanceTo(181);
  EXPECT_EQ(Status(), JourneyStatus::kExpired);
  const auto lifecycle = Signals(SignalKind::kLifecycle);
  ASSERT_EQ(lifecycle.size(), 1U);
  EXPECT_EQ(lifecycle[0].name, "expired");
  EXPECT_EQ(lifecycle[0].minute, 180);
}

// A run opened again beyond its lifetime is due at once, never in its past.
TEST_F(TimersTest, AReopenedRunExpiresAfterItWasReopened) {
  Use({kTimed});
  Apply(0, "order");
  AdvanceTo(181);
  Apply(200, "reopen");
  EXPECT_EQ(Status(), JourneyStatus::kOpen);
  AdvanceTo(201);
  const auto lifecycle = Signals(SignalKind::kLifecycle);
  ASSERT_EQ(lifecycle.size(), 2U);
  EXPECT_EQ(lifecycle[1].minute, 200);
  EXPECT_NE(lifecycle[1].id, lifecycle[0].id);
}

TEST_F(TimersTest, ATargetIsMissedOncePerStay) {
  Use({kTimed});
  Apply(0, "view");
  Apply(20, "view");
  EXPECT_EQ(Count(SignalKind::kTargetMissed), 0U);
  Apply(30, "view");
  const auto missed = Signals(SignalKind::kTargetMissed);
  ASSERT_EQ(missed.size(), 1U);
  EXPECT_EQ(missed[0].minute, 20);
  EXPECT_EQ(missed[0].stage, "look");
  EXPECT_EQ(missed[0].duration_minutes, 20);
  EXPECT_EQ(missed[0].evidence, std::vector<std::string>{"i2"}) << "the last before it was due";
  Apply(50, "view");
  EXPECT_EQ(Count(SignalKind::kTargetMissed), 1U);
  Apply(55, "order");
  Apply(60, "view");
  AdvanceTo(81);
  EXPECT_EQ(Count(SignalKind::kTargetMissed), 2U) << "another stay";
}

TEST_F(TimersTest, TimersFireInTheOrderOfTheirDueTimes) {
  Use({kTimed});
  Apply(0, "view");
  AdvanceTo(1000);
  std::vector<SignalKind> kinds;
  for (const Found& signal : found_) {
    if (signal.minute > 0) kinds.push_back(signal.kind);
  }
  EXPECT_EQ(kinds, (std::vector<SignalKind>{SignalKind::kTargetMissed, SignalKind::kSessionClosed,
                                            SignalKind::kAbandoned}));
  EXPECT_EQ(state_.next_due, base::Timestamp::max());
}

TEST_F(TimersTest, NextDueIsFoundAnewUnderAnotherGap) {
  Use({kTimed});
  Apply(0, "order");
  FoldSettings wider;
  wider.session_gap = base::Millis(45 * kMinute);
  const Fold other(*models_, wider);
  other.TakeOver(state_);
  EXPECT_EQ(state_.next_due.ms, kNoon + 45 * kMinute);
  effects_.Clear();
  other.AdvanceTo(state_, {kNoon + 46 * kMinute}, effects_);
  EXPECT_EQ(effects_.signals.size(), 1U);
}

TEST_F(TimersTest, FiredOnesAreCountedByWhatTheyAreFor) {
  Use({kTimed});
  Apply(0, "view");
  EXPECT_EQ(Fired(), 0);
  AdvanceTo(1000);
  EXPECT_EQ(Fired(TimerKind::kTarget), 1);
  EXPECT_EQ(Fired(TimerKind::kSession), 1);
  EXPECT_EQ(Fired(TimerKind::kAbandonment), 1);
  EXPECT_EQ(Fired(), 3);
  Apply(1001, "order");
  Apply(1170, "order");
  EXPECT_EQ(Fired(TimerKind::kSession), 1) << "by an interaction behind it";
  AdvanceTo(1182);
  EXPECT_EQ(Fired(TimerKind::kLifetime), 1);
  EXPECT_EQ(Fired(), 1);
}

}  // namespace
}  // namespace waymark::journey
