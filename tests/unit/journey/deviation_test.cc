// No journey is like another: loops, skips, pauses, re-entry and channels that change are never
// refused.
#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

using model::JourneyStatus;
using model::SignalKind;

constexpr int64_t kDay = 24 * 60;

class DeviationTest : public Folding {
 protected:
  void ApplyOn(std::string_view channel, int64_t minute, std::string_view action) {
    model::Interaction interaction = At(minute, action);
    interaction.channel = channel;
    Apply(interaction);
  }
  std::vector<std::string> Entered() const {
    std::vector<std::string> stages;
    for (const Found& signal : Signals(SignalKind::kStageEntered)) stages.push_back(signal.stage);
    return stages;
  }
};

TEST_F(DeviationTest, StagesAreLoopedThroughAsOftenAsItTakes) {
  Use({kShop});
  for (int round = 0; round < 50; ++round) {
    Apply(3 * round, "view");
    Apply(3 * round + 1, "order");
    Apply(3 * round + 2, "use");
  }
  ASSERT_EQ(Runs().size(), 1U);
  for (int32_t stage = 0; stage < 3; ++stage) EXPECT_EQ(Runs()[0].stages.At(stage).visits, 50);
  EXPECT_EQ(Entered().size(), 150U);
}

TEST_F(DeviationTest, StagesMayBeSkippedAndComeInAnyOrder) {
  Use({kShop});
  Apply(0, "use");
  Apply(1, "view");
  Apply(2, "use");
  EXPECT_EQ(Entered(), (std::vector<std::string>{"use", "look", "use"}));
  EXPECT_EQ(Runs()[0].stages.At(1).visits, 0);
}

TEST_F(DeviationTest, APauseOfYearsChangesNothingWhereNoRuleSaysSo) {
  Use({kShop});
  Apply(0, "view");
  const std::string journey = placed_.at(0).journey_id;
  Apply(3 * 365 * kDay, "order");
  EXPECT_EQ(placed_.at(0).journey_id, journey);
  EXPECT_EQ(Status(), JourneyStatus::kOpen);
  EXPECT_EQ(Signals(SignalKind::kStageLeft).at(0).duration_minutes, 3 * 365 * kDay);
  EXPECT_EQ(Count(SignalKind::kSessionStarted), 2U) << "many sessions, one journey";
}

TEST_F(DeviationTest, ALifetimeOfYearsIsKept) {
  Use({R"(
family: contract
model: long
journey: {start: {action: sign}, lifetime: 24y}
stages: [{name: running, enter: {action: sign}}]
)"});
  Apply(0, "sign");
  const int64_t end = 24 * 365 * kDay;
  Apply(end, "use");
  EXPECT_EQ(Status(), JourneyStatus::kOpen);
  AdvanceTo(end + 1);
  EXPECT_EQ(Status(), JourneyStatus::kExpired);
}

TEST_F(DeviationTest, AJourneyGoesOnFromChannelToChannel) {
  Use({kShop});
  ApplyOn("social", 0, "view");
  const std::string journey = placed_.at(0).journey_id;
  const std::string session = session_id_;
  ApplyOn("store", 10, "order");
  ApplyOn("app", 20, "use");
  EXPECT_EQ(placed_.at(0).journey_id, journey);
  EXPECT_EQ(session_id_, session);
  EXPECT_THAT(Runs()[0].channels, testing::ElementsAre("app", "social", "store"));
}

constexpr std::string_view kEnding = R"(
family: purchase
model: ending
journey:
  start: {action: [view, order]}
  abandon_after: 30d
  ends: [{when: {action: switch}, as: switched}]
stages:
  - {name: look, enter: {action: view}}
  - {name: buy, enter: {action: order}}
)";

TEST_F(DeviationTest, WhoWasAbandonedMayComeBack) {
  Use({kEnding});
  Apply(0, "view");
  Apply(31 * kDay, "view");
  ASSERT_EQ(Runs().size(), 2U);
  EXPECT_EQ(Runs()[0].status, JourneyStatus::kAbandoned);
  EXPECT_EQ(Status(), JourneyStatus::kOpen);
  EXPECT_EQ(Stage(), "look");
}

// The last touchpoint is that of the evidence: the last interaction of silence, and the one that
// tells of the competitor; the run keeps all that it used.
TEST_F(DeviationTest, TheLastTouchpointBeforeTheEndIsKept) {
  Use({kEnding});
  model::Interaction last = At(5, "order");
  last.touchpoint = "checkout";
  Apply(0, "view");
  Apply(last);
  AdvanceTo(40 * kDay);
  const auto abandoned = Signals(SignalKind::kAbandoned);
  ASSERT_EQ(abandoned.size(), 1U);
  EXPECT_EQ(abandoned[0].evidence, std::vector<std::string>{"i2"});
  EXPECT_THAT(Runs()[0].touchpoints, testing::ElementsAre("checkout"));
  Apply(41 * kDay, "view");
  model::Interaction gone = At(42 * kDay, "switch");
  gone.touchpoint = "account";
  Apply(gone);
  const auto switched = Signals(SignalKind::kSwitched);
  ASSERT_EQ(switched.size(), 1U);
  EXPECT_EQ(switched[0].evidence, std::vector<std::string>{"i4"});
  EXPECT_EQ(switched[0].stage, "look");
  EXPECT_THAT(Runs()[1].touchpoints, testing::ElementsAre("account"));
}

}  // namespace
}  // namespace waymark::journey
