#include <set>

#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

using model::SignalKind;

class SignalsTest : public Folding {};

constexpr std::string_view kRules = R"(
family: purchase
model: rules
personal_channels: [store]
journey: {value: {action: order}}
stages:
  - {name: look, enter: {action: view}}
signals:
  - {name: bad, kind: IRRITATION, when: {rating.satisfaction: {at_most: 2}}}
  - {name: first-order, kind: MICRO_MOMENT, when: {action: order}, once: true}
)";

TEST_F(SignalsTest, RulesSignalWithEvidenceAndStage) {
  Use({kRules});
  Apply(0, "view");
  model::Interaction bad = At(1, "rate");
  bad.rating.emplace().satisfaction = 2;
  Apply(bad);
  bad.time = kNoon + 2 * kMinute;
  Apply(bad);
  const auto found = Signals(SignalKind::kIrritation);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].name, "bad");
  EXPECT_EQ(found[0].detector, "bad");
  EXPECT_EQ(found[0].stage, "look");
  EXPECT_EQ(found[0].evidence, std::vector<std::string>{"i2"});
  EXPECT_NE(found[0].id, found[1].id);
}

TEST_F(SignalsTest, OnceIsOnceARun) {
  Use({kRules});
  Apply(0, "order");
  Apply(1, "order");
  EXPECT_EQ(Count(SignalKind::kMicroMoment), 1U);
}

TEST_F(SignalsTest, TheFirstPersonalContactOfARun) {
  Use({kRules});
  Apply(0, "view");
  model::Interaction store = At(1, "ask");
  store.channel = "store";
  Apply(store);
  store.time = kNoon + 2 * kMinute;
  Apply(store);
  const auto found = Signals(SignalKind::kFirstPersonalContact);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "store");
}

// Ids are unique within a source system only.
TEST_F(SignalsTest, OneIdOfTwoSystemsAtOneTimeMakesTwoSignals) {
  Use({kRules});
  for (const std::string_view system : {"a", "b"}) {
    model::Interaction bad = At(0, "rate");
    bad.id = "7";
    bad.source.system = system;
    bad.rating.emplace().satisfaction = 1;
    Apply(bad);
  }
  const auto found = Signals(SignalKind::kIrritation);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_NE(found[0].id, found[1].id);
}

TEST_F(SignalsTest, IdsAreUniqueAndTheSameEachTime) {
  Use({kShop});
  std::vector<std::string> runs[2];
  for (auto& run : runs) {
    state_ = fold_->Initial("ann");
    found_.clear();
    ids_.clear();
    for (int i = 0; i < 40; ++i) Apply(i * 17, i % 3 == 0 ? "view" : i % 3 == 1 ? "order" : "use");
    for (const Found& signal : found_) run.push_back(signal.id);
  }
  EXPECT_EQ(runs[0], runs[1]);
  EXPECT_EQ(std::set<std::string>(runs[0].begin(), runs[0].end()).size(), runs[0].size());
  EXPECT_GT(runs[0].size(), 100U);
}

TEST_F(SignalsTest, ATimersSignalDoesNotKnowWhatFiredIt) {
  Use({kShop});
  Apply(0, "view");
  AdvanceTo(31);
  const std::string by_horizon = Signals(SignalKind::kSessionClosed).at(0).id;
  found_.clear();
  ids_.clear();
  state_ = fold_->Initial("ann");
  Apply(0, "view");
  Apply(90, "view");
  EXPECT_EQ(Signals(SignalKind::kSessionClosed).at(0).id, by_horizon);
}

TEST_F(SignalsTest, ValuesSumExactlyAndStopAtTheBound) {
  Use({kRules});
  model::Interaction order = At(0, "order");
  order.value_micros = 19'990'000;
  Apply(order);
  order.time = kNoon + kMinute;
  Apply(order);
  EXPECT_EQ(Runs()[0].value_micros, 39'980'000);
  model::Interaction view = At(2, "view");
  view.value_micros = 1;
  Apply(view);
  EXPECT_EQ(Runs()[0].value_micros, 39'980'000) << "only orders count";
  order.time = kNoon + 3 * kMinute;
  order.value_micros = INT64_MAX;
  Apply(order);
  EXPECT_EQ(Runs()[0].value_micros, INT64_MAX);
}

}  // namespace
}  // namespace waymark::journey
