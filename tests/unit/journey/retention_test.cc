#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

using model::JourneyStatus;
using model::SignalKind;

constexpr int64_t kDay = 24 * 60;

constexpr std::string_view kKept = R"(
family: contracts
model: kept
journey: {key: contract, start: {action: sign}, retention: 10d, reopen: {action: reopen}}
stages:
  - {name: running, enter: {action: sign}}
  - {name: over, enter: {action: cancel}, closes: completed}
)";

class RetentionTest : public Folding {
 protected:
  void ApplyWith(int64_t minute, std::string_view action, std::string_view contract) {
    model::Interaction interaction = At(minute, action);
    interaction.contract = contract;
    Apply(interaction);
  }
  const FamilyState& Family() const { return state_.families.at(0); }
};

TEST_F(RetentionTest, AClosedRunIsForgottenInTime) {
  Use({kKept});
  ApplyWith(0, "sign", "a");
  ApplyWith(1, "cancel", "a");
  ApplyWith(5 * kDay, "use", "a");
  EXPECT_EQ(placed_.size(), 1U) << "attached to the closed run";
  const size_t before = found_.size();
  AdvanceTo(10 * kDay + 1);
  EXPECT_EQ(Runs().size(), 1U);
  AdvanceTo(10 * kDay + 2);
  EXPECT_TRUE(Runs().empty());
  EXPECT_TRUE(effects_.stage_changed) << "the snapshot shows it no more";
  EXPECT_EQ(Fired(TimerKind::kRetention), 1);
  EXPECT_EQ(found_.size(), before + 1) << "no signal but the end of the session";
  ApplyWith(11 * kDay, "use", "a");
  EXPECT_TRUE(placed_.empty()) << "as if it had never been";
}

TEST_F(RetentionTest, OpenRunsAreKeptForYears) {
  Use({kKept});
  ApplyWith(0, "sign", "a");
  ApplyWith(3000 * kDay, "use", "a");
  ASSERT_EQ(Runs().size(), 1U);
  EXPECT_EQ(Status(), JourneyStatus::kOpen);
}

TEST_F(RetentionTest, PastRunsAreForgottenToo) {
  FoldSettings settings;
  settings.limits.runs_closed_max = 1;
  Use({kKept}, settings);
  for (int i = 0; i < 3; ++i) {
    ApplyWith(10 * i, "sign", std::to_string(i));
    ApplyWith(10 * i + 1, "cancel", std::to_string(i));
  }
  EXPECT_EQ(Family().past.size(), 2U);
  AdvanceTo(10 * kDay + 2);
  EXPECT_EQ(Family().past.size(), 1U);
  EXPECT_EQ(state_.next_due.ms, kNoon + (10 * kDay + 11) * kMinute);
  AdvanceTo(10 * kDay + 12);
  EXPECT_TRUE(Family().past.empty());
  EXPECT_EQ(Runs().size(), 1U);
  AdvanceTo(20 * kDay);
  EXPECT_TRUE(Runs().empty());
  EXPECT_EQ(state_.next_due, base::Timestamp::max());
}

TEST_F(RetentionTest, IdsNeverComeTwice) {
  Use({kKept});
  ApplyWith(0, "sign", "a");
  const std::string first = placed_.at(0).journey_id;
  ApplyWith(1, "cancel", "a");
  ApplyWith(20 * kDay, "sign", "a");
  ASSERT_EQ(Runs().size(), 1U);
  EXPECT_NE(placed_.at(0).journey_id, first);
  EXPECT_EQ(Runs()[0].ordinal, 2U);
}

TEST_F(RetentionTest, AReopenedRunIsKeptFromItsLastClose) {
  Use({kKept});
  ApplyWith(0, "sign", "a");
  ApplyWith(1, "cancel", "a");
  ApplyWith(9 * kDay, "reopen", "a");
  EXPECT_EQ(Status(), JourneyStatus::kOpen);
  AdvanceTo(12 * kDay);
  EXPECT_EQ(Runs().size(), 1U);
  ApplyWith(13 * kDay, "sign", "a");
  ApplyWith(13 * kDay + 1, "cancel", "a");
  AdvanceTo(23 * kDay + 1);
  EXPECT_EQ(Runs().size(), 1U);
  AdvanceTo(23 * kDay + 2);
  EXPECT_TRUE(Runs().empty());
}

TEST_F(RetentionTest, AbandonmentComesBeforeAnotherRunsRetention) {
  Use({R"(
family: a
model: silent
journey: {start: {action: sign}, abandon_after: 10d, retention: 5d}
stages: [{name: s, enter: {action: sign}}]
)"});
  Apply(0, "sign");
  AdvanceTo(10 * kDay + 1);
  EXPECT_EQ(Count(SignalKind::kAbandoned), 1U);
  AdvanceTo(15 * kDay + 1);
  EXPECT_TRUE(Runs().empty()) << "counted from the end of the silence";
}

}  // namespace
}  // namespace waymark::journey
