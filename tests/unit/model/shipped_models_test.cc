#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "model/journey_model.h"

namespace waymark::model {
namespace {

namespace fs = std::filesystem;

// Every model that we ship is good, and each folder of them too.
TEST(ShippedModels, HaveNoFaults) {
  const char* source = std::getenv("WAYMARK_SOURCE");
  ASSERT_NE(source, nullptr) << "WAYMARK_SOURCE names the folder of the sources";
  std::vector<fs::path> folders = {fs::path(source) / "config/models"};
  for (const char* set : {"incidents", "bank-calls", "loans", "shop"}) {
    folders.push_back(fs::path(source) / "config/examples" / set / "models");
  }
  for (const fs::path& folder : folders) {
    const ModelSet loaded = LoadModels(folder.string());
    for (const Fault& fault : loaded.faults) ADD_FAILURE() << fault.text();
    EXPECT_FALSE(loaded.models.empty()) << folder;
  }
}

// The example that the language reference begins with is a model, and the next that is whole a
// customer file.
TEST(ShippedModels, TheReferencesExamplesAreGood) {
  const char* source = std::getenv("WAYMARK_SOURCE");
  ASSERT_NE(source, nullptr);
  std::ifstream in(fs::path(source) / "config/models/README.md");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  constexpr std::string_view kFence = "```yaml\n";
  const auto parse = [&](std::string_view begin) {
    const size_t start = text.find(std::string(kFence) + std::string(begin));
    EXPECT_NE(start, std::string::npos) << begin;
    const size_t from = start + kFence.size();
    ModelSet set = ParseModel(text.substr(from, text.find("```", from) - from), "README.md");
    for (const Fault& fault : set.faults) ADD_FAILURE() << fault.text();
    return set;
  };
  EXPECT_EQ(parse("family:").models.size(), 1U);
  EXPECT_TRUE(parse("customer:").customer);
}

TEST(ShippedModels, SixStagesCarryAllNineDimensions) {
  const char* source = std::getenv("WAYMARK_SOURCE");
  ASSERT_NE(source, nullptr);
  const ModelSet set = LoadModels(std::string(source) + "/config/models/six-stages.yaml");
  ASSERT_EQ(set.models.size(), 1U);
  const JourneyModel& model = set.models[0];
  ASSERT_EQ(model.stages.size(), 6U);
  for (const Stage& stage : model.stages) {
    SCOPED_TRACE(stage.name);
    const StageDimensions& d = stage.dimensions;
    EXPECT_FALSE(d.customer_activities.empty());
    EXPECT_FALSE(d.customer_goal.empty());
    EXPECT_FALSE(d.touchpoints_online.empty());
    EXPECT_FALSE(d.touchpoints_offline.empty());
    EXPECT_FALSE(d.company_goal.empty());
    EXPECT_FALSE(d.kpis.empty());
    EXPECT_FALSE(d.organisational_activity.empty());
    EXPECT_FALSE(d.owner.empty());
    EXPECT_FALSE(d.systems.empty());
    EXPECT_TRUE(stage.targets.satisfaction);
    EXPECT_TRUE(stage.titles.count("en") && stage.titles.count("de"));
  }
  EXPECT_FALSE(model.touchpoints.empty());
  EXPECT_FALSE(model.personal_channels.empty());
}

}  // namespace
}  // namespace waymark::model
