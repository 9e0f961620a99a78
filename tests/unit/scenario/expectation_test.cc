#include <gmock/gmock.h>

#include "scenario_runs.h"

namespace waymark::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Line 1 is `tests:`; what is expected begins in line 9.
constexpr std::string_view kStory = R"(tests:
  - name: a visit
    customer: c
    interactions:
      - {id: a, at: 2024-03-01T09:00Z, channel: web, action: look, touchpoint: shelf, product: P}
      - {id: b, at: +10m, channel: store, action: buy, value: 2.5, rating: {satisfaction: 2}}
      - {id: s, at: +5m, channel: mail, action: send, kind: SYSTEM}
    now: b+1h
)";

std::vector<std::string> FailuresOf(const std::string& expected) {
  return ScenarioRuns(std::string(kStory) + expected).failures();
}

struct Case {
  const char* name;
  std::string holds;
  std::string breaks;
  std::string failure;  // of `breaks`
};

class EachKind : public ::testing::TestWithParam<Case> {};

TEST_P(EachKind, HoldsWhereItShould) { EXPECT_THAT(FailuresOf(GetParam().holds), IsEmpty()); }

TEST_P(EachKind, FailsWhereItShould) {
  EXPECT_THAT(FailuresOf(GetParam().breaks), ElementsAre(GetParam().failure));
}

std::string Expect(const std::string& body) { return "    expect: {" + body + "}\n"; }

Case Of(const char* name, const std::string& holds, const std::string& breaks,
        const std::string& failure) {
  return {name, Expect(holds), Expect(breaks), failure};
}

INSTANTIATE_TEST_SUITE_P(
    Steps, EachKind,
    ::testing::Values(
        Of("Stage", "steps: [{id: b, stage: buying}]", "steps: [{id: b, stage: looking}]",
           "9: step 1 (b): stage | looking | buying"),
        Of("Absent", "steps: [{id: a, previous_stage: ~}]", "steps: [{id: b, previous_stage: ~}]",
           "9: step 1 (b): previous_stage | ~ | looking"),
        Of("Station", "steps: [{id: b, station: till}]", "steps: [{id: a, station: till}]",
           "9: step 1 (a): station | till | ~"),
        Of("Department", "steps: [{id: b, department: Sales}]",
           "steps: [{id: b, department: Service}]",
           "9: step 1 (b): department | Service | Sales"),
        Of("Session", "steps: [{id: s, session: ~}]", "steps: [{id: s, session: 1}]",
           "9: step 1 (s): session | 1 | ~"),
        Of("Time", "steps: [{id: b, at: a+10m}]", "steps: [{id: b, at: a+9m}]",
           "9: step 1 (b): at | 2024-03-01T09:09:00Z | 2024-03-01T09:10:00Z"),
        Of("Missing", "steps: [{id: s}]", "steps: [{id: x}]",
           "9: steps | x (in this order) | 3 steps: a, b, s"),
        Of("Order", "steps: [{id: a}, {id: b}]", "steps: [{id: b}, {id: a}]",
           "9: steps | a (in this order) | 3 steps: a, b, s"),
        Of("Number", "steps: [{stage: looking}, {}, {stage: buying}]",
           "steps: [{stage: looking}, {stage: buying}]",
           "9: steps | 2 steps | 3 steps: a, b, s"),
        Of("Family", "steps: [{id: a, family: visits}]", "steps: [{id: a, family: other}]",
           "9: step 1 (a) | family other | family visits"),
        Of("Placements", "steps: [{id: a, placements: [{stage: looking}]}]",
           "steps: [{id: a, placements: []}]",
           "9: step 1 (a): placements | 0 placements | visits"),
        Of("PlacementField", "steps: [{id: a, placements: [{stage: looking}]}]",
           "steps: [{id: a, placements: [{stage: buying}]}]",
           "9: step 1 (a): stage | buying | looking"),
        Of("Sessions", "sessions: [[a, b]]", "sessions: [[a], [b]]",
           "9: sessions | [a] [b] | [a, b]")),
    [](const auto& each) { return each.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Signals, EachKind,
    ::testing::Values(
        Of("Kind", "signals: [{kind: IRRITATION}]", "signals: [{kind: ABANDONED}]",
           "9: signals | kind ABANDONED | no signal of this kind"),
        Of("Name", "signals: [{kind: HANDOVER, name: Marketing to Sales}]",
           "signals: [{kind: HANDOVER, name: Sales to Service}]",
           "9: signals | kind HANDOVER, name Sales to Service | kind HANDOVER, name Marketing to "
           "Sales, at 2024-03-01T09:10:00Z"),
        Of("Evidence", "signals: [{kind: IRRITATION, evidence: b}]",
           "signals: [{kind: IRRITATION, evidence: a}]",
           "9: signals | kind IRRITATION, evidence a | kind IRRITATION, name unhappy, at "
           "2024-03-01T09:10:00Z, evidence b"),
        Of("Duration", "signals: [{kind: STAGE_LEFT, stage_duration: 10m}]",
           "signals: [{kind: STAGE_LEFT, stage_duration: 11m}]",
           "9: signals | kind STAGE_LEFT, stage_duration 11m | kind STAGE_LEFT, name looking, at "
           "2024-03-01T09:10:00Z, stage_duration 10m"),
        Of("Twice", "signals: [{kind: STAGE_ENTERED}, {kind: STAGE_ENTERED}]",
           "signals: [{kind: IRRITATION}, {kind: IRRITATION}]",
           "9: signals | kind IRRITATION | kind IRRITATION, name unhappy, at "
           "2024-03-01T09:10:00Z, which another row here stands for"),
        Of("NoSignals", "no_signals: [ABANDONED]", "no_signals: [IRRITATION]",
           "9: no_signals | none with kind IRRITATION | kind IRRITATION, name unhappy, at "
           "2024-03-01T09:10:00Z, journey visits-1"),
        Of("NoSignalsByField", "no_signals: [{kind: IRRITATION, at: a}]",
           "no_signals: [{stage: buying, kind: STAGE_ENTERED}]",
           "9: no_signals | none with kind STAGE_ENTERED, stage buying | kind STAGE_ENTERED, name "
           "buying, at 2024-03-01T09:10:00Z, journey visits-1, stage buying"),
        Of("Only", "signals: [{kind: IRRITATION}], only: IRRITATION", "only: [IRRITATION]",
           "9: only | no signals of IRRITATION but those listed | kind IRRITATION, name unhappy, "
           "at 2024-03-01T09:10:00Z, journey visits-1"),
        Of("OnlyOthers", "signals: [{kind: STAGE_ENTERED, name: buying}, {kind: STAGE_ENTERED}], "
           "only: STAGE_ENTERED",
           "signals: [{kind: STAGE_ENTERED, name: buying}], only: [STAGE_ENTERED]",
           "9: only | no signals of STAGE_ENTERED but those listed | kind STAGE_ENTERED, name "
           "looking, at 2024-03-01T09:00:00Z, journey visits-1")),
    [](const auto& each) { return each.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Journeys, EachKind,
    ::testing::Values(
        Of("Status", "journeys: [{status: OPEN}]", "journeys: [{status: ABANDONED}]",
           "9: journey visits-1: status | ABANDONED | OPEN"),
        Of("Value", "journeys: [{value: 2.50}]", "journeys: [{value: 2.51}]",
           "9: journey visits-1: value | 2.51 | 2.5"),
        Of("Sets", "journeys: [{channels: [store, mail, web]}]", "journeys: [{channels: web}]",
           "9: journey visits-1: channels | web | mail, store, web"),
        Of("Stages", "journeys: [{stages: {looking: {time: 10m, visits: 1}}}]",
           "journeys: [{stages: {looking: {time: 10m, visits: 2}}}]",
           "9: journey visits-1: stages.looking.visits | 2 | 1"),
        Of("TooFew", "journeys: [{family: visits}]", "journeys: []",
           "9: journeys | 0 journeys | 1:\njourney visits-1, stage buying, status OPEN"),
        Of("Profile", "profile: {first_seen: a, consent: ~}", "profile: {first_seen: b}",
           "9: profile: first_seen | 2024-03-01T09:10:00Z | 2024-03-01T09:00:00Z"),
        Of("OpenSession", "open_session: none", "open_session: {interactions: 2}",
           "9: open_session | interactions 2 | none"),
        Of("Customer", "customer: d, steps: []", "customer: d, steps: [{id: a}]",
           "9: steps | a (in this order) | no steps")),
    [](const auto& each) { return each.param.name; });

TEST(Expectation, OneJourneyTooManyIsNamed) {
  EXPECT_THAT(FailuresOf(Expect("journeys: [{stage: buying}, {stage: looking}]")),
              ElementsAre("9: journeys | stage looking | no journey that is left",
                          HasSubstr("9: journeys | 2 journeys | 1:")));
}

TEST(Expectation, ASessionThatIsOpenIsNotNone) {
  const std::string yaml = R"(tests:
  - name: open
    customer: c
    interactions: [{id: a, at: 2024-03-01, channel: web, action: look}]
    expect: {open_session: none}
  - name: another
    customer: c
    interactions: [{id: a, at: 2024-03-01, channel: web, action: look}]
    expect: {open_session: {interactions: 2, start: a}}
)";
  EXPECT_THAT(ScenarioRuns(yaml).failures(),
              ElementsAre(HasSubstr("5: open_session | none | interactions 1"),
                          "9: open_session: interactions | 2 | 1"));
}

TEST(Expectation, OnlyAllRefusesEverySignal) {
  EXPECT_THAT(FailuresOf(Expect("only: all")),
              ElementsAre(HasSubstr("9: only | no signals but those listed | ")));
}

TEST(Expectation, DeadLettersAndDuplicatesAreExact) {
  const std::string yaml = R"(tests:
  - name: refused
    customer: c
    interactions:
      - {id: a, at: 2024-03-01T09:00Z, channel: web, action: look}
      - {id: a, at: 2024-03-01T09:00Z, channel: web, action: look}
      - {id: z, at: 2034-03-01T09:00Z, channel: web, action: look}
    now: a
    duplicates: 1
    dead_letters: [{id: z, reason: time_in_future}]
  - name: other than expected
    customer: c
    interactions:
      - {id: a, at: 2024-03-01T09:00Z, channel: web, action: look}
      - {id: z, at: 2034-03-01T09:00Z, channel: web, action: look}
    now: a
    duplicates: 1
    dead_letters: [{id: a, reason: too_large}]
)";
  EXPECT_THAT(
      ScenarioRuns(yaml).failures(),
      ElementsAre("18: dead_letters | id a, reason too_large | no such dead letter",
                  HasSubstr("11: dead_letters | none but those listed | id z, detail time 2034"),
                  "11: duplicates | 1 | 0"));
}

TEST(Expectation, AMomentLooksAtWhatHasComeOutSoFar) {
  const std::string yaml = R"(tests:
  - name: moments
    customer: c
    interactions:
      - {id: a, at: 2024-03-01T09:00Z, channel: web, action: look}
      - {now: a+1h, expect: {no_signals: [ABANDONED], steps: [{id: a}]}}
      - {now: a+3h, expect: {signals: [{kind: ABANDONED}]}}
      - {now: a+3h, expect: {no_signals: [ABANDONED]}}
      - {id: b, at: a+90m, channel: web, action: look}
    expect: {no_signals: [ABANDONED]}
)";
  EXPECT_THAT(ScenarioRuns(yaml).failures(),
              ElementsAre(HasSubstr("8: no_signals | none with kind ABANDONED")));
}

}  // namespace
}  // namespace waymark::test
