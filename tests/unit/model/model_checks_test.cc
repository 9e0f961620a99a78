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
                           Model("family: f\nmodel: a\nversion: 2\neffective_from: 2024-01-01"),
                           Model("family: g\nmodel: a\nversion: 1")})
                  .empty());
}

TEST(CheckModels, TwoVersionsTakeEffectAtTheSameTime) {
  const std::string from = "\neffective_from: 2024-01-01";
  const std::vector<Fault> faults =
      CheckModels({Model("family: f\nmodel: a" + from), Model("family: f\nmodel: a\nversion: 2"),
                   Model("family: f\nmodel: a\nversion: 3" + from + "T00:00Z")});
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_THAT(faults[0].message, HasSubstr("versions 1 ("));
  EXPECT_THAT(faults[0].message, HasSubstr("and 3 of model 'f/a' take effect at the same time"));
  EXPECT_THAT(faults[0].hint, HasSubstr("effective_from"));
}

// The same scope and priority matter only where both models are in effect.
TEST(CheckModels, OneModelMayFollowAnother) {
  const std::string old = "family: f\nmodel: a";
  const std::string narrowed =
      "family: f\nmodel: a\nversion: 2\neffective_from: 2024-01-01\nscope: {profile.x: y}";
  const std::string other = "family: f\nmodel: b\neffective_from: ";
  EXPECT_TRUE(CheckModels({Model(old), Model(narrowed), Model(other + "2024-01-01")}).empty());
  EXPECT_EQ(CheckModels({Model(old), Model(narrowed), Model(other + "2023-12-31")}).size(), 1U);
}

JourneyModel WithStages(const std::string& head, const std::string& stages) {
  ModelSet set = ParseModel("family: f\nmodel: a\n" + head + "\nstages: [" + stages + "]\n", head);
  for (const Fault& fault : set.faults) ADD_FAILURE() << fault.text();
  return std::move(set.models.at(0));
}

TEST(CheckModels, EachStageOfAJourneyThatMigratesHasAPlace) {
  const JourneyModel first = WithStages("version: 1", "{name: s}, {name: t, enter: {action: t}}");
  const std::string head = "version: 2\neffective_from: 2024-01-01\nfate: migrate\n";
  const JourneyModel mapped = WithStages(head + "stage_mapping: {t: s}", "{name: s}");
  EXPECT_TRUE(CheckModels({first, mapped}).empty());
  std::vector<Fault> faults = CheckModels({WithStages(head, "{name: s}"), first});
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_THAT(faults[0].message, HasSubstr("stage 't' of version 1 (version: 1:2) is gone"));
  EXPECT_THAT(faults[0].hint, HasSubstr("stage_mapping"));
  EXPECT_EQ(faults[0].file, head);
  faults = CheckModels({first, WithStages(head + "stage_mapping: {t: s, u: s}", "{name: s}")});
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_THAT(faults[0].message, HasSubstr("no older version has a stage 'u'"));
  EXPECT_EQ(faults[0].place.line, 6);
  EXPECT_EQ(CheckLastModel({first, WithStages(head + "stage_mapping: {t: s, u: s}", "{name: s}")})
                .size(),
            1U);
}

TEST(CheckModels, AJourneyThatMigratesKeepsItsKey) {
  const JourneyModel first = WithStages("journey: {key: contract}", "{name: s}");
  const std::string head = "version: 2\neffective_from: 2024-01-01\nfate: ";
  EXPECT_TRUE(CheckModels({first, WithStages(head + "restart", "{name: s}")}).empty());
  const std::vector<Fault> faults = CheckModels({first, WithStages(head + "migrate", "{name: s}")});
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_THAT(faults[0].message, HasSubstr("'journey.key' is another one"));
}

TEST(CheckModels, TheLastOneAlone) {
  std::vector<JourneyModel> models = {Model("family: f\nmodel: a"), Model("family: f\nmodel: b"),
                                      Model("family: f\nmodel: c\npriority: 1")};
  EXPECT_TRUE(CheckLastModel(models).empty());
  models.push_back(Model("family: f\nmodel: d"));
  EXPECT_EQ(CheckLastModel(models).size(), 2U);
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
