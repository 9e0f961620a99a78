#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/journey_model.h"
#include "unit/model/marked.h"

namespace waymark::model {
namespace {

using Follows = SequencePart::Follows;

constexpr const char* kHead =
    "family: f\nmodel: m\nstages:\n"
    "  - {name: s, enter: always, stations: [{name: t, when: always}]}\n";

JourneyModel Read(const std::string& text) {
  ModelSet set = ParseModel(kHead + text, "m.yaml");
  for (const Fault& fault : set.faults) ADD_FAILURE() << fault.text();
  return set.models.empty() ? JourneyModel() : std::move(set.models[0]);
}

TEST(DetectorReader, ReadsSequences) {
  const JourneyModel model = Read(
      "detectors:\n"
      "  - name: d\n"
      "    sequence:\n"
      "      - when: {action: a}\n"
      "      - {when: {action: b}, times: {at_least: 2}, follows: any}\n"
      "      - {when: {action: c}, optional: true}\n"
      "      - {when: {action: d}, times: 3, follows: directly}\n"
      "      - absent: {action: e}\n"
      "    within: 2h\n"
      "    same: [product, attributes.colour]\n"
      "    overlapping: true\n");
  ASSERT_EQ(model.detectors.size(), 1U);
  const Detector& d = model.detectors[0];
  EXPECT_EQ(d.kind, Detector::Kind::kSequence);
  EXPECT_TRUE(IsTimed(d));
  ASSERT_EQ(d.sequence.size(), 5U);
  EXPECT_EQ(d.sequence[1].times_min, 2);
  EXPECT_EQ(d.sequence[1].times_max, kSequenceTimesMax);
  EXPECT_EQ(d.sequence[1].follows, Follows::kAny);
  EXPECT_EQ(d.sequence[2].times_min, 0);
  EXPECT_EQ(d.sequence[3].times_min, 3);
  EXPECT_EQ(d.sequence[3].times_max, 3);
  EXPECT_EQ(d.sequence[3].follows, Follows::kDirectly);
  EXPECT_TRUE(d.sequence[4].is_absent);
  EXPECT_EQ(d.within, std::chrono::hours(2));
  EXPECT_EQ(d.same.size(), 2U);
  EXPECT_TRUE(d.overlapping);
}

TEST(DetectorReader, ReadsTheOthers) {
  const JourneyModel model = Read(
      "detectors:\n"
      "  - {name: quiet, silence: 3d, in: s, while: {interactions: {at_least: 2}}}\n"
      "  - {name: long, stay: 1h, in: [s/t]}\n"
      "  - {name: torn, bounce: {between: product, times: 2}, within: 5m}\n"
      "  - {name: narrowed, narrowing: {from: 4, to: 2}}\n"
      "  - {name: one, when: {detected: torn}}\n"
      "signals:\n"
      "  - {name: own, kind: IRRITATION, silence: 1d, useful_for: 15m}\n"
      "  - {name: named, detected: torn, when: {channel: web}, once: true}\n"
      "  - {name: simple, when: {action: a}}\n");
  ASSERT_EQ(model.detectors.size(), 6U);
  EXPECT_EQ(model.detectors[0].duration, std::chrono::days(3));
  EXPECT_EQ(model.detectors[0].in, (std::vector<StagePart>{{"s", ""}}));
  EXPECT_EQ(model.detectors[1].in, (std::vector<StagePart>{{"s", "t"}}));
  EXPECT_EQ(model.detectors[2].times, 2);
  EXPECT_EQ(model.detectors[3].from, 4);
  EXPECT_EQ(model.detectors[5].name, "own");
  EXPECT_EQ(model.signals[0].detector, 5U);
  EXPECT_EQ(model.signals[0].useful_for, std::chrono::minutes(15));
  EXPECT_EQ(model.signals[1].detector, 2U);
  EXPECT_TRUE(model.signals[1].once);
  EXPECT_FALSE(model.signals[2].detector);
}

TEST(DetectorReader, RefusesWhatIsNoDetector) {
  const std::vector<Case> cases = {
      {"nothing", "detectors: [@@{name: d}]\n", "says nothing to be found", "sequence"},
      {"both", "detectors: [{name: d, when: always, @@silence: 1d}]\n", "has both", "detected"},
      {"unknown", "detectors: [{name: d, when: always, @@wihtin: 1d}]\n", "unknown key", ""},
      {"twice", "detectors: [{name: d, when: always}, {name: @@d, when: always}]\n",
       "stands twice", ""},
      {"name of a signal", "detectors: [{name: d, when: always}]\nsignals: "
       "[{name: @@d, when: always}]\n", "stands twice", ""},
      {"later", "detectors: [{name: a, when: {detected: @@b}}, {name: b, when: always}]\n",
       "unknown detector 'b'", ""},
      {"signal of none", "signals: [{name: a, detected: @@b}]\n", "unknown detector 'b'", ""},
      {"no parts", "detectors: [{name: d, sequence: @@[]}]\n", "1 to 16 parts", ""},
      {"part", "detectors: [{name: d, sequence: [@@{times: 2}]}]\n",
       "either 'when' or 'absent'", ""},
      {"first absent", "detectors: [{name: d, sequence: [@@{absent: always}, {when: always}]}]\n",
       "can't begin with what must not come", ""},
      {"first missing", "detectors: [{name: d, sequence: [@@{when: always, optional: true}, "
       "{when: always}]}]\n", "can't be missing", ""},
      {"last missing", "detectors: [{name: d, sequence: [{when: always}, "
       "@@{when: always, optional: true}]}]\n", "can't be missing", "leave it out"},
      {"first follows", "detectors: [{name: d, sequence: [{when: always, @@follows: any}]}]\n",
       "follows nothing", ""},
      {"way", "detectors: [{name: d, sequence: [{when: always}, "
       "{when: always, follows: @@next}]}]\n",
       "unknown way to follow", "directly"},
      {"directly after absent", "detectors: [{name: d, sequence: [{when: always}, "
       "{absent: {action: x}}, {when: always, @@follows: directly}]}]\n",
       "nothing before it to be absent", ""},
      {"absent times", "detectors: [{name: d, sequence: [{when: always}, "
       "{absent: always, @@times: 2}], within: 1d}]\n", "says nothing of what must not come", ""},
      {"absent without within", "detectors: [{name: d, sequence: [{when: always}, "
       "@@{absent: {action: x}}]}]\n", "needs 'within'", "within: 2d"},
      {"times", "detectors: [{name: d, sequence: [{when: always, "
       "times: @@{at_least: 3, at_most: 2}}]}]\n", "more than 'at_most'", ""},
      {"within", "detectors: [{name: d, sequence: [{when: always}], within: @@soon}]\n",
       "must be a duration", ""},
      {"same", "detectors: [{name: d, sequence: [{when: always}], same: @@stage}]\n",
       "no text of an interaction", "product"},
      {"stay anywhere", "detectors: [{name: d, @@stay: 1d}]\n", "needs 'in'", ""},
      {"stay in", "detectors: [{name: d, stay: 1d, in: @@s/u}]\n", "unknown station 'u'", ""},
      {"bounce", "detectors: [{name: d, bounce: @@{between: product}}]\n",
       "needs the key 'times'", ""},
      {"narrowing", "detectors: [{name: d, narrowing: @@{from: 2, to: 2}}]\n",
       "more than 'to'", ""},
      {"relevant", "journey: {relevant_set: @@{within: 1d}}\n", "needs the key 'last'", ""},
      {"visits", "signals: [{name: a, when: {@@visits.x: 2}}]\n", "unknown stage 'x'", ""},
      {"time", "signals: [{name: a, when: {stage_time: {at_least: @@3}}}]\n",
       "compared with a duration", "30m"},
      {"online", "signals: [{name: a, when: {@@online: true}}]\n", "no touchpoint", "touchpoints"},
      {"in order", "signals: [{name: a, when: {product: {@@in_order: [a, b]}}}]\n",
       "compares campaigns alone", ""},
      {"business", "scope: {business: @@b2d}\n", "unknown kind of business", "b2b"},
      {"contradiction", "scope: @@{persona: a, all: [{persona: b}]}\n",
       "'scope' contradicts itself", "any:"},
      {"bounds", "signals: [{name: a, when: {@@value: {at_least: 3, less_than: 2}}}]\n",
       "contradicts itself", ""},
      {"need", "personas: [{name: p, needs: [{at: @@x}]}]\n", "unknown stage 'x'", ""},
  };
  for (const Case& c : cases) ExpectCase(c, std::string(kHead) + c.yaml);
}

TEST(DetectorReader, AConditionThatCanHoldIsNotRefused) {
  Read("scope: {persona: [a, b], all: [{persona: b}, {account: {exists: true}}]}\n"
       "signals:\n"
       "  - {name: a, when: {any: [{action: x}, {action: y}], channel: web}}\n"
       "  - {name: b, when: never}\n"
       "  - {name: c, when: {value: {at_least: 2, at_most: 2}}}\n"
       "  - {name: d, when: {product: {not: x}}}\n");
}

TEST(DetectorReader, ReadsPersonasAndFilters) {
  const JourneyModel model = Read(
      "personas:\n"
      "  - name: owner\n"
      "    title: {en: Owner}\n"
      "    target_group: small-business\n"
      "    needs:\n"
      "      - {at: s/t, need: a quote, expects: {service: a call back}, requires: [a number]}\n"
      "filter:\n"
      "  decides: filter\n"
      "  symbols: [{name: x, when: {action: a}}, {name: y, when: always}]\n"
      "  states:\n"
      "    - {name: one, stage: s, start: 1, emits: {x: 0.9, y: 0.1}, next: {one: 0.5, two: 0.5}}\n"
      "    - {name: two, stage: s, outcome: good, emits: {y: 1}}\n");
  ASSERT_EQ(model.personas.size(), 1U);
  EXPECT_EQ(model.personas[0].needs[0].at, (StagePart{"s", "t"}));
  EXPECT_EQ(model.personas[0].needs[0].expects_of_service, "a call back");
  ASSERT_TRUE(model.filter);
  EXPECT_TRUE(model.filter->decides);
  EXPECT_EQ(model.filter->states[1].outcome, "good");
  EXPECT_EQ(model.filter->states[0].next.at("two"), 0.5);
}

TEST(DetectorReader, RefusesBadFilters) {
  const std::string symbols = "  symbols: [{name: x, when: always}]\n";
  const std::vector<Case> cases = {
      {"sum", "  states: [{name: a, stage: s, start: 1, emits: @@{x: 0.7}}]\n",
       "add up to 70 %", ""},
      {"start", "  states: @@[{name: a, stage: s, emits: {x: 1}}]\n", "'start' add up to 0 %", ""},
      {"symbol", "  states: [{name: a, stage: s, start: 1, emits: {@@z: 1}}]\n",
       "unknown symbol", ""},
      {"state", "  states: [{name: a, stage: s, start: 1, emits: {x: 1}, next: {@@b: 1}}]\n",
       "unknown state", ""},
      {"stage", "  states: [{name: a, stage: @@u, start: 1, emits: {x: 1}}]\n",
       "unknown stage", ""},
      {"range", "  states: [{name: a, stage: s, start: @@2, emits: {x: 1}}]\n", "from 0 to 1", ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const Marked marked = TakeMarks(std::string(kHead) + "filter:\n" + symbols + c.yaml);
    const ModelSet set = ParseModel(marked.text, "m.yaml");
    ASSERT_FALSE(set.faults.empty());
    EXPECT_TRUE(set.models.empty());
    const auto found = std::find_if(set.faults.begin(), set.faults.end(), [&](const Fault& fault) {
      return fault.place.line == marked.places[0].line &&
             fault.place.column == marked.places[0].column;
    });
    ASSERT_NE(found, set.faults.end()) << set.faults[0].text();
    EXPECT_THAT(found->message, ::testing::HasSubstr(c.message));
  }
}

}  // namespace
}  // namespace waymark::model
