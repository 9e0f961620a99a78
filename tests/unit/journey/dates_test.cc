#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

using model::SignalKind;

class DatesTest : public Folding {
 protected:
  DatesTest() {
    Use({kShop, R"(
customer: c
dates:
  - {name: birthday, attribute: birthday, every: year, at: "09:00"}
  - {name: anniversary, attribute: customer_since, every: year, at: "09:00"}
  - {name: contract-end, attribute: contract_end, before: 30d, at: "09:00"}
time_zone: Europe/Berlin
)"});
  }
  void Learn(std::string_view time, std::vector<model::TextEntry> profile,
             model::Kind kind = model::Kind::kSystem) {
    model::Interaction interaction = At(0, "update");
    interaction.time = base::ParseRfc3339(time)->ms;
    interaction.kind = kind;
    interaction.profile = std::move(profile);
    Apply(interaction);
  }
  void AdvanceToTime(std::string_view time) {
    effects_.Clear();
    fold_->AdvanceTo(state_, *base::ParseRfc3339(time), effects_);
    for (const model::Signal& s : effects_.signals) {
      told_.push_back(std::string(s.name) + " " + base::FormatRfc3339({s.time}));
      evidence_.assign(s.evidence.begin(), s.evidence.end());
      EXPECT_EQ(s.kind, SignalKind::kLifecycle);
      EXPECT_EQ(s.detector, "date");
    }
  }

  using Told = std::vector<std::string>;
  Told told_;
  std::vector<std::string> evidence_;  // of the last
};

TEST_F(DatesTest, ABirthdayComesEveryYearWithoutAnyInteraction) {
  Learn("2024-03-01T12:00:00Z", {{"birthday", "1990-07-04"}});
  AdvanceToTime("2026-12-31T00:00:00Z");
  EXPECT_EQ(told_, (Told{"birthday 2024-07-04T07:00:00Z", "birthday 2025-07-04T07:00:00Z",
                         "birthday 2026-07-04T07:00:00Z"}));
  EXPECT_EQ(evidence_, std::vector<std::string>{"i1"});
  EXPECT_EQ(Fired(TimerKind::kDate), 3);
}

TEST_F(DatesTest, TheCustomersTimeZoneDecidesAndUnknownOnesDoNot) {
  Learn("2024-03-01T12:00:00Z", {{"birthday", "--07-04"}, {"time_zone", "America/New_York"}});
  AdvanceToTime("2024-12-31T00:00:00Z");
  EXPECT_EQ(told_, Told{"birthday 2024-07-04T13:00:00Z"});
  told_.clear();
  Learn("2025-03-01T12:00:00Z", {{"time_zone", "Atlantis/Capital"}});
  AdvanceToTime("2025-12-31T00:00:00Z");
  EXPECT_EQ(told_, Told{"birthday 2025-07-04T07:00:00Z"}) << "the file's";
}

TEST_F(DatesTest, WhatLiesInThePastComesNextYear) {
  Learn("2024-07-04T07:00:00.001Z", {{"birthday", "1990-07-04"}});
  AdvanceToTime("2025-12-31T00:00:00Z");
  EXPECT_EQ(told_, Told{"birthday 2025-07-04T07:00:00Z"});
}

TEST_F(DatesTest, WhatIsDueAtTheVeryMomentStillComes) {
  Learn("2024-07-04T07:00:00Z", {{"birthday", "1990-07-04"}});
  AdvanceToTime("2024-12-31T00:00:00Z");
  EXPECT_EQ(told_, Told{"birthday 2024-07-04T07:00:00Z"});
}

TEST_F(DatesTest, TheDayThatAnAnniversaryRecallsIsNone) {
  Learn("2024-07-04T01:00:00Z", {{"customer_since", "2024-07-04"}});
  AdvanceToTime("2025-12-31T00:00:00Z");
  EXPECT_EQ(told_, Told{"anniversary 2025-07-04T07:00:00Z"});
}

TEST_F(DatesTest, ADateThatComesOnceIsToldBeforeIt) {
  Learn("2024-03-01T12:00:00Z", {{"contract_end", "2024-12-31"}});
  AdvanceToTime("2030-01-01T00:00:00Z");
  EXPECT_EQ(told_, Told{"contract-end 2024-12-01T08:00:00Z"});
  EXPECT_TRUE(state_.customer.dates.empty());
  EXPECT_EQ(state_.next_due, base::Timestamp::max());
  Learn("2030-01-02T00:00:00Z", {{"contract_end", "2030-01-20"}});
  EXPECT_TRUE(state_.customer.dates.empty()) << "its moment is over: never";
  Learn("2030-01-03T00:00:00Z", {{"contract_end", "--06-01"}});
  EXPECT_TRUE(state_.customer.dates.empty()) << "a year is needed";
}

TEST_F(DatesTest, FebruaryTwentyNinthIsKeptEveryYear) {
  Learn("2023-01-01T12:00:00Z", {{"birthday", "2000-02-29"}});
  AdvanceToTime("2025-01-01T00:00:00Z");
  EXPECT_EQ(told_, (Told{"birthday 2023-02-28T08:00:00Z", "birthday 2024-02-29T08:00:00Z"}));
}

TEST_F(DatesTest, AnotherValueTakesThePlaceAndTheSameChangesNothing) {
  Learn("2024-01-01T12:00:00Z", {{"birthday", "1990-07-04"}});
  Learn("2024-01-02T12:00:00Z", {{"birthday", "1990-07-04"}});
  EXPECT_EQ(state_.customer.dates.at(0).id, "i1");
  Learn("2024-01-03T12:00:00Z", {{"birthday", "1990-08-05"}});
  AdvanceToTime("2025-01-01T00:00:00Z");
  EXPECT_EQ(told_, Told{"birthday 2024-08-05T07:00:00Z"});
  EXPECT_EQ(evidence_, std::vector<std::string>{"i3"});
  Learn("2025-01-03T12:00:00Z", {{"birthday", "unknown"}});
  EXPECT_TRUE(state_.customer.dates.empty());
}

TEST_F(DatesTest, WhoMovesKeepsADayOnceAYear) {
  Learn("2024-01-01T12:00:00Z", {{"birthday", "1990-07-04"}, {"contract_end", "2024-08-03"}});
  Learn("2024-06-01T12:00:00Z", {{"time_zone", "Asia/Tokyo"}});
  AdvanceToTime("2024-07-04T07:30:00Z");
  EXPECT_EQ(told_, (Told{"birthday 2024-07-04T00:00:00Z", "contract-end 2024-07-04T00:00:00Z"}));
  Learn("2024-07-04T08:00:00Z", {{"time_zone", "America/New_York"}});
  told_.clear();
  AdvanceToTime("2025-12-31T00:00:00Z");
  EXPECT_EQ(told_, Told{"birthday 2025-07-04T13:00:00Z"}) << "not again where it is still morning";
}

TEST_F(DatesTest, FarDatesDoNotOverflow) {
  Learn("2024-01-01T12:00:00Z", {{"birthday", "9998-07-04"}, {"contract_end", "9999-12-31"}});
  EXPECT_EQ(base::FormatRfc3339(state_.next_due), "9999-07-04T07:00:00Z");
  effects_.Clear();
  fold_->AdvanceTo(state_, base::Timestamp::max(), effects_);
  EXPECT_EQ(effects_.signals.size(), 2U);
  EXPECT_EQ(state_.next_due, base::Timestamp::max());
  Learn("9999-12-31T23:59:59Z", {{"birthday", "1990-07-04"}, {"customer_since", "9999-12-31"}});
  EXPECT_EQ(state_.next_due, base::Timestamp::max());
}

// A fold of a lifetime at once ends, too: 7,976 birthdays.
TEST_F(DatesTest, AHorizonBeyondAllYearsIsReached) {
  Learn("2024-01-01T12:00:00Z", {{"birthday", "1990-07-04"}});
  effects_.Clear();
  fold_->AdvanceTo(state_, base::Timestamp::max(), effects_);
  EXPECT_EQ(effects_.signals.size(), 9999U - 2024 + 1);
}

TEST_F(DatesTest, DaysBeforeMayReachIntoTheYearBefore) {
  Use({kShop,
       "customer: c\ndates: [{name: soon, attribute: birthday, every: year, before: 10d}]\n"});
  Learn("2024-12-25T00:00:00Z", {{"birthday", "1990-01-03"}});
  AdvanceToTime("2025-12-31T00:00:00Z");
  EXPECT_EQ(told_, Told{"soon 2025-12-24T00:00:00Z"});
}

TEST_F(DatesTest, PartsOfADayBefore) {
  Use({kShop, "customer: c\ndates: [{name: soon, attribute: day, before: 1d12h}]\n"});
  Learn("2024-01-01T00:00:00Z", {{"day", "2024-06-03"}});
  AdvanceToTime("2025-01-01T00:00:00Z");
  EXPECT_EQ(told_, Told{"soon 2024-06-01T12:00:00Z"});
}

}  // namespace
}  // namespace waymark::journey
