#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

using model::JourneyStatus;
using model::SignalKind;

constexpr std::string_view kKeyed = R"(
family: contracts
model: keyed
journey:
  key: contract
  start: {action: [sign, view]}
  reentry: {when: {action: sign}}
stages:
  - {name: running, enter: {action: sign}}
  - {name: over, enter: {action: cancel}, closes: completed}
)";

class KeysTest : public Folding {
 protected:
  void ApplyWith(int64_t minute, std::string_view action, std::string_view contract) {
    model::Interaction interaction = At(minute, action);
    interaction.contract = contract;
    Apply(interaction);
  }
  const std::string& Journey() const { return placed_.at(0).journey_id; }
};

TEST_F(KeysTest, EachKeyHasARunOfItsOwn) {
  Use({kKeyed});
  ApplyWith(0, "sign", "a");
  const std::string a = Journey();
  ApplyWith(1, "sign", "b");
  const std::string b = Journey();
  EXPECT_NE(a, b);
  ApplyWith(2, "use", "a");
  EXPECT_EQ(Journey(), a);
}

TEST_F(KeysTest, AnInteractionWithoutKeyJoinsTheMostRecentOpenRun) {
  Use({kKeyed});
  ApplyWith(0, "sign", "a");
  const std::string a = Journey();
  ApplyWith(1, "sign", "b");
  ApplyWith(2, "use", "a");
  ApplyWith(3, "use", "");
  EXPECT_EQ(Journey(), a);
  ApplyWith(4, "cancel", "a");
  ApplyWith(5, "use", "");
  EXPECT_NE(Journey(), a) << "an open run goes before a closed one";
}

TEST_F(KeysTest, AKeyedInteractionDoesNotJoinARunWithoutKey) {
  Use({kKeyed});
  ApplyWith(0, "view", "");
  const std::string none = Journey();
  ApplyWith(1, "view", "a");
  EXPECT_NE(Journey(), none);
}

TEST_F(KeysTest, OrdinalsCountPerKey) {
  Use({kKeyed});
  ApplyWith(0, "sign", "a");
  ApplyWith(1, "cancel", "a");
  ApplyWith(2, "sign", "b");
  ApplyWith(3, "sign", "a");
  EXPECT_EQ(Runs()[1].ordinal, 1U);
  EXPECT_EQ(Runs()[2].ordinal, 2U);
}

TEST_F(KeysTest, WhatComesAfterAForgottenRunIsPlacedInIt) {
  FoldSettings settings;
  settings.limits.runs_closed_max = 1;
  Use({kKeyed}, settings);
  ApplyWith(0, "sign", "a");
  const std::string a = Journey();
  ApplyWith(1, "cancel", "a");
  ApplyWith(2, "sign", "b");
  ApplyWith(3, "cancel", "b");
  ASSERT_EQ(Runs().size(), 1U);
  ASSERT_EQ(state_.families[0].past.size(), 1U);
  ApplyWith(4, "use", "a");
  EXPECT_EQ(Journey(), a);
  EXPECT_EQ(Stage(), "over");
  ApplyWith(5, "sign", "a");
  EXPECT_NE(Journey(), a);
  EXPECT_EQ(Runs().back().ordinal, 2U);
}

// The past run's model says what its key is and whether it is re-entered, even where no model would
// take a new run.
TEST_F(KeysTest, AForgottenRunIsFoundWhateverTheScopeSays) {
  FoldSettings settings;
  settings.limits.runs_closed_max = 1;
  Use({R"(
family: contracts
model: keyed
scope: {profile.segment: vip}
journey: {key: contract, start: {action: sign}}
stages:
  - {name: running, enter: {action: sign}}
  - {name: over, enter: {action: cancel}, closes: completed}
)"},
      settings);
  model::Interaction vip = At(0, "sign");
  vip.contract = "a";
  vip.profile = {{"segment", "vip"}};
  Apply(vip);
  const std::string a = Journey();
  ApplyWith(1, "cancel", "a");
  ApplyWith(2, "sign", "b");
  ApplyWith(3, "cancel", "b");
  model::Interaction demoted = At(4, "sign");
  demoted.contract = "a";
  demoted.profile = {{"segment", "none"}};
  Apply(demoted);
  EXPECT_EQ(Journey(), a);
}

TEST_F(KeysTest, ReentryOfAForgottenRunSeesItsStage) {
  FoldSettings settings;
  settings.limits.runs_closed_max = 1;
  Use({R"(
family: contracts
model: keyed
journey:
  key: contract
  start: {action: sign}
  reentry: {when: {action: sign, stage: over}}
stages:
  - {name: running, enter: {action: sign}}
  - {name: over, enter: {action: cancel}, closes: completed}
)"},
      settings);
  ApplyWith(0, "sign", "a");
  ApplyWith(1, "cancel", "a");
  ApplyWith(2, "sign", "b");
  ApplyWith(3, "cancel", "b");
  ApplyWith(4, "sign", "a");
  EXPECT_EQ(Runs().back().ordinal, 2U);
}

TEST_F(KeysTest, AForgottenRunIsReopened) {
  FoldSettings settings;
  settings.limits.runs_closed_max = 1;
  Use({R"(
family: contracts
model: keyed
journey: {key: contract, reentry: never, reopen: {action: sign, stage: over}}
stages:
  - {name: running, enter: {action: sign}}
  - {name: over, enter: {action: cancel}, closes: completed}
)"},
      settings);
  ApplyWith(0, "sign", "a");
  const std::string a = Journey();
  ApplyWith(1, "cancel", "a");
  ApplyWith(2, "sign", "b");
  ApplyWith(3, "cancel", "b");
  ASSERT_EQ(state_.families[0].past.size(), 1U);
  ApplyWith(4, "sign", "a");
  EXPECT_EQ(Journey(), a);
  EXPECT_EQ(Stage(), "running");
  EXPECT_EQ(placed_[0].previous_stage, "over");
  EXPECT_EQ(Count(SignalKind::kReactivated), 1U);
  EXPECT_TRUE(state_.families[0].past.empty());
  ApplyWith(5, "cancel", "a");
  EXPECT_EQ(Status(), JourneyStatus::kCompleted);
  ApplyWith(6, "use", "b");
  EXPECT_EQ(Stage(), "over") << "b was forgotten in its turn, or is kept whole";
}

TEST_F(KeysTest, TooManyOpenRunsAbandonTheLongestSilent) {
  FoldSettings settings;
  settings.limits.runs_open_max = 2;
  Use({kKeyed}, settings);
  ApplyWith(0, "sign", "a");
  ApplyWith(1, "sign", "b");
  ApplyWith(2, "use", "a");
  ApplyWith(3, "sign", "c");
  EXPECT_EQ(Runs()[0].status, JourneyStatus::kOpen);
  EXPECT_EQ(Runs()[1].status, JourneyStatus::kAbandoned);
  ASSERT_EQ(Count(SignalKind::kAbandoned), 1U);
  EXPECT_EQ(Signals(SignalKind::kAbandoned)[0].detector, "runs-open-max");
}

TEST_F(KeysTest, ClosedAndPastRunsAreBounded) {
  FoldSettings settings;
  settings.limits.runs_closed_max = 2;
  settings.limits.runs_past_max = 3;
  Use({kKeyed}, settings);
  for (int i = 0; i < 10; ++i) {
    const std::string key = std::to_string(i);
    ApplyWith(2 * i, "sign", key);
    ApplyWith(2 * i + 1, "cancel", key);
  }
  ASSERT_EQ(Runs().size(), 2U);
  EXPECT_EQ(Runs()[0].key, "8") << "the newest are kept";
  ASSERT_EQ(state_.families[0].past.size(), 3U);
  EXPECT_EQ(state_.families[0].past[0].key_hash, base::Hash64("5"));
}

TEST_F(KeysTest, WhatARunCollectsIsSortedAndBounded) {
  FoldSettings settings;
  settings.limits.touchpoints_max = 2;
  settings.limits.relevant_max = 1;
  Use({kKeyed}, settings);
  for (const std::string_view touchpoint : {"z", "a", "m", "a", ""}) {
    model::Interaction interaction = At(static_cast<int64_t>(ids_.size()), "view");
    interaction.touchpoint = touchpoint;
    interaction.product = touchpoint;
    Apply(interaction);
  }
  EXPECT_THAT(Runs()[0].touchpoints, testing::ElementsAre("a", "z"));
  EXPECT_THAT(Runs()[0].relevant_set, testing::ElementsAre("z"));
}

}  // namespace
}  // namespace waymark::journey
