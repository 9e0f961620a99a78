#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/model_parser.h"

namespace waymark::model {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kBase = R"(
family: purchase
model: base
priority: 7
journey: {abandon_after: 30d, lifetime: 2y}
stages:
  - {name: look, enter: {action: view}, organisation: {owner: Marketing}}
  - {name: buy, enter: {action: order}}
signals:
  - {name: bad, kind: IRRITATION, when: {action: complain}}
  - {name: good, kind: ADVOCACY, when: {action: recommend}}
)";

// The models of several files, the first one last.
ModelSet Parse(const std::vector<std::string>& texts) {
  std::vector<ModelSource> sources;
  for (size_t i = 0; i < texts.size(); ++i) {
    sources.push_back(ReadSource(texts[i], "f" + std::to_string(i) + ".yaml"));
  }
  ResolveExtends(sources);
  ModelSet all;
  for (const ModelSource& source : sources) {
    ModelSet one = ParseSource(source);
    std::move(one.models.begin(), one.models.end(), std::back_inserter(all.models));
    std::move(one.faults.begin(), one.faults.end(), std::back_inserter(all.faults));
  }
  return all;
}

std::vector<std::string> NamesOf(const std::vector<Stage>& stages) {
  std::vector<std::string> names;
  for (const Stage& stage : stages) names.push_back(stage.name);
  return names;
}

TEST(Extends, TakesWhatItDoesNotSayFromTheBase) {
  const ModelSet set = Parse({"model: retail\nextends: base\nscope: {segment: retail}\n"
                              "journey: {abandon_after: 10d}\n"
                              "stages:\n"
                              "  - {name: rate, enter: {action: rate}}\n"
                              "  - {name: look, enter: {action: read}}\n"
                              "signals:\n"
                              "  - {name: bad, remove: true}\n"
                              "  - {name: more, when: {action: x}}\n",
                              kBase});
  for (const Fault& fault : set.faults) ADD_FAILURE() << fault.text();
  ASSERT_EQ(set.models.size(), 2U);
  const JourneyModel& model = set.models[0];
  EXPECT_EQ(model.family, "purchase");
  EXPECT_EQ(model.priority, 0) << "each says its own";
  EXPECT_EQ(model.journey.abandon_after, std::chrono::days(10));
  EXPECT_TRUE(model.journey.lifetime);
  EXPECT_THAT(NamesOf(model.stages), ElementsAre("look", "buy", "rate"));
  EXPECT_EQ(model.stages[0].enter.values, std::vector<std::string>{"read"});
  EXPECT_EQ(model.stages[0].dimensions.owner, "Marketing");
  ASSERT_EQ(model.signals.size(), 2U);
  EXPECT_EQ(model.signals[0].name, "good");
  EXPECT_EQ(model.signals[1].name, "more");
}

TEST(Extends, GoesThroughSeveralModels) {
  const ModelSet set = Parse({"model: c\nextends: purchase/b\nscope: {segment: c}\n",
                              "model: b\nextends: base\nscope: {segment: b}\n", kBase});
  for (const Fault& fault : set.faults) ADD_FAILURE() << fault.text();
  ASSERT_EQ(set.models.size(), 3U);
  EXPECT_EQ(set.models[0].stages.size(), 2U);
}

TEST(Extends, MayTakeAnOlderVersionOfItself) {
  const ModelSet set = Parse({"model: base\nversion: 2\nextends: base\ntitle: Two\n", kBase});
  for (const Fault& fault : set.faults) ADD_FAILURE() << fault.text();
  ASSERT_EQ(set.models.size(), 2U);
  EXPECT_EQ(set.models[0].version, 2);
  EXPECT_EQ(set.models[0].stages.size(), 2U);
}

TEST(Extends, FaultsNameTheFileThatTheyAreIn) {
  const ModelSet set = Parse({"model: r\nextends: base\nscope: {segment: r}\n"
                              "stages: [{name: buy, remove: true}]\n"
                              "journey: {abandon_from: buy}\n",
                              kBase});
  ASSERT_EQ(set.faults.size(), 1U);
  EXPECT_EQ(set.faults[0].file, "f0.yaml");
  const ModelSet other = Parse({"model: r\nextends: base\nscope: {segment: r}\n"
                                "touchpoints: [{name: a, channel: b}]\n",
                                "family: f\nmodel: base\nstages:\n  - {name: s, enter: always, "
                                "touchpoints: {online: [shop]}}\n"});
  ASSERT_EQ(other.faults.size(), 1U);
  EXPECT_EQ(other.faults[0].file, "f1.yaml");
  EXPECT_EQ(other.faults[0].place.line, 4);
}

TEST(Extends, RefusesCirclesAndUnknownBases) {
  const ModelSet circle = Parse({"model: a\nextends: b\n", "model: b\nextends: c\n",
                                 "model: c\nextends: a\n"});
  ASSERT_EQ(circle.faults.size(), 1U);
  EXPECT_THAT(circle.faults[0].message,
              HasSubstr("goes in a circle: a extends b extends c extends a"));
  EXPECT_TRUE(circle.models.empty());
  const ModelSet itself = Parse({"model: a\nextends: a\n"});
  ASSERT_EQ(itself.faults.size(), 1U);
  EXPECT_THAT(itself.faults[0].message, HasSubstr("goes in a circle"));
  const ModelSet unknown = Parse({"family: f\nmodel: a\nextends: bsae\n", kBase});
  ASSERT_EQ(unknown.faults.size(), 1U);
  EXPECT_THAT(unknown.faults[0].text(), HasSubstr("f0.yaml:3:10: no model 'bsae' to extend"));
  EXPECT_THAT(unknown.faults[0].hint, HasSubstr("'base'"));
}

TEST(Extends, RefusesToRemoveWhatIsNotThere) {
  const ModelSet set = Parse({"model: a\nextends: base\nscope: {segment: x}\n"
                              "signals:\n  - {name: bda, remove: true}\n"
                              "personas: [{name: p, remove: true}]\n",
                              kBase});
  ASSERT_EQ(set.faults.size(), 2U);
  EXPECT_EQ(set.faults[0].message, "there is no 'bda' among the 'signals' to remove");
  EXPECT_EQ(set.faults[0].place.line, 5);
  EXPECT_EQ(set.faults[1].message, "there is no 'p' among the 'personas' to remove");
}

TEST(Extends, WhatGrowsTooLargeIsRefused) {
  std::string many = "family: f\nmodel: base\nstages:\n";
  for (int i = 0; i < 900; ++i) {
    many += "  - {name: s" + std::to_string(i) + ", enter: {action: a" + std::to_string(i) + "}}\n";
  }
  std::string more = "model: big\nextends: base\nscope: {segment: x}\nstages:\n";
  for (int i = 0; i < 1500; ++i) {
    more += "  - {name: t" + std::to_string(i) + ", enter: {action: b" + std::to_string(i) + "}}\n";
  }
  const ModelSet set = Parse({more, many});
  ASSERT_EQ(set.faults.size(), 1U);
  EXPECT_THAT(set.faults[0].message, HasSubstr("more than 10000 values"));
}

}  // namespace
}  // namespace waymark::model
