#include "explain/narrow.h"

#include <gtest/gtest.h>

#include "model/condition_text.h"
#include "model/journey_model.h"

namespace waymark::explain {
namespace {

// What remains of the second stage's rule for a view on the web while the journey is in the first.
std::string Remains(const std::string& rule, bool knows_stage = true) {
  const model::ModelSet set = model::ParseModel(
      "family: f\nmodel: m\nstages:\n  - {name: first}\n  - {name: second, enter: " + rule + "}\n",
      "m.yaml");
  for (const model::Fault& fault : set.faults) ADD_FAILURE() << fault.text();
  if (set.models.empty()) return {};
  const model::JourneyModel& model = set.models[0];
  model::Interaction interaction;
  interaction.action = "view";
  interaction.channel = "web";
  detect::JourneyFacts journey;
  journey.stage = 0;
  detect::Facts facts;
  facts.interaction = &interaction;
  if (knows_stage) facts.journey = &journey;
  return model::ToYaml(
      Narrowed(model.stages[1].enter, facts, {model.stages, model.detectors}));
}

TEST(Narrow, AlternativesThatCannotHaveHeldAreLeftOut) {
  EXPECT_EQ(Remains("{any: [{action: order}, {action: view}]}"), R"({action: ["view"]})");
  EXPECT_EQ(Remains("{channel: web, any: [{action: order}, {action: view, stage: second}, "
                    "{action: view, stage: first}]}"),
            R"({all: [{channel: ["web"]}, {all: [{action: ["view"]}, {stage: ["first"]}]}]})");
}

TEST(Narrow, WhatIsNotKnownStays) {
  EXPECT_EQ(Remains("{any: [{interactions: {at_least: 3}}, {action: view}]}"),
            R"({any: [{interactions: {at_least: 3}}, {action: ["view"]}]})");
  EXPECT_EQ(Remains("{any: [{stage: second}, {action: view}]}", false),
            R"({any: [{stage: ["second"]}, {action: ["view"]}]})");
  EXPECT_EQ(Remains("{any: [{profile.x: a}, {action: order}]}"), R"({profile.x: ["a"]})");
}

TEST(Narrow, ADenialThatIsKnownToFailIsLeftOut) {
  EXPECT_EQ(Remains("{any: [{action: {not: [view]}}, {channel: web}]}"), R"({channel: ["web"]})");
  EXPECT_EQ(Remains("{any: [{action: {not: [order]}}, {channel: app}]}"),
            R"({not: {action: ["order"]}})");
}

}  // namespace
}  // namespace waymark::explain
