#include <gtest/gtest.h>

#include "model/journey_model.h"

namespace waymark::model {
namespace {

using std::chrono::days;

constexpr std::string_view kFull = R"(
family: purchase
model: two-stages
version: 3
effective_from: 2024-03-01T09:00+01:00
fate: restart
priority: -2
title: {en: Two stages, de: Zwei Phasen}
description: A small model.
scope: {profile.segment: b2c}
journey:
  key: contract
  start: {action: [view, buy]}
  reentry: {when: {channel: web}, from: [use]}
  abandon_after: 90d
  abandon_from: [interest, use/unpack]
  lifetime: 3y
  retention: 400d
  forward_only: true
  handovers: department
  ends:
    - {when: {action: switch}, as: switched}
touchpoints:
  - {name: website, channel: web, online: true, owner: Marketing, purposes: [dialogue, offer]}
  - {name: shop, channel: store, online: false}
personal_channels: [store, hotline]
stages:
  - name: interest
    title: Interest
    customer: {activities: [reads ad], goal: recognise need}
    touchpoints: {online: [website], offline: shop}
    company: {goal: awareness, kpis: [website visitors]}
    organisation: {activity: campaigns, owner: Marketing, participants: [IT]}
    systems: [analytics]
    targets: {duration: 14d, satisfaction: 4, conversion: 0.3}
  - name: use
    enter: {action: buy}
    from: interest
    closes: completed
    stations:
      - {name: unpack, when: {action: receive}}
signals:
  - {name: cross, kind: IRRITATION, when: {rating.satisfaction: {at_most: 2}}, once: true}
  - {name: plain, when: always}
)";

JourneyModel Parse(std::string_view yaml) {
  ModelSet set = ParseModel(yaml, "test.yaml");
  for (const Fault& fault : set.faults) ADD_FAILURE() << fault.text();
  return set.models.empty() ? JourneyModel() : std::move(set.models.front());
}

TEST(ModelParser, ReadsTheHead) {
  const JourneyModel model = Parse(kFull);
  EXPECT_EQ(model.family, "purchase");
  EXPECT_EQ(model.name, "two-stages");
  EXPECT_EQ(model.version, 3);
  EXPECT_EQ(model.effective_from, base::ParseRfc3339("2024-03-01T08:00:00Z"));
  EXPECT_EQ(model.fate, Fate::kRestart);
  EXPECT_EQ(model.priority, -2);
  EXPECT_EQ(model.titles.at("de"), "Zwei Phasen");
  EXPECT_EQ(model.description, "A small model.");
  ASSERT_TRUE(model.scope);
  EXPECT_EQ(model.scope->field.name, "segment");
  EXPECT_EQ(model.file, "test.yaml");
  EXPECT_EQ(model.place.line, 3);
  EXPECT_EQ(model.personal_channels, (std::vector<std::string>{"store", "hotline"}));
}

TEST(ModelParser, ReadsTheJourneyRules) {
  const JourneyRules rules = Parse(kFull).journey;
  ASSERT_TRUE(rules.key);
  EXPECT_EQ(rules.key->field, Field::kContract);
  EXPECT_EQ(rules.start.values.size(), 2U);
  ASSERT_TRUE(rules.reentry);
  EXPECT_EQ(rules.reentry->field.field, Field::kChannel);
  EXPECT_EQ(rules.reentry_from, std::vector<std::string>{"use"});
  EXPECT_EQ(rules.abandon_after, days(90));
  EXPECT_EQ(rules.abandon_from,
            (std::vector<StagePart>{{"interest", ""}, {"use", "unpack"}}));
  EXPECT_EQ(rules.lifetime, days(3 * 365));
  EXPECT_EQ(rules.retention, days(400));
  EXPECT_TRUE(rules.forward_only);
  EXPECT_EQ(rules.handovers, Handovers::kDepartment);
  ASSERT_EQ(rules.ends.size(), 1U);
  EXPECT_EQ(rules.ends[0].status, JourneyStatus::kSwitched);
  EXPECT_EQ(rules.ends[0].when.values.at(0), "switch");
}

TEST(ModelParser, ReadsTheNineDimensions) {
  const JourneyModel model = Parse(kFull);
  ASSERT_EQ(model.stages.size(), 2U);
  const Stage& stage = model.stages[0];
  EXPECT_EQ(stage.titles.at(""), "Interest");
  const StageDimensions& d = stage.dimensions;
  EXPECT_EQ(d.customer_activities, std::vector<std::string>{"reads ad"});
  EXPECT_EQ(d.customer_goal, "recognise need");
  EXPECT_EQ(d.touchpoints_online, std::vector<std::string>{"website"});
  EXPECT_EQ(d.touchpoints_offline, std::vector<std::string>{"shop"});
  EXPECT_EQ(d.company_goal, "awareness");
  EXPECT_EQ(d.kpis, std::vector<std::string>{"website visitors"});
  EXPECT_EQ(d.organisational_activity, "campaigns");
  EXPECT_EQ(d.owner, "Marketing");
  EXPECT_EQ(d.participants, std::vector<std::string>{"IT"});
  EXPECT_EQ(d.systems, std::vector<std::string>{"analytics"});
  EXPECT_EQ(stage.targets.duration, days(14));
  EXPECT_EQ(stage.targets.satisfaction, 4);
  EXPECT_EQ(stage.targets.conversion, 0.3);
}

TEST(ModelParser, ReadsStageRules) {
  const JourneyModel model = Parse(kFull);
  const Stage& use = model.stages.at(1);
  EXPECT_EQ(use.enter.values, std::vector<std::string>{"buy"});
  EXPECT_EQ(use.from, std::vector<std::string>{"interest"});
  EXPECT_EQ(use.closes, JourneyStatus::kCompleted);
  ASSERT_EQ(use.stations.size(), 1U);
  EXPECT_EQ(use.stations[0].name, "unpack");
  EXPECT_FALSE(model.stages[0].closes);
  EXPECT_EQ(model.StageIndex("use"), 1U);
  EXPECT_FALSE(model.StageIndex("nowhere"));
}

TEST(ModelParser, ReadsRegistryAndSignals) {
  const JourneyModel model = Parse(kFull);
  ASSERT_EQ(model.touchpoints.size(), 2U);
  EXPECT_EQ(model.touchpoints[0].purposes, (std::vector<std::string>{"dialogue", "offer"}));
  EXPECT_TRUE(model.touchpoints[0].online);
  EXPECT_FALSE(model.touchpoints[1].online);
  EXPECT_EQ(model.touchpoints[1].channel, "store");
  ASSERT_EQ(model.signals.size(), 2U);
  EXPECT_EQ(model.signals[0].kind, SignalKind::kIrritation);
  EXPECT_TRUE(model.signals[0].once);
  EXPECT_EQ(model.signals[1].kind, SignalKind::kCustom);
  EXPECT_FALSE(model.signals[1].once);
}

TEST(ModelParser, SmallModelHasDefaults) {
  const JourneyModel model = Parse("family: f\nmodel: m\nstages: [{name: s, enter: always}]\n");
  EXPECT_EQ(model.version, 1);
  EXPECT_EQ(model.effective_from, base::Timestamp::min());
  EXPECT_EQ(model.fate, Fate::kPin);
  EXPECT_EQ(model.priority, 0);
  EXPECT_FALSE(model.scope);
  EXPECT_FALSE(model.journey.key);
  EXPECT_FALSE(model.journey.reentry);
  EXPECT_FALSE(model.journey.abandon_after);
  EXPECT_EQ(model.journey.start.kind, Condition::Kind::kAlways);
}

TEST(ModelParser, FirstStageWithoutRuleIsWhereNoOtherRuleHolds) {
  const JourneyModel model = Parse(R"(
family: f
model: m
stages:
  - {name: first}
  - {name: second, enter: {action: buy}}
  - {name: third, enter: {action: use}, from: [second]}
)");
  const Condition& rule = model.stages.at(0).enter;
  ASSERT_EQ(rule.kind, Condition::Kind::kAll);
  EXPECT_EQ(rule.children.at(0).kind, Condition::Kind::kAtMost);
  EXPECT_EQ(rule.children.at(0).field.field, Field::kInteractions);
  EXPECT_EQ(rule.children.at(0).bound_micros, 0);
  ASSERT_EQ(rule.children.at(1).kind, Condition::Kind::kNot);
  // The third can't be a run's first stage, so its rule is not asked.
  const Condition& others = rule.children.at(1).children.at(0);
  ASSERT_EQ(others.children.size(), 1U);
  EXPECT_EQ(others.children[0].values, std::vector<std::string>{"buy"});
}

TEST(ModelParser, ReentryMayBeOneWord) {
  const JourneyModel model =
      Parse("family: f\nmodel: m\njourney: {reentry: never}\nstages: [{name: s, enter: always}]\n");
  ASSERT_TRUE(model.journey.reentry);
  EXPECT_EQ(model.journey.reentry->kind, Condition::Kind::kNot);
}

TEST(ModelParser, AReopenedRunLeavesItsClosingStage) {
  const JourneyModel model = Parse(R"(
family: f
model: m
journey: {reopen: {action: back}, value: {action: buy}}
stages:
  - {name: s, enter: {action: done}, closes: completed}
  - {name: t, enter: {action: back}, from: s}
)");
  ASSERT_TRUE(model.journey.reopen);
  EXPECT_EQ(model.journey.reopen->values.at(0), "back");
  EXPECT_EQ(model.journey.value.values.at(0), "buy");
}

TEST(ModelParser, TemporalProfile) {
  const JourneyModel model = Parse(R"(
family: f
model: m
stages: [{name: s, enter: {action: a}}, {name: t, enter: {action: b}}]
temporal_profile:
  zeta: 2.5
  pairs: [{from: s, to: t, mean: 3d, deviation: 12h}]
)");
  ASSERT_TRUE(model.temporal_profile);
  EXPECT_EQ(model.temporal_profile->zeta_milli, 2500);
  ASSERT_EQ(model.temporal_profile->pairs.size(), 1U);
  const TemporalProfile::Pair& pair = model.temporal_profile->pairs[0];
  EXPECT_EQ(pair.from, "s");
  EXPECT_EQ(pair.to, "t");
  EXPECT_EQ(pair.mean, base::Millis(3 * 86'400'000));
  EXPECT_EQ(pair.deviation, base::Millis(12 * 3'600'000));
}

TEST(ModelParser, AliasesServeAsSharedConditions) {
  const JourneyModel model = Parse(R"(
family: f
model: m
journey: {start: &buying {action: [buy, order]}}
stages:
  - {name: s, enter: *buying}
)");
  EXPECT_EQ(model.stages.at(0).enter.values.size(), 2U);
}

}  // namespace
}  // namespace waymark::model
