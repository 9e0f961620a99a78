#include "model/intervention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "journey/fingerprint.h"
#include "model/definition.h"
#include "model/journey_model.h"
#include "unit/model/marked.h"

namespace waymark::model {
namespace {

constexpr const char* kModel = R"(family: f
model: m
stages:
  - {name: look, enter: always}
)";
constexpr const char* kInterventions = R"(interventions:
  - id: second
    what: {en: Calls back, de: Ruft zurück}
    at: 2024-05-01T08:00Z
    aim: care
    where: {touchpoint: hotline, channel: phone}
    owner: Service
  - {id: first, what: New page, at: 2024-04-01, aim: acquisition, where: {stage: look}}
)";

JourneyModel Parse(const std::string& yaml) {
  ModelSet set = ParseModel(yaml, "m.yaml");
  for (const Fault& fault : set.faults) ADD_FAILURE() << fault.text();
  return set.models.empty() ? JourneyModel() : std::move(set.models[0]);
}

std::string Text(const std::string& id, const std::string& at) {
  return "  - {id: " + id + ", what: w, at: " + at + ", aim: care, where: {stage: look}}\n";
}

TEST(Intervention, IsReadWhole) {
  const JourneyModel model = Parse(std::string(kModel) + kInterventions);
  ASSERT_EQ(model.interventions.size(), 2U);
  const Intervention& one = model.interventions[0];
  EXPECT_EQ(one.id, "second");
  EXPECT_EQ(one.what.at("de"), "Ruft zurück");
  EXPECT_EQ(base::FormatRfc3339(one.at), "2024-05-01T08:00:00Z");
  EXPECT_EQ(one.aim, Aim::kCare);
  EXPECT_EQ(one.stage, "");
  EXPECT_EQ(one.touchpoint, "hotline");
  EXPECT_EQ(one.channel, "phone");
  EXPECT_EQ(one.owner, "Service");
  EXPECT_EQ(model.interventions[1].what.at(""), "New page");
  EXPECT_EQ(model.interventions[1].stage, "look");
}

// They change no fold: neither what is published nor what a state was folded under knows them.
TEST(Intervention, StandsInNoDefinitionAndNoFingerprint) {
  const DefinitionSet with = ParseDefinition(std::string(kModel) + kInterventions, "m.yaml");
  const DefinitionSet without = ParseDefinition(kModel, "m.yaml");
  ASSERT_EQ(with.definitions.size(), 1U);
  EXPECT_EQ(with.definitions[0].json, without.definitions[0].json);
  EXPECT_EQ(with.definitions[0].model.interventions.size(), 2U);
  EXPECT_EQ(journey::FingerprintOf(with.definitions[0].model),
            journey::FingerprintOf(without.definitions[0].model));
}

TEST(Intervention, WhatIsWrongIsRefusedWithItsPlace) {
  const std::vector<Case> cases = {
      {"no list", "@@{a: b}", "must be a list, not a map", ""},
      {"key", "[@@{id: a, what: w, at: 2024-01-01, aim: care}]", "needs the key 'where'", ""},
      {"time", "[{id: a, what: w, at: @@soon, aim: care, where: {stage: look}}]",
       "'at' must be a time or a date", ""},
      {"aim", "[{id: a, what: w, at: 2024-01-01, aim: @@caer, where: {stage: look}}]",
       "unknown aim 'caer'", "'care'"},
      {"stage", "[{id: a, what: w, at: 2024-01-01, aim: care, where: {stage: @@t}}]",
       "unknown stage 't'", "known are: look"},
      {"touchpoint", "[{id: a, what: w, at: 2024-01-01, aim: care, where: {touchpoint: @@pgae}}]",
       "unknown touchpoint 'pgae'", "'page'"},
      {"nowhere", "[{id: a, what: w, at: 2024-01-01, aim: care, where: @@{channel: web}}]",
       "must name a stage or a touchpoint", "{stage: purchase}"},
      {"two places",
       "[{id: a, what: w, at: 2024-01-01, aim: care, where: @@{stage: look, touchpoint: page}}]",
       "must name a stage or a touchpoint", ""},
      {"twice",
       "\n  - {id: a, what: w, at: 2024-01-01, aim: care, where: {stage: look}}\n"
       "  - {id: @@a, what: w, at: 2024-01-01, aim: care, where: {stage: look}}",
       "intervention 'a' stands twice", ""},
  };
  for (const Case& c : cases) {
    ExpectCase(c, std::string(kModel) + "touchpoints: [{name: page, channel: web}]\n" +
                      "interventions: " + c.yaml + "\n");
  }
}

TEST(Intervention, AreNotThoseOfAModelThatExtends) {
  const std::string folder = testing::TempDir() + "/interventions";
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/a.yaml") << kModel << kInterventions;
  std::ofstream(folder + "/b.yaml") << "extends: m\nmodel: n\npriority: 1\n";
  const ModelSet set = LoadModels(folder);
  for (const Fault& fault : set.faults) ADD_FAILURE() << fault.text();
  ASSERT_EQ(set.models.size(), 2U);
  EXPECT_EQ(set.models[0].interventions.size(), 2U);
  EXPECT_EQ(set.models[1].interventions.size(), 0U);
}

TEST(Intervention, TooManyAreRefused) {
  std::string yaml = std::string(kModel) + "interventions:\n";
  for (size_t i = 0; i <= kInterventionsMax; ++i) {
    yaml += Text("i" + std::to_string(i), "2024-01-01");
  }
  const ModelSet set = ParseModel(yaml, "m.yaml");
  ASSERT_EQ(set.faults.size(), 1U);
  EXPECT_THAT(set.faults[0].message, testing::HasSubstr("more than 50 entries"));
}

TEST(Interventions, AreThoseOfAllVersionsByTime) {
  const std::string one = std::string(kModel) + "interventions:\n" + Text("a", "2024-02-01") +
                          Text("b", "2024-01-01");
  const std::string two = std::string(kModel) + "version: 2\ninterventions:\n" +
                          Text("a", "2024-03-01") + Text("c", "2024-02-01");
  const Interventions all = CollectInterventions(std::vector{Parse(one), Parse(two)});
  std::string ids;
  for (const Intervention& each : all.at("m").list) ids += each.id;
  EXPECT_EQ(ids, "bca") << "a is that of the newest version";
  EXPECT_EQ(all.at("m").left_out, 0U);
}

TEST(Interventions, TheOldestAreLeftOutBeyondTheBound) {
  std::vector<JourneyModel> versions;
  for (int version = 1; version <= 2; ++version) {
    std::string yaml = std::string(kModel) + "version: " + std::to_string(version) +
                       "\ninterventions:\n";
    for (int i = 0; i < 30; ++i) {
      yaml += Text("v" + std::to_string(version) + "-" + std::to_string(i),
                   "202" + std::to_string(version) + "-01-01");
    }
    versions.push_back(Parse(yaml));
  }
  const Interventions all = CollectInterventions(versions);
  EXPECT_EQ(all.at("m").list.size(), kInterventionsMax);
  EXPECT_EQ(all.at("m").left_out, 10U);
  EXPECT_EQ(all.at("m").list.back().id.substr(0, 3), "v2-");
}

}  // namespace
}  // namespace waymark::model
