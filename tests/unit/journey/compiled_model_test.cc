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
  differs([](auto& m) { m.journey.abandon_after = base::Millis(1); });
  differs([](auto& m) { m.journey.lifetime = base::Millis(1); });
  differs([](auto& m) { m.journey.key = model::FieldRef{model::Field::kContract, {}}; });
  differs([](auto& m) { m.journey.reopen = model::Condition(); });
  differs([](auto& m) { m.journey.ends.push_back({}); });
  differs([](auto& m) { m.signals.push_back({"x", model::SignalKind::kCustom, {}, true, {}}); });
  differs([](auto& m) { m.personal_channels.push_back("store"); });
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
