#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

using base::Timestamp;
using model::SignalKind;

constexpr int64_t kDay = 24 * 60;

constexpr std::string_view kSilent = R"(
family: purchase
model: silent
journey: {abandon_after: 2h}
stages:
  - {name: look, enter: {action: view}}
)";

constexpr std::string_view kBirthdays = R"(
customer: c
dates:
  - {name: birthday, attribute: birthday, every: year, at: "09:00"}
  - {name: contract-end, attribute: contract_end, at: "09:00"}
)";

class LapseTest : public Folding {
 protected:
  static FoldSettings After(base::Millis retention) {
    FoldSettings settings;
    settings.profile_retention = retention;
    return settings;
  }
  void ApplyWith(int64_t minute, std::vector<model::TextEntry> profile) {
    model::Interaction interaction = At(minute, "view");
    interaction.profile = std::move(profile);
    Apply(interaction);
  }
  static Timestamp Minute(int64_t minute) { return {kNoon + minute * kMinute}; }
};

TEST_F(LapseTest, WhoComesBackAfterALongSilenceBeginsAnew) {
  Use({kSilent}, After(std::chrono::hours(5)));
  Apply(0, "view");
  EXPECT_EQ(state_.lapses_at, Timestamp::max()) << "a journey is open";
  AdvanceTo(200);
  EXPECT_EQ(state_.lapses_at, Minute(300));
  Apply(300, "view");
  EXPECT_EQ(Count(SignalKind::kFirstTouch), 1U);
  EXPECT_EQ(Runs().size(), 2U);
  Apply(601, "view");
  EXPECT_EQ(Count(SignalKind::kFirstTouch), 2U);
  EXPECT_EQ(state_.first_seen, Minute(601));
  EXPECT_EQ(Runs().size(), 1U);
  EXPECT_TRUE(effects_.stage_changed);
  EXPECT_EQ(state_.interactions, 3) << "of the timeline";
}

// So that it does not matter whether the earlier profile is still known.
TEST_F(LapseTest, NothingShowsOfWhatWasBefore) {
  const auto summary = [this] {
    base::Arena arena;
    model::CustomerJourneys out;
    Summarize(state_, arena, out);
    out.session.reset();
    return std::tuple(out.profile.first_seen, out.profile.attributes.size(), out.journeys.size(),
                      std::string(out.journeys.at(0).id));
  };
  Use({kSilent, kBirthdays}, After(std::chrono::hours(5)));
  Apply(0, "view");
  ApplyWith(10, {{"language", "de"}});
  Apply(1000, "view");
  const auto after = summary();
  Use({kSilent, kBirthdays}, After(std::chrono::hours(5)));
  Apply(1000, "view");
  EXPECT_EQ(summary(), after);
}

TEST_F(LapseTest, AnOpenJourneyKeepsAProfileForYears) {
  Use({kShop}, After(std::chrono::hours(5)));
  Apply(0, "view");
  AdvanceTo(3000 * kDay);
  EXPECT_EQ(state_.lapses_at, Timestamp::max());
  Apply(3000 * kDay, "view");
  EXPECT_EQ(Count(SignalKind::kFirstTouch), 1U);
}

TEST_F(LapseTest, WhatIsPendingKeepsAProfile) {
  Use({kSilent}, After(std::chrono::hours(1)));
  Apply(0, "view");
  AdvanceTo(110);
  EXPECT_EQ(state_.lapses_at, Timestamp::max()) << "the journey waits until minute 120";
  AdvanceTo(121);
  EXPECT_EQ(state_.lapses_at, Minute(120));
}

TEST_F(LapseTest, ADayToComeKeepsAProfileOneThatComesBackEveryYearDoesNot) {
  Use({kSilent, kBirthdays}, After(std::chrono::hours(24 * 400)));
  ApplyWith(0, {{"birthday", "1990-07-04"}});  // in November
  AdvanceTo(3000 * kDay);
  EXPECT_EQ(Count(SignalKind::kLifecycle), 1U) << "none after 400 days of silence";
  EXPECT_EQ(state_.lapses_at, Minute(400 * kDay));
  ApplyWith(3000 * kDay, {{"contract_end", "2050-01-01"}});
  AdvanceTo(5000 * kDay);
  EXPECT_EQ(state_.lapses_at, Timestamp::max());
}

// Silence kept these days from being due; they don't come when it is over.
TEST_F(LapseTest, AMissedBirthdayIsNotMadeUpFor) {
  Use({kShop, kBirthdays}, After(std::chrono::hours(24 * 30)));
  ApplyWith(0, {{"birthday", "1990-07-04"}});
  Apply(300 * kDay, "view");  // in September
  EXPECT_EQ(Count(SignalKind::kFirstTouch), 1U) << "a journey was open";
  EXPECT_EQ(Count(SignalKind::kLifecycle), 0U);
  Apply(590 * kDay, "view");
  AdvanceTo(3000 * kDay);
  EXPECT_EQ(Count(SignalKind::kLifecycle), 1U);
}

TEST_F(LapseTest, WithoutARetentionNobodyLapses) {
  Use({kSilent});
  Apply(0, "view");
  AdvanceTo(5000 * kDay);
  EXPECT_EQ(state_.lapses_at, Timestamp::max());
}

}  // namespace
}  // namespace waymark::journey
