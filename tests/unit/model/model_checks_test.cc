#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/journey_model.h"

namespace waymark::model {
namespace {

using ::testing::HasSubstr;

JourneyModel Model(const std::string& head) {
  ModelSet set = ParseModel(head + "\nstages: [{name: s, enter: always}]\n", head + ".yaml");
  for (const Fault& fault : set.faults) ADD_FAILURE() << fault.text();
  return std::move(set.models.at(0));
}

TEST(CheckModels, SameVersionTwice) {
  const std::vector<JourneyModel> models = {Model("family: f\nmodel: a\nversion: 2"),
                                            Model("version: 2\nmodel: a\nfamily: f")};
  const std::vector<Fault> faults = CheckModels(models);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_THAT(faults[0].message, HasSubstr("version 2 of model 'f/a' is there already"));
  EXPECT_EQ(faults[0].file, models[1].file);
  EXPECT_EQ(faults[0].place.line, 2);
}

TEST(CheckModels, VersionsAndFamiliesStandSideBySide) {
  EXPECT_TRUE(CheckModels({Model("family: f\nmodel: a\nversion: 1"),
                           Model("family: f\nmodel: a\nversion: 2"),
                           Model("family: g\nmodel: a\nversion: 1")})
                  .empty());
}

TEST(CheckModels, SameScopeAndPriority) {
  const std::vector<Fault> faults = CheckModels(
      {Model("family: f\nmodel: a"), Model("family: f\nmodel: b\nscope: always")});
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_THAT(faults[0].message, HasSubstr("same scope and priority"));
  EXPECT_EQ(CheckModels({Model("family: f\nmodel: a\nscope: {profile.x: [y, z]}"),
                         Model("family: f\nmodel: b\n\nscope:\n  profile.x: [y, z]")})
                .size(),
            1U);
}

TEST(CheckModels, ScopesAndPrioritiesTellModelsApart) {
  EXPECT_TRUE(CheckModels({Model("family: f\nmodel: a"), Model("family: f\nmodel: b\npriority: 1"),
                           Model("family: f\nmodel: c\nscope: {profile.x: y}"),
                           Model("family: f\nmodel: d\nscope: {profile.x: z}"),
                           Model("family: f\nmodel: e\nscope: {not: {profile.x: z}}")})
                  .empty());
}

}  // namespace
}  // namespace waymark::model
