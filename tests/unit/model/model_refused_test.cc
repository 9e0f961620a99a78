#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/journey_model.h"
#include "unit/model/marked.h"

namespace waymark::model {
namespace {

using ::testing::HasSubstr;

constexpr const char* kHead = "family: f\nmodel: m\n";
constexpr const char* kTail = "stages:\n  - {name: s, enter: always}\n";

TEST(ModelRefused, BesideGoodStages) {
  const std::vector<Case> cases = {
      {"unknown key", "@@stagse: []\n", "unknown key 'stagse'", "did you mean 'stages'?"},
      {"strange key", "@@colour: red\n", "unknown key 'colour'", ""},
      {"version", "version: @@0\n", "whole number from 1", ""},
      {"version text", "version: @@one\n", "whole number from 1", ""},
      {"effective from", "effective_from: @@soon\n", "must be a time or a date", "2024-03-01"},
      {"effective date", "effective_from: @@2024-02-30\n", "must be a time or a date", ""},
      {"fate", "fate: @@rstart\n", "unknown fate 'rstart'", "'restart'"},
      {"mapping without migrate", "@@stage_mapping: {a: s}\n", "for journeys that migrate",
       "'fate: migrate'"},
      {"mapping onto no stage", "fate: migrate\nstage_mapping: {a: @@nowhere}\n",
       "unknown stage 'nowhere'", ""},
      {"title", "title: @@[a]\n", "'title' must be text, not a list", ""},
      {"language", "title: {@@english: a}\n", "'english' is no language", "en or de"},
      {"description", "description: @@{a: b}\n", "must be text, not a map", ""},
      {"scope", "scope: {@@stage: s}\n", "no journey has begun", ""},
      {"journey", "journey: @@x\n", "'journey' must be a map, not text", ""},
      {"journey key", "journey: {@@strat: always}\n", "unknown key 'strat'", "'start'"},
      {"duration", "journey: {abandon_after: @@90 days}\n", "must be a duration", "such as 30m"},
      {"retention", "journey: {retention: @@soon}\n", "must be a duration", "such as 30m"},
      {"no duration", "journey: {lifetime: @@0d}\n", "must be a duration", "such as 30m"},
      {"key field", "journey: {key: @@contrat}\n", "unknown field 'contrat'", "'contract'"},
      {"key number", "journey: {key: @@rating.nps}\n", "can't tell journeys apart", "contract"},
      {"bool", "journey: {forward_only: @@yes}\n", "must be true or false", ""},
      {"reentry stage", "journey: {reentry: {from: [@@t]}}\n", "unknown stage 't'", "known are: s"},
      {"handovers", "journey: {handovers: @@by-owner}\n", "unknown way to find handovers",
       "owner, department"},
      {"abandon from", "journey: {abandon_after: 1d, abandon_from: @@x}\n", "unknown stage", ""},
      {"abandon station", "journey: {abandon_after: 1d, abandon_from: @@s/t}\n",
       "unknown station 't'", ""},
      {"abandon alone", "journey: {@@abandon_from: s}\n", "without 'abandon_after'", ""},
      {"end status", "journey: {ends: [{when: always, as: @@swiched}]}\n", "unknown status",
       "'switched'"},
      {"end when", "journey: {ends: [@@{as: switched}]}\n", "needs the key 'when'", ""},
      {"touchpoint twice", "touchpoints: [{name: a, channel: web}, {name: @@a, channel: app}]\n",
       "touchpoint 'a' stands twice", ""},
      {"touchpoint channel", "touchpoints: [@@{name: a}]\n", "needs the key 'channel'", ""},
      {"purpose", "touchpoints: [{name: a, channel: web, purposes: [@@ofer]}]\n",
       "unknown purpose 'ofer'", "'offer'"},
      {"signal twice", "signals: [{name: a, when: always}, {name: @@a, when: always}]\n",
       "name 'a' stands twice", ""},
      {"signal kind", "signals: [{name: a, kind: @@IRITATION, when: always}]\n",
       "unknown signal kind", "'IRRITATION'"},
      {"own kind", "signals: [{name: a, kind: @@STAGE_ENTERED, when: always}]\n",
       "the processor finds it itself", "CUSTOM"},
      {"signal list", "signals: @@{name: a}\n", "must be a list, not a map", ""},
      {"repeated key", "title: a\n@@title: b\n", "key 'title' is repeated", ""},
  };
  for (const Case& c : cases) ExpectCase(c, std::string(kHead) + c.yaml + kTail);
}

TEST(ModelRefused, Conditions) {
  const std::vector<Case> cases = {
      {"field", "{@@chanel: web}", "unknown field 'chanel'", "did you mean 'channel'?"},
      {"short field", "{@@satisfaction: 3}", "unknown field", "'rating.satisfaction'"},
      {"own field", "{@@colour: red}", "unknown field", "attributes.colour"},
      {"word", "@@alway", "is no condition", "did you mean 'always'?"},
      {"text", "@@buy", "is no condition", "field: value"},
      {"list", "@@[{action: buy}]", "must be a map", "'any:'"},
      {"empty", "@@{}", "must be a map", "'always'"},
      {"no value", "{action: @@[]}", "no value at all", ""},
      {"value map", "{action: [@@{a: b}]}", "must be text, not a map", ""},
      {"comparison", "{campaign: {@@prefx: a}}", "unknown comparison 'prefx'", "'prefix'"},
      {"no comparison", "{campaign: @@{}}", "has no condition", ""},
      {"prefix of number", "{rating.nps: {@@prefix: 9}}", "compares text", "at_least"},
      {"contains of number", "{value: {@@contains: 9}}", "compares text", "at_least"},
      {"bound of text", "{action: {@@at_least: 9}}", "compares numbers", ""},
      {"no number", "{rating.nps: @@good}", "compared with a number", "such as 3"},
      {"no bound", "{value: {less_than: @@1e9}}", "compared with a number", "such as 3"},
      {"out of range", "{rating.satisfaction: {at_least: @@9}}", "outside 1 to 5", ""},
      {"emotion", "{rating.emotion: @@-3}", "outside -2 to 2", ""},
      {"exists", "{product: {exists: @@maybe}}", "must be true or false", ""},
      {"any", "{any: @@{action: a}}", "must be a list, not a map", ""},
      {"no any", "{any: @@[]}", "has no conditions", ""},
      {"deep", "{any: [{not: {all: [{@@acton: a}]}}]}", "unknown field 'acton'", "'action'"},
      {"kind", "{kind: @@STAF}", "unknown kind 'STAF'", "'STAFF'"},
      {"command", "{command: [@@link]}", "unknown command", "known are: LINK"},
      {"stage prefix", "{stage: {@@prefix: s}}", "does not compare stages", "stage: [...]"},
      {"stage", "{visited: @@t}", "unknown stage 't'", "known are: s"},
      {"repeated", "{action: a, @@action: b}", "is repeated", ""},
  };
  for (const Case& c : cases) {
    ExpectCase(c, std::string(kHead) + "stages:\n  - name: s\n    enter: " + c.yaml + "\n");
  }
}

TEST(ModelRefused, Stages) {
  const std::vector<Case> cases = {
      {"none", "stages: @@[]\n", "at least one stage", ""},
      {"map", "stages: @@{name: s}\n", "must be a list, not a map", ""},
      {"text", "stages: [@@s]\n", "must be a map, not text", ""},
      {"no name", "stages: [@@{enter: always}]\n", "a stage needs the key 'name'", ""},
      {"bad name", "stages: [{name: @@Awaiting User, enter: always}]\n", "is no name",
       "write 'awaiting-user'"},
      {"empty name", "stages: [{name: @@'', enter: always}]\n", "must be text, not empty", ""},
      {"twice", "stages: [{name: s}, {name: @@s, enter: always}]\n", "stage 's' stands twice", ""},
      {"no rule", "stages: [{name: s}, {name: @@t}]\n", "no rule to enter it", "add 'enter:'"},
      {"from", "stages: [{name: s}, {name: t, enter: always, from: [@@r]}]\n", "unknown stage 'r'",
       "known are: s, t"},
      {"from twice", "stages: [{name: s}, {name: t, enter: always, from: [s, @@s]}]\n",
       "stands twice in 'from'", ""},
      {"from none", "stages: [{name: s, enter: always, from: @@[]}]\n", "names no stage", ""},
      {"from alone", "stages: [{name: s, @@from: [s]}]\n", "without 'enter'", ""},
      {"closes", "stages: [{name: s, enter: always, closes: @@done}]\n", "unknown status 'done'",
       "completed, abandoned, switched"},
      {"station", "stages: [{name: s, enter: always, stations: [@@{name: a}]}]\n",
       "needs the key 'when'", ""},
      {"station twice",
       "stages: [{name: s, stations: [{name: a, when: always}, {name: @@a, when: always}]}]\n",
       "stands twice in its stage", ""},
      {"satisfaction", "stages: [{name: s, targets: {satisfaction: @@6}}]\n", "from 1 to 5", ""},
      {"not a number", "stages: [{name: s, targets: {satisfaction: @@nan}}]\n", "from 1 to 5", ""},
      {"conversion", "stages: [{name: s, targets: {conversion: @@30%}}]\n", "from 0 to 1", ""},
      {"target", "stages: [{name: s, targets: {duration: @@-1d}}]\n", "duration", "such as"},
      {"target key", "stages: [{name: s, targets: {@@durations: 1d}}]\n", "unknown key",
       "'duration'"},
      {"customer", "stages: [{name: s, customer: {@@activites: [a]}}]\n", "unknown key",
       "'activities'"},
      {"organisation", "stages: [{name: s, organisation: {@@owners: a}}]\n", "unknown key",
       "'owner'"},
      {"systems", "stages: [{name: s, systems: @@{a: b}}]\n", "must be a list", ""},
      {"unreachable",
       "stages: [{name: s}, {name: @@t, enter: always, from: u}, {name: u, enter: always, from: "
       "t}]\n",
       "stage 't' can't be reached", "'from'"},
      {"what lies behind an unreachable one is not told",
       "journey: {forward_only: true}\n"
       "stages: [{name: s}, {name: y, enter: always, from: s}, {name: @@t, enter: always, "
       "from: [t, z]}, {name: x, enter: always, from: t}, {name: z, enter: always, from: x}]\n",
       "stage 't' can't be reached", ""},
      {"wherever it stands",
       "stages: [{name: s}, {name: z, enter: always, from: x}, {name: x, enter: always, from: t}, "
       "{name: @@t, enter: always, from: u}, {name: u, enter: always, from: t}, "
       "{name: @@v, enter: always, from: v}]\n",
       "stage 't' can't be reached", ""},
      {"behind a closed run",
       "stages: [{name: s, closes: completed}, {name: t, enter: always}, "
       "{name: @@u, enter: always, from: [s, t]}]\n",
       "which closes the run", "'reentry'"},
      {"backwards",
       "journey: {forward_only: true}\n"
       "stages: [{name: @@s, enter: always, from: t}, {name: t, enter: always}]\n",
       "can't be reached", ""},
  };
  for (const Case& c : cases) ExpectCase(c, std::string(kHead) + c.yaml);
}

TEST(ModelRefused, TemporalProfiles) {
  const std::vector<Case> cases = {
      {"text", "@@soon", "'temporal_profile' must be a map", ""},
      {"zeta", "{zeta: @@0, pairs: [{from: s, to: t, mean: 1h, deviation: 1h}]}",
       "must be a number from 0.1 to 100", ""},
      {"pairs missing", "@@{zeta: 3}", "a temporal profile needs the key 'pairs'", ""},
      {"no pairs", "{pairs: @@[]}", "at least one pair of stages", "deviation: 12h"},
      {"no list", "{pairs: @@{s: t}}", "must be a list", ""},
      {"mean", "{pairs: [@@{from: s, to: t, deviation: 1h}]}", "a pair needs the key 'mean'", ""},
      {"stage", "{pairs: [{from: @@u, to: t, mean: 1h, deviation: 1h}]}", "unknown stage 'u'",
       "known are: s, t"},
      {"itself", "{pairs: [@@{from: s, to: s, mean: 1h, deviation: 1h}]}", "not back to 's'",
       "targets"},
      {"twice",
       "{pairs: [{from: s, to: t, mean: 1h, deviation: 1h}, "
       "@@{from: s, to: t, mean: 2h, deviation: 1h}]}",
       "the pair from 's' to 't' stands twice", "one of the two"},
      {"no spread", "{pairs: [{from: s, to: t, mean: 1h, deviation: @@0h}]}",
       "must be a duration longer than zero", ""},
      {"centuries", "{pairs: [{from: s, to: t, mean: @@101y, deviation: 1h}]}",
       "'mean' is longer than 100y", ""},
      {"key", "{pairs: [{from: s, to: t, mean: 1h, deviation: 1h, @@zeta: 3}]}",
       "unknown key 'zeta'", ""},
  };
  const std::string head = std::string(kHead) +
                           "stages: [{name: s}, {name: t, enter: always}]\ntemporal_profile: ";
  for (const Case& c : cases) ExpectCase(c, head + c.yaml + "\n");
}

TEST(ModelRefused, ATemporalProfileHasSoManyPairs) {
  std::string stages = "stages: [{name: s0}";
  std::string pairs;
  for (int i = 1; i < 24; ++i) {
    stages += ", {name: s" + std::to_string(i) + ", enter: always}";
    for (int j = 0; j < i; ++j) {
      pairs += "    - {from: s" + std::to_string(j) + ", to: s" + std::to_string(i) +
               ", mean: 1h, deviation: 1h}\n    - {from: s" + std::to_string(i) + ", to: s" +
               std::to_string(j) + ", mean: 1h, deviation: 1h}\n";
    }
  }
  const ModelSet set = ParseModel(
      std::string(kHead) + stages + "]\ntemporal_profile:\n  pairs:\n" + pairs, "m.yaml");
  ASSERT_EQ(set.faults.size(), 1U);
  EXPECT_THAT(set.faults[0].message, HasSubstr("'pairs' has more than 512 entries"));
}

TEST(ModelRefused, TouchpointsAreHeldAgainstTheRegistry) {
  const std::vector<Fault> faults = ExpectPlaces(R"(family: f
model: m
touchpoints:
  - {name: website, channel: web}
  - {name: shop, channel: store, online: false}
stages:
  - name: s
    touchpoints: {online: [website, @@websit, @@shop], offline: [shop, @@website]}
)");
  EXPECT_THAT(faults.at(0).hint, HasSubstr("'website'"));
  EXPECT_THAT(faults.at(1).message, HasSubstr("the registry says the opposite"));
}

TEST(ModelRefused, MissingKeysOfTheModel) {
  const std::vector<Fault> faults = ExpectPlaces("@@@@@@title: x\n");
  ASSERT_EQ(faults.size(), 3U);
  EXPECT_EQ(faults[0].message, "a model needs the key 'family'");
  EXPECT_EQ(faults[1].message, "a model needs the key 'model'");
  EXPECT_EQ(faults[2].message, "a model needs the key 'stages'");
}

TEST(ModelRefused, AllFaultsComeAtOnceInTheirOrder) {
  ExpectPlaces(R"(family: @@F
model: m
journey:
  abandon_after: @@soon
stages:
  - name: s
    enter: {@@acton: buy}
    @@tagets: {}
  - name: @@t
signals:
  - {name: x, kind: @@NONE, when: {rating.nps: {@@contains: 9}}}
@@stagse: []
)");
}

TEST(ModelRefused, ManyFaultsAreBounded) {
  std::string yaml = std::string(kHead) + kTail + "signals:\n";
  for (int i = 0; i < 1000; ++i) yaml += "  - {colour: red}\n";
  const ModelSet set = ParseModel(yaml, "m.yaml");
  ASSERT_EQ(set.faults.size(), 101U);
  EXPECT_THAT(set.faults.back().message, HasSubstr("more faults are left out"));
}

TEST(ModelRefused, SyntaxFaultHasItsPlace) {
  const ModelSet set = ParseModel("family: f\nmodel: m\nstages:\n  - name: s\n   enter: x\n", "m");
  ASSERT_EQ(set.faults.size(), 1U);
  EXPECT_THAT(set.faults[0].message, HasSubstr("no valid YAML"));
  EXPECT_EQ(set.faults[0].place.line, 5);
}

TEST(ModelRefused, FaultsReadWell) {
  const Fault fault{"m.yaml", {3, 7}, "unknown key 'stagse'", "did you mean 'stages'?"};
  EXPECT_EQ(fault.text(), "m.yaml:3:7: unknown key 'stagse' (hint: did you mean 'stages'?)");
  EXPECT_EQ((Fault{"models", {}, "no model in this folder", {}}).text(),
            "models: no model in this folder");
}

}  // namespace
}  // namespace waymark::model
