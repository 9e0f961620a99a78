#include "scenario/order_check.h"

#include <gmock/gmock.h>

#include "scenario_runs.h"

namespace waymark::scenario {
namespace {

using ::testing::HasSubstr;

Result Rows(std::initializer_list<std::pair<const std::string, CanonicalRow>> rows) {
  Result result;
  result.canonical = rows;
  return result;
}

TEST(Orders, TheSameRowsAreNoFailure) {
  const Result one = Rows({{"step a", {"1", "step a"}}});
  EXPECT_FALSE(CompareOrders({}, one, one, "reversed"));
}

TEST(Orders, RowsThatDifferAreShownFromBothSides) {
  const auto failure = CompareOrders({}, Rows({{"a", {"1", "step a: use"}}, {"b", {"1", "b"}}}),
                                     Rows({{"a", {"2", "step a: buy"}}, {"b", {"1", "b"}}}),
                                     "reversed");
  ASSERT_TRUE(failure);
  EXPECT_THAT(failure->what, HasSubstr("reversed"));
  EXPECT_EQ(failure->expected, "step a: use");
  EXPECT_EQ(failure->found, "step a: buy");
}

TEST(Orders, ARowOnOneSideIsAFailure) {
  const Result less = Rows({});
  const Result more = Rows({{"a", {"1", "signal"}}});
  EXPECT_EQ(CompareOrders({}, less, more, "reversed")->found, "signal");
  EXPECT_EQ(CompareOrders({}, less, more, "reversed")->expected, "no such rows");
  EXPECT_EQ(CompareOrders({}, more, less, "reversed")->expected, "signal");
  EXPECT_EQ(CompareOrders({}, more, less, "reversed")->found, "no such rows");
}

TEST(Orders, WhatIsRefusedAndDuplicatesMustAgree) {
  Result one;
  Result other;
  other.dead_letters = {{{"id", "a"}}};
  EXPECT_EQ(CompareOrders({}, one, other, "reversed")->found, "refused: id a");
  other.dead_letters.clear();
  other.duplicates = 1;
  EXPECT_EQ(CompareOrders({}, one, other, "reversed")->found, "1 duplicates");
}

TEST(Orders, EveryTestIsRunInSix) {
  const test::ScenarioRuns runs(R"(tests:
  - name: in any order
    customer: c
    interactions: [{id: a, at: 2024-03-01, channel: web, action: look}]
    expect: {steps: [{id: a}]}
  - name: in one
    any_order: false
    customer: c
    interactions: [{id: a, at: 2024-03-01, channel: web, action: look}]
    expect: {steps: [{id: a}]}
)");
  EXPECT_EQ(runs.results()[0].orders, 6);
  EXPECT_EQ(runs.results()[1].orders, 1);
}

TEST(Orders, AListedOrderGivesWhatTheWrittenOneGives) {
  for (const std::string arrival : {"reversed", "{shuffled: 3}", "[b, a, c]"}) {
    const test::ScenarioRuns runs("tests:\n  - name: listed\n    customer: c\n    arrival: " +
                                  arrival + R"(
    interactions:
      - {id: a, at: 2024-03-01T09:00Z, channel: web, action: look}
      - {id: b, at: +10m, channel: web, action: buy}
      - {id: c, at: +25m, channel: web, action: look}
    expect: {sessions: [[a, b, c]], steps: [{id: b, previous_stage: looking}]}
)");
    EXPECT_THAT(runs.failures(), ::testing::IsEmpty()) << arrival;
  }
}

}  // namespace
}  // namespace waymark::scenario
