#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

using model::SignalKind;

class StagesTest : public Folding {};

TEST_F(StagesTest, GoesForwardBackAndSkips) {
  Use({kShop});
  Apply(0, "view");
  EXPECT_EQ(Stage(), "look");
  Apply(10, "use");
  EXPECT_EQ(Stage(), "use");
  EXPECT_EQ(placed_[0].previous_stage, "look");
  Apply(20, "view");
  EXPECT_EQ(Stage(), "look");
  Apply(25, "nothing");
  EXPECT_EQ(Stage(), "look");
  EXPECT_EQ(placed_[0].previous_stage, "");
  EXPECT_EQ(Runs()[0].stages.At(0).visits, 2);
  EXPECT_EQ(Runs()[0].stages.At(0).interactions, 3);
  EXPECT_EQ(Runs()[0].stages.At(0).time_ms, 10 * kMinute);
  EXPECT_TRUE(Runs()[0].stages.IsVisited(0));
  EXPECT_FALSE(Runs()[0].stages.IsVisited(1));
  EXPECT_TRUE(Runs()[0].stages.IsVisited(2));
  EXPECT_EQ(Runs()[0].stages.entries().size(), 2U) << "only stages that were used are kept";
}

TEST_F(StagesTest, ARunWithoutStageIsPlacedWithoutOne) {
  Use({kShop});
  Apply(0, "nothing");
  ASSERT_EQ(placed_.size(), 1U);
  EXPECT_EQ(Stage(), "");
  EXPECT_NE(placed_[0].journey_id, "");
}

TEST_F(StagesTest, ForwardOnlyNeverGoesBack) {
  Use({R"(
family: purchase
model: forward
journey: {forward_only: true}
stages:
  - {name: look, enter: {action: view}}
  - {name: buy, enter: {action: order}}
)"});
  Apply(0, "order");
  Apply(1, "view");
  EXPECT_EQ(Stage(), "buy");
  EXPECT_EQ(Count(SignalKind::kStageEntered), 1U);
}

TEST_F(StagesTest, FromLimitsWhereAStageIsEnteredFrom) {
  Use({R"(
family: purchase
model: gates
stages:
  - {name: look, enter: {action: view}}
  - {name: buy, enter: {action: order}, from: [look]}
  - {name: use, enter: {action: [use, order]}, from: [buy]}
)"});
  Apply(0, "use");
  EXPECT_EQ(Stage(), "") << "a run without stage is in none of them";
  Apply(1, "view");
  Apply(2, "use");
  EXPECT_EQ(Stage(), "look");
  Apply(3, "order");
  EXPECT_EQ(Stage(), "buy");
  Apply(4, "order");
  EXPECT_EQ(Stage(), "buy") << "the present stage is asked first and holds";
  Apply(5, "use");
  EXPECT_EQ(Stage(), "use");
}

TEST_F(StagesTest, TheFirstThatHoldsIsTaken) {
  Use({R"(
family: purchase
model: twice
stages:
  - {name: web, enter: {channel: web}}
  - {name: order, enter: {action: order}}
)"});
  Apply(0, "order");
  EXPECT_EQ(Stage(), "web");
  model::Interaction store = At(1, "order");
  store.channel = "store";
  Apply(store);
  EXPECT_EQ(Stage(), "order");
}

TEST_F(StagesTest, StationsStayUntilAnotherHoldsOrTheStageChanges) {
  Use({kShop});
  model::Interaction basket = At(0, "order");
  basket.touchpoint = "basket";
  Apply(basket);
  EXPECT_EQ(placed_[0].station, "basket");
  Apply(1, "order");
  EXPECT_EQ(placed_[0].station, "basket");
  model::Interaction till = At(2, "order");
  till.touchpoint = "till";
  Apply(till);
  EXPECT_EQ(placed_[0].station, "till");
  Apply(3, "use");
  EXPECT_EQ(placed_[0].station, "");
}

TEST_F(StagesTest, EntriesHandoversAndStaysAreSignalled) {
  Use({kShop});
  Apply(0, "view");
  Apply(10, "order");
  Apply(25, "use");
  const auto entered = Signals(SignalKind::kStageEntered);
  ASSERT_EQ(entered.size(), 3U);
  EXPECT_EQ(entered[1].stage, "buy");
  EXPECT_EQ(entered[1].previous_stage, "look");
  EXPECT_EQ(entered[1].evidence, std::vector<std::string>{"i2"});
  const auto left = Signals(SignalKind::kStageLeft);
  ASSERT_EQ(left.size(), 2U);
  EXPECT_EQ(left[1].stage, "buy");
  EXPECT_EQ(left[1].duration_minutes, 15);
  const auto handovers = Signals(SignalKind::kHandover);
  ASSERT_EQ(handovers.size(), 1U) << "buy and use have one owner";
  EXPECT_EQ(handovers[0].name, "Marketing to Sales");
}

TEST_F(StagesTest, TheDepartmentIsTheSourcesOrTheOwner) {
  Use({kShop});
  Apply(0, "view");
  EXPECT_EQ(placed_[0].department, "Marketing");
  model::Interaction from = At(1, "view");
  from.source.department = "Callcenter";
  Apply(from);
  EXPECT_EQ(placed_[0].department, "Callcenter");
}

TEST_F(StagesTest, EnterSeesTheStageAndTheCountBefore) {
  Use({R"(
family: purchase
model: counts
stages:
  - {name: look, enter: {action: view, interactions: {less_than: 2}}}
  - {name: regular, enter: {action: view, stage: look}}
signals:
  - {name: third, when: {interactions: {at_least: 2, at_most: 2}}}
)"});
  Apply(0, "view");
  Apply(1, "view");
  EXPECT_EQ(Stage(), "look");
  EXPECT_EQ(Count(SignalKind::kCustom), 0U);
  Apply(2, "view");
  EXPECT_EQ(Stage(), "regular");
  EXPECT_EQ(Count(SignalKind::kCustom), 1U) << "two interactions before the third";
}

}  // namespace
}  // namespace waymark::journey
