#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

using model::Kind;
using model::SignalKind;

class WaitsTest : public Folding {
 protected:
  WaitsTest() {
    Use({kShop, R"(
customer: c
waits:
  - {name: unanswered, when: {action: [ask, complain]}, until: {kind: STAFF}, within: 1h}
  - name: onboarding
    kind: LIFECYCLE
    when: {action: order}
    until: {action: login}
    within: 2h
    completed: onboarding-complete
)"});
  }
  void ApplyBy(Kind kind, int64_t minute, std::string_view action) {
    model::Interaction interaction = At(minute, action);
    interaction.kind = kind;
    Apply(interaction);
  }
};

TEST_F(WaitsTest, WhatNobodyAnswersIsToldAtItsTime) {
  Apply(0, "ask");
  AdvanceTo(60);
  EXPECT_EQ(Count(SignalKind::kNeglected), 0U);
  AdvanceTo(61);
  const auto neglected = Signals(SignalKind::kNeglected);
  ASSERT_EQ(neglected.size(), 1U);
  EXPECT_EQ(neglected[0].name, "unanswered");
  EXPECT_EQ(neglected[0].minute, 60);
  EXPECT_EQ(neglected[0].evidence, std::vector<std::string>{"i1"});
  EXPECT_TRUE(state_.customer.waits.empty()) << "once";
  EXPECT_EQ(Fired(TimerKind::kWait), 1);
}

TEST_F(WaitsTest, AnAnswerAtTheDueTimeIsInTime) {
  Apply(0, "ask");
  ApplyBy(Kind::kStaff, 60, "answer");
  AdvanceTo(1000);
  EXPECT_EQ(Count(SignalKind::kNeglected), 0U);
}

TEST_F(WaitsTest, ALaterQuestionDoesNotProlongTheWait) {
  Apply(0, "ask");
  Apply(50, "complain");
  AdvanceTo(1000);
  const auto neglected = Signals(SignalKind::kNeglected);
  ASSERT_EQ(neglected.size(), 1U);
  EXPECT_EQ(neglected[0].minute, 60);
  EXPECT_EQ(neglected[0].evidence, std::vector<std::string>{"i1"});
}

TEST_F(WaitsTest, AnswerAndNeglectBothMakeRoomForTheNext) {
  Apply(0, "ask");
  ApplyBy(Kind::kStaff, 10, "answer");
  Apply(20, "ask");
  Apply(200, "ask");
  AdvanceTo(1000);
  const auto neglected = Signals(SignalKind::kNeglected);
  ASSERT_EQ(neglected.size(), 2U);
  EXPECT_EQ(neglected[0].minute, 80);
  EXPECT_EQ(neglected[1].minute, 260);
}

TEST_F(WaitsTest, WhatComesInTimeMayBeToldToo) {
  Apply(0, "order");
  Apply(120, "login");
  const auto complete = Signals(SignalKind::kLifecycle);
  ASSERT_EQ(complete.size(), 1U);
  EXPECT_EQ(complete[0].name, "onboarding-complete");
  EXPECT_EQ(complete[0].minute, 120);
  EXPECT_EQ(complete[0].evidence, (std::vector<std::string>{"i1", "i2"}));
  Apply(121, "login");
  EXPECT_EQ(Count(SignalKind::kLifecycle), 1U) << "nothing waits any more";
  Apply(200, "order");
  Apply(321, "login");
  ASSERT_EQ(Count(SignalKind::kLifecycle), 2U);
  EXPECT_EQ(Signals(SignalKind::kLifecycle)[1].name, "onboarding") << "stalled";
}

TEST_F(WaitsTest, TestersNeitherAskNorAnswer) {
  for (const Kind kind : {Kind::kMysteryCheck, Kind::kObservedWalk}) {
    ApplyBy(kind, static_cast<int64_t>(kind), "ask");
    EXPECT_TRUE(state_.customer.waits.empty());
  }
  ApplyBy(Kind::kSystem, 10, "ask");
  EXPECT_EQ(state_.customer.waits.size(), 1U) << "systems may";
}

// A chain of life signs: each answers the last and waits for the next.
TEST_F(WaitsTest, AnInteractionAnswersBeforeItWaits) {
  Use({kShop, "customer: c\nwaits: [{name: beat, when: {action: beat}, until: {action: beat}, "
              "within: 1h}]\n"});
  for (const int64_t minute : {0, 60, 120}) Apply(minute, "beat");
  EXPECT_EQ(Count(SignalKind::kNeglected), 0U);
  AdvanceTo(1000);
  EXPECT_EQ(Signals(SignalKind::kNeglected).at(0).minute, 180);
}

TEST_F(WaitsTest, OfEqualDueTimesTheFileDecidesAndTheSessionGoesFirst) {
  Use({kShop, "customer: c\nwaits:\n"
              "  - {name: second, when: {action: b}, until: never, within: 20m}\n"
              "  - {name: third, when: {action: a}, until: never, within: 30m}\n"});
  Apply(0, "a");
  Apply(10, "b");
  Apply(10, "end");
  found_.clear();
  AdvanceTo(1000);
  std::vector<std::string> names;
  for (const Found& signal : found_) names.push_back(signal.name);
  EXPECT_EQ(names, (std::vector<std::string>{"second", "third", ""}));
}

}  // namespace
}  // namespace waymark::journey
