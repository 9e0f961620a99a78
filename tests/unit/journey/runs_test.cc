#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

using model::JourneyStatus;
using model::Kind;
using model::SignalKind;

class RunsTest : public Folding {};

constexpr std::string_view kClosing = R"(
family: purchase
model: closing
journey:
  start: {action: [view, order]}
stages:
  - {name: look, enter: {action: view}}
  - {name: bought, enter: {action: order}, closes: completed}
)";

TEST_F(RunsTest, OnlyWhatSatisfiesStartBeginsARun) {
  Use({kClosing});
  Apply(0, "use");
  EXPECT_TRUE(placed_.empty());
  EXPECT_TRUE(Runs().empty());
  Apply(1, "view");
  EXPECT_EQ(Count(SignalKind::kJourneyStarted), 1U);
  EXPECT_EQ(Signals(SignalKind::kJourneyStarted)[0].evidence, std::vector<std::string>{"i2"});
}

TEST_F(RunsTest, EnteringAClosingStageClosesAndWhatFollowsIsAttached) {
  Use({kClosing});
  Apply(0, "order");
  EXPECT_EQ(Status(), JourneyStatus::kCompleted);
  EXPECT_EQ(Count(SignalKind::kJourneyCompleted), 1U);
  const std::string id = placed_[0].journey_id;
  Apply(1, "use");
  EXPECT_EQ(placed_.at(0).journey_id, id);
  EXPECT_EQ(Runs().size(), 1U);
  EXPECT_EQ(Count(SignalKind::kJourneyCompleted), 1U);
}

TEST_F(RunsTest, AClosedRunIsFollowedByAnotherWhereStartHolds) {
  Use({kClosing});
  Apply(0, "order");
  const std::string first = placed_[0].journey_id;
  Apply(1, "view");
  EXPECT_NE(placed_.at(0).journey_id, first);
  ASSERT_EQ(Runs().size(), 2U);
  EXPECT_EQ(Runs()[1].ordinal, 2U);
}

TEST_F(RunsTest, ReentryNeverKeepsEverythingInTheClosedRun) {
  Use({R"(
family: purchase
model: never
journey: {reentry: never}
stages:
  - {name: bought, enter: {action: order}, closes: completed}
)"});
  Apply(0, "order");
  Apply(1, "order");
  EXPECT_EQ(Runs().size(), 1U);
}

TEST_F(RunsTest, ReentryFromAStageCompletesTheOpenRun) {
  Use({R"(
family: purchase
model: again
journey:
  reentry: {when: {action: order}, from: [use]}
stages:
  - {name: buy, enter: {action: order}}
  - {name: use, enter: {action: use}}
)"});
  Apply(0, "order");
  Apply(1, "order");
  EXPECT_EQ(Runs().size(), 1U) << "not from buy";
  Apply(2, "use");
  Apply(3, "order");
  ASSERT_EQ(Runs().size(), 2U);
  EXPECT_EQ(Runs()[0].status, JourneyStatus::kCompleted);
  EXPECT_EQ(Signals(SignalKind::kJourneyCompleted).at(0).detector, "reentry");
  EXPECT_EQ(Stage(), "buy");
}

constexpr std::string_view kReopening = R"(
family: service
model: reopening
journey:
  start: {action: [report, again]}
  reopen: {action: again}
stages:
  - {name: reported, enter: {action: report}}
  - {name: solved, enter: {action: repair}, closes: completed}
)";

TEST_F(RunsTest, ReopenIsAskedBeforeReentryAndTheRunGoesOn) {
  Use({kReopening});
  Apply(0, "report");
  Apply(1, "repair");
  EXPECT_EQ(Status(), JourneyStatus::kCompleted);
  Apply(2, "again");
  ASSERT_EQ(Runs().size(), 1U);
  EXPECT_EQ(Status(), JourneyStatus::kOpen) << "it stands in a closing stage, but did not enter it";
  EXPECT_EQ(Count(SignalKind::kReactivated), 1U);
  Apply(3, "report");
  EXPECT_EQ(Stage(), "reported");
  Apply(4, "repair");
  EXPECT_EQ(Status(), JourneyStatus::kCompleted);
  EXPECT_EQ(Count(SignalKind::kJourneyCompleted), 2U);
}

TEST_F(RunsTest, EndsCloseInPlaceWithTheirStatus) {
  Use({R"(
family: purchase
model: ends
journey:
  ends:
    - {when: {action: switch}, as: switched}
    - {when: {action: [switch, leave]}, as: abandoned}
stages:
  - {name: look, enter: {action: view}}
)"});
  Apply(0, "view");
  Apply(1, "switch");
  EXPECT_EQ(Status(), JourneyStatus::kSwitched);
  EXPECT_EQ(Stage(), "look");
  EXPECT_EQ(Count(SignalKind::kSwitched), 1U);
  Apply(2, "leave");
  EXPECT_EQ(Runs().size(), 2U);
  EXPECT_EQ(Status(), JourneyStatus::kAbandoned);
}

TEST_F(RunsTest, FamiliesRunSideBySide) {
  Use({kClosing, kReopening});
  Apply(0, "view");
  ASSERT_EQ(placed_.size(), 1U);
  Apply(1, "report");
  ASSERT_EQ(placed_.size(), 2U);
  EXPECT_EQ(placed_[0].family, "purchase");
  EXPECT_EQ(placed_[1].family, "service");
}

TEST_F(RunsTest, TheHighestPriorityWhoseScopeHoldsIsTaken) {
  constexpr std::string_view kPlain = R"(
family: purchase
model: plain
stages: [{name: a, enter: {action: view}}]
)";
  constexpr std::string_view kVip = R"(
family: purchase
model: vip
priority: 5
scope: {profile.segment: vip}
stages: [{name: b, enter: {action: view}}]
)";
  Use({kPlain, kVip});
  Apply(0, "view");
  EXPECT_EQ(Stage(), "a");
  state_ = fold_->Initial("bob");
  model::Interaction vip = At(0, "view");
  vip.profile = {{"segment", "vip"}};
  Apply(vip);
  EXPECT_EQ(Stage(), "b");
}

TEST_F(RunsTest, TestersAreStepsButNoPartOfAJourney) {
  Use({kClosing});
  for (const Kind kind : {Kind::kMysteryCheck, Kind::kObservedWalk}) {
    model::Interaction test = At(static_cast<int64_t>(kind), "view");
    test.kind = kind;
    Apply(test);
    EXPECT_TRUE(placed_.empty());
  }
  EXPECT_TRUE(Runs().empty());
  for (const Kind kind : {Kind::kStaff, Kind::kSystem}) {
    model::Interaction other = At(10 + static_cast<int64_t>(kind), "view");
    other.kind = kind;
    Apply(other);
    EXPECT_EQ(placed_.size(), 1U) << "what staff and systems do moves the journey";
  }
}

TEST_F(RunsTest, IdsDependOnProfileFamilyKeyAndOrdinalOnly) {
  Use({kClosing});
  Apply(0, "order");
  const std::string first = placed_[0].journey_id;
  Apply(1, "order");
  const std::string second = placed_[0].journey_id;
  state_ = fold_->Initial("ann");
  Apply(500, "view");
  EXPECT_EQ(placed_[0].journey_id, first);
  Apply(501, "order");
  Apply(502, "order");
  EXPECT_EQ(placed_[0].journey_id, second);
  state_ = fold_->Initial("bob");
  Apply(0, "order");
  EXPECT_NE(placed_[0].journey_id, first);
}

}  // namespace
}  // namespace waymark::journey
