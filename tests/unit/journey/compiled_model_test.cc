#include "journey/compiled_model.h"

#include <gtest/gtest.h>

#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

model::JourneyModel Model(std::string_view text) {
  model::ModelSet set = model::ParseModel(text, "test.yaml");
  for (const model::Fault& fault : set.faults) ADD_FAILURE() << fault.text();
  return set.models.empty() ? model::JourneyModel() : set.models.front();
}

uint64_t FingerprintOf(const model::JourneyModel& model) {
  return CompiledModels({model}).fingerprint();
}

TEST(CompiledModels, AreFoundByFamilyNameAndVersion) {
  const CompiledModels models({Model(kShop)});
  ASSERT_EQ(models.families(), std::vector<std::string>{"purchase"});
  EXPECT_EQ(models.Find("purchase", "shop", 1), models.of_family(0)[0]);
  EXPECT_EQ(models.Find("purchase", "shop", 2), nullptr);
  EXPECT_EQ(models.Find("service", "shop", 1), nullptr);
}

TEST(CompiledModels, TheFingerprintIsOfRulesNotOfWords) {
  const model::JourneyModel model = Model(kShop);
  const uint64_t same = FingerprintOf(model);
  model::JourneyModel other = model;
  other.titles["en"] = "Shop";
  other.description = "words";
  other.stages[0].dimensions.customer_goal = "words";
  EXPECT_EQ(FingerprintOf(other), same);

  const auto differs = [&](auto change) {
    model::JourneyModel changed = model;
    change(changed);
    EXPECT_NE(FingerprintOf(changed), same);
  };
  differs([](auto& m) { m.version = 2; });
  differs([](auto& m) { m.stages[0].enter.values[0] = "read"; });
  differs([](auto& m) { m.stages[0].dimensions.owner = "Service"; });
  differs([](auto& m) { m.stages[1].stations[0].name = "cart"; });
  differs([](auto& m) { m.stages[1].closes = model::JourneyStatus::kCompleted; });
  differs([](auto& m) { m.stages[1].targets.duration = base::Millis(1); });
  differs([](auto& m) { m.journey.forward_only = true; });
  differs([](auto& m) { m.journey.handovers = model::Handovers::kDepartment; });
  differs([](auto& m) { m.journey.abandon_after = base::Millis(1); });
  differs([](auto& m) { m.journey.lifetime = base::Millis(1); });
  differs([](auto& m) { m.journey.retention = base::Millis(1); });
  differs([](auto& m) { m.journey.key = model::FieldRef{model::Field::kContract, {}}; });
  differs([](auto& m) { m.journey.reopen = model::Condition(); });
  differs([](auto& m) { m.journey.ends.push_back({}); });
  differs([](auto& m) { m.signals.emplace_back().name = "x"; });
  differs([](auto& m) { m.detectors.emplace_back().name = "x"; });
  differs([](auto& m) { m.journey.relevant_set.emplace().last = 3; });
  differs([](auto& m) { m.filter.emplace().warns = true; });
  differs([](auto& m) { m.temporal_profile.emplace(); });
  differs([](auto& m) { m.personal_channels.push_back("store"); });
}

// State is gone on with under the models that it was folded with only: a fingerprint must stay what
// it is.
TEST(CompiledModels, TheFingerprintOfAModelIsStable) {
  EXPECT_EQ(FingerprintOf(Model(kShop)), 4531414634932570365ULL);
}

TEST(CompiledModels, TheCustomerFileIsPartOfTheFingerprint) {
  model::ModelSet set = model::ParseModel(R"(
customer: c
sessions: {gap_by_channel: {store: 4h}, length_max: 1d, start: {action: a}}
status: {buy: {action: b}, existing_after: 1d, loyal: {purchases: 3, within: 1d}}
waits: [{name: w, when: {action: a}, until: {action: b}, within: 1d}]
dates: [{name: d, attribute: birthday, every: year}]
)",
                                          "test.yaml");
  ASSERT_TRUE(set.customer);
  const model::JourneyModel model = Model(kShop);
  const uint64_t same = CompiledModels({model}, set.customer).fingerprint();
  EXPECT_NE(same, FingerprintOf(model));
  model::CustomerModel other = *set.customer;
  other.titles["en"] = "Customer";
  other.description = "words";
  EXPECT_EQ(CompiledModels({model}, other).fingerprint(), same);
  const auto differs = [&](auto change) {
    model::CustomerModel changed = *set.customer;
    change(changed);
    EXPECT_NE(CompiledModels({model}, changed).fingerprint(), same);
  };
  const base::Millis ms(1);
  differs([](auto& c) { c.name = "d"; });
  differs([](auto& c) { c.version = 2; });
  differs([&](auto& c) { c.sessions.gap_by_channel["store"] = ms; });
  differs([&](auto& c) { c.sessions.gap_by_channel["web"] = ms; });
  differs([&](auto& c) { c.sessions.length_max = ms; });
  differs([](auto& c) { std::swap(c.sessions.start, c.sessions.end); });
  differs([](auto& c) { c.status.reset(); });
  differs([](auto& c) { c.status->buy->values[0] = "c"; });
  differs([&](auto& c) { c.status->existing_after = ms; });
  differs([](auto& c) { c.status->leave = model::Condition(); });
  differs([&](auto& c) { c.status->inactive_after = ms; });
  differs([](auto& c) { c.status->loyal->purchases = 4; });
  differs([&](auto& c) { c.status->loyal->within = ms; });
  differs([](auto& c) { c.waits[0].name = "v"; });
  differs([](auto& c) { c.waits[0].kind = model::SignalKind::kCustom; });
  differs([](auto& c) { std::swap(c.waits[0].when, c.waits[0].until); });
  differs([&](auto& c) { c.waits[0].within = ms; });
  differs([](auto& c) { c.waits[0].completed = "v"; });
  differs([](auto& c) { c.dates[0].attribute = "b"; });
  differs([](auto& c) { c.dates[0].every_year = false; });
  differs([&](auto& c) { c.dates[0].before = ms; });
  differs([&](auto& c) { c.dates[0].at = ms; });
  differs([](auto& c) { c.time_zone = "Europe/Berlin"; });
  other.target_groups.push_back({"young", {}, {}, true, {}});
  EXPECT_EQ(CompiledModels({model}, other).fingerprint(), same) << "no result depends on them";
}

TEST(CompiledModels, AFamilyPrefersPriorityThenTheNewestVersion) {
  model::JourneyModel low = Model(kShop);
  model::JourneyModel newer = low;
  newer.version = 2;
  model::JourneyModel high = low;
  high.name = "vip";
  high.priority = 1;
  const CompiledModels models({low, newer, high});
  ASSERT_EQ(models.of_family(0).size(), 3U);
  EXPECT_EQ(models.of_family(0)[0]->definition.name, "vip");
  EXPECT_EQ(models.of_family(0)[1]->definition.version, 2);
}

}  // namespace
}  // namespace waymark::journey
