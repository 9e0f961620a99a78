// Journeys that take unusually long or short between two stages.
#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

using model::SignalKind;

constexpr int64_t kHour = 60;

// From look to buy 10 h in the mean, give or take 1 h; from ask to buy 4 h, give or take 2 h.
constexpr std::string_view kUsual = R"(
family: purchase
model: usual
journey:
  start: {action: view}
  abandon_after: 10d
  reopen: {action: again}
  ends: [{when: {action: leave}, as: switched}]
stages:
  - {name: look, enter: {action: view}}
  - {name: ask, enter: {action: ask}}
  - {name: buy, enter: {action: order}}
temporal_profile:
  zeta: 2
  pairs:
    - {from: look, to: buy, mean: 10h, deviation: 1h}
    - {from: ask, to: buy, mean: 4h, deviation: 2h}
)";

class TemporalProfileTest : public Folding {
 protected:
  void SetUp() override { Use({kUsual}); }
  // That of the last application, where it flagged the journey.
  std::optional<model::TemporalDeviation> Deviation() const {
    for (const model::Signal& signal : effects_.signals) {
      if (signal.temporal_deviation) return signal.temporal_deviation;
    }
    return std::nullopt;
  }
  size_t Flags() const { return Count(SignalKind::kCustom); }
};

TEST_F(TemporalProfileTest, WhatIsWithinZetaDeviationsIsUsual) {
  for (const int64_t minute : {8 * kHour, 10 * kHour, 12 * kHour}) {
    Use({kUsual});
    Apply(0, "view");
    Apply(minute, "order");
    EXPECT_FALSE(Deviation()) << minute;
  }
}

TEST_F(TemporalProfileTest, WhatTakesLongerIsFlaggedAsTheStageIsEntered) {
  Apply(0, "view");
  Apply(12 * kHour + 1, "order");
  const auto found = Signals(SignalKind::kCustom);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "too-slow");
  EXPECT_EQ(found[0].detector, "temporal-profile");
  EXPECT_EQ(found[0].stage, "buy");
  EXPECT_EQ(found[0].minute, 12 * kHour + 1);
  EXPECT_EQ(found[0].evidence, (std::vector<std::string>{"i1", "i2"}));
  const auto deviation = Deviation();
  ASSERT_TRUE(deviation);
  EXPECT_EQ(deviation->from, "look");
  EXPECT_EQ(deviation->time_ms, (12 * kHour + 1) * kMinute);
  EXPECT_EQ(deviation->mean_ms, 10 * kHour * kMinute);
  EXPECT_EQ(deviation->deviation_ms, kHour * kMinute);
  EXPECT_EQ(deviation->deviations_milli, 2016) << "2 and a sixtieth";
}

TEST_F(TemporalProfileTest, WhatTakesLessIsFlaggedToo) {
  Apply(0, "view");
  Apply(8 * kHour - 1, "order");
  ASSERT_EQ(Flags(), 1U);
  EXPECT_EQ(Signals(SignalKind::kCustom)[0].name, "too-fast");
  EXPECT_EQ(Deviation()->deviations_milli, -2016);
}

TEST_F(TemporalProfileTest, OfSeveralPairsTheFarthestFromUsualCounts) {
  Apply(0, "view");
  Apply(2 * kHour, "ask");
  Apply(20 * kHour, "order");  // 10 deviations from look, 7 from ask
  ASSERT_EQ(Flags(), 1U);
  EXPECT_EQ(Deviation()->from, "look");
  EXPECT_EQ(Deviation()->deviations_milli, 10'000);
  Use({kUsual});
  found_.clear();
  Apply(0, "view");
  Apply(1, "ask");
  Apply(11 * kHour, "order");  // 1 deviation from look, 3.49 from ask
  ASSERT_EQ(Flags(), 1U);
  EXPECT_EQ(Deviation()->from, "ask");
  EXPECT_EQ(Deviation()->deviations_milli, 3491);
}

TEST_F(TemporalProfileTest, OnlyFirstEntriesCount) {
  Apply(0, "view");
  Apply(3 * kHour, "ask");
  Apply(9 * kHour, "view");
  Apply(9 * kHour + 30, "order");  // 9.5 h from the first look, 6.5 h from ask
  EXPECT_EQ(Flags(), 0U);
  Apply(40 * kHour, "ask");
  Apply(100 * kHour, "order");
  EXPECT_EQ(Flags(), 0U) << "the journey had bought before";
}

TEST_F(TemporalProfileTest, AStageThatWasNeverEnteredSaysNothing) {
  Apply(0, "view");
  Apply(10 * kHour, "order");
  Apply(300 * kHour, "ask");
  EXPECT_EQ(Flags(), 0U);
}

TEST_F(TemporalProfileTest, AJourneyOpenedAgainIsMeasuredFromThen) {
  Apply(0, "view");
  Apply(1 * kHour, "leave");
  EXPECT_TRUE(Runs()[0].first_entries.empty()) << "a closed run keeps nothing";
  Apply(100 * kHour, "again");
  Apply(110 * kHour, "order");
  EXPECT_EQ(Flags(), 0U) << "10 h since it was opened again";
  Use({kUsual});
  Apply(0, "view");
  Apply(1 * kHour, "leave");
  Apply(100 * kHour, "again");
  Apply(113 * kHour, "order");
  EXPECT_EQ(Deviation()->time_ms, 13 * kHour * kMinute);
}

TEST_F(TemporalProfileTest, AModelWithoutProfileRemembersNothing) {
  Use({kShop});
  Apply(0, "view");
  Apply(300 * kHour, "order");
  EXPECT_EQ(Flags(), 0U);
  EXPECT_TRUE(Runs()[0].first_entries.empty());
}

TEST_F(TemporalProfileTest, AStageEnteredByTimeIsCompared) {
  Use({R"(
family: purchase
model: silent
detectors: [{name: gone, silence: 5d}]
stages:
  - {name: look, enter: {action: view}}
  - {name: lost, enter: {detected: gone}}
temporal_profile: {pairs: [{from: look, to: lost, mean: 10d, deviation: 1d}]}
)"});
  Apply(0, "view");
  AdvanceTo(6 * 24 * kHour);
  const auto found = Signals(SignalKind::kCustom);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "too-fast");
  EXPECT_EQ(found[0].minute, 5 * 24 * kHour);
  EXPECT_EQ(found[0].evidence, std::vector<std::string>{"i1"}) << "each interaction once";
  EXPECT_EQ(Deviation()->deviations_milli, -5000);
}

// What a run has come through under an older version is measured from where the new one does so.
TEST_F(TemporalProfileTest, ARunMappedOntoAnotherVersionGoesOn) {
  Use({kUsual, R"(
family: purchase
model: usual
version: 2
fate: migrate
stage_mapping: {look: seen, ask: seen}
effective_from: 2023-11-14T23:13:20Z  # an hour behind noon
stages:
  - {name: told, enter: {action: ask}}
  - {name: seen, enter: {action: view}}
  - {name: buy, enter: {action: order}}
temporal_profile: {pairs: [{from: seen, to: buy, mean: 10h, deviation: 1h}]}
)"});
  Apply(0, "view");
  Apply(30, "ask");
  ASSERT_EQ(Runs()[0].first_entries.size(), 2U);
  // As where the timeline does not reach back to the start.
  AdvanceTo(61);
  state_.migrations.at(0).wanted = false;
  state_.next_due = {kNoon + 60 * kMinute};
  AdvanceTo(62);
  ASSERT_EQ(Runs()[0].model->definition.version, 2);
  Apply(23 * kHour, "order");
  ASSERT_EQ(Flags(), 1U);
  EXPECT_EQ(Deviation()->from, "seen");
  EXPECT_EQ(Deviation()->time_ms, 23 * kHour * kMinute) << "from the first of the two";
}

}  // namespace
}  // namespace waymark::journey
