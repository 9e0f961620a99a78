// Detectors as a model file states them, over one journey.
#include "detect/detectors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "model/journey_model.h"

namespace waymark::detect {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

base::Timestamp Minute(double minute) {
  return base::Timestamp{static_cast<int64_t>(minute * 60'000)};
}

// One journey: its interactions are given as "action product", at a minute; each is named after its
// place. What is found is told as "detector@minute: ids".
class Journey {
 public:
  explicit Journey(const std::string& detectors) {
    const std::string yaml = "family: f\nmodel: m\nstages:\n"
                             "  - {name: look, enter: {action: view}, stations: "
                             "[{name: list, when: {touchpoint: list}}]}\n"
                             "  - {name: buy, enter: {action: order}}\n" + detectors;
    model::ModelSet set = model::ParseModel(yaml, "test");
    for (const model::Fault& fault : set.faults) ADD_FAILURE() << fault.text();
    if (set.models.empty()) return;
    model_ = std::move(set.models[0]);
    names_.emplace(Names{model_.stages, model_.detectors});
    detectors_ = Detectors(model_.detectors, *names_);
  }

  Journey& Take(double minute, std::string action, std::string product = {}) {
    const base::Timestamp time = Minute(minute);
    FireBefore(time);
    model::Interaction& i = interaction_;
    const std::string id = std::to_string(++taken_);
    i.id = id;
    i.channel = "web";
    i.action = action;
    i.product = product;
    facts_ = {&i, time, nullptr, &journey_};
    journey_.relevant = relevant_;
    std::vector<Finding> findings;
    std::vector<uint32_t> detected;
    detectors_.Take(facts_, RuleKey(i.action, i.channel), state_, findings, detected);
    for (const Finding& finding : findings) Tell(finding, time);
    position_.last_activity = time;
    last_id_ = id;
    if (action == "view") position_.stage = 0;
    if (action == "order") position_.stage = 1;
    journey_.stage = position_.stage;
    detectors_.Place(position_, time, state_);
    return *this;
  }
  Journey& FireBefore(base::Timestamp limit) {
    for (;;) {
      const base::Timestamp due = detectors_.NextDue(state_, position_);
      if (due >= limit || position_.last_activity == base::Timestamp()) return *this;
      facts_ = {&NoInteraction(), due, nullptr, &journey_};
      const auto finding = detectors_.Fire(due, facts_, position_, last_id_, state_);
      if (finding) Tell(*finding, due);
    }
  }
  Journey& Until(double minute) { return FireBefore(Minute(minute)); }
  Journey& Relevant(size_t size) {
    relevant_ = size;
    return *this;
  }

  const std::vector<std::string>& found() const { return found_; }
  const DetectorState& state() const { return state_; }

 private:
  void Tell(const Finding& finding, base::Timestamp time) {
    std::ostringstream text;
    text << model_.detectors[finding.detector].name << "@"
         << static_cast<double>(time.ms) / 60'000 << ":";
    for (const std::string& id : finding.evidence) text << " " << id;
    found_.push_back(text.str());
  }

  model::JourneyModel model_;
  std::optional<Names> names_;
  Detectors detectors_;
  DetectorState state_;
  Position position_;
  model::Interaction interaction_;
  JourneyFacts journey_;
  Facts facts_;
  size_t relevant_ = 0;
  int taken_ = 0;
  std::string last_id_;
  std::vector<std::string> found_;
};

std::string Sequence(const std::string& parts, const std::string& more = {}) {
  return "detectors:\n  - {name: d, sequence: [" + parts + "]" + more + "}\n";
}

TEST(Detectors, PartsMayLieApart) {
  Journey journey(Sequence("{when: {action: view}}, {when: {action: order}}"));
  journey.Take(1, "view").Take(2, "read").Take(3, "order").Take(4, "order");
  EXPECT_THAT(journey.found(), ElementsAre("d@3: 1 3"));
  EXPECT_TRUE(journey.state().matches.empty());
}

TEST(Detectors, DirectlyLetsNothingLieBetween) {
  const std::string parts = "{when: {action: view}}, {when: {action: order}, follows: directly}";
  EXPECT_THAT(Journey(Sequence(parts)).Take(1, "view").Take(2, "read").Take(3, "order").found(),
              IsEmpty());
  EXPECT_THAT(Journey(Sequence(parts)).Take(1, "view").Take(2, "view").Take(3, "order").found(),
              ElementsAre("d@3: 2 3"));
}

TEST(Detectors, WithinIsCountedFromTheFirstPartAndExclusive) {
  const std::string detectors =
      Sequence("{when: {action: view}}, {when: {action: order}}", ", within: 10m");
  EXPECT_THAT(Journey(detectors).Take(0, "view").Take(9.99, "order").found(),
              ElementsAre("d@9.99: 1 2"));
  EXPECT_THAT(Journey(detectors).Take(0, "view").Take(10, "order").found(), IsEmpty());
  EXPECT_THAT(Journey(detectors).Take(0, "view").Take(5, "view").Take(10, "order").found(),
              ElementsAre("d@10: 2 3"))
      << "a later one is still in time";
}

TEST(Detectors, PartsMayRepeatOrBeMissing) {
  const std::string repeated =
      Sequence("{when: {action: view}, times: {at_least: 2, at_most: 3}}, {when: {action: order}}");
  EXPECT_THAT(Journey(repeated).Take(1, "view").Take(2, "order").found(), IsEmpty());
  EXPECT_THAT(Journey(repeated).Take(1, "view").Take(2, "view").Take(3, "order").found(),
              ElementsAre("d@3: 1 2 3"));
  const std::string optional =
      Sequence("{when: {action: view}}, {when: {action: read}, optional: true}, "
               "{when: {action: order}}");
  EXPECT_THAT(Journey(optional).Take(1, "view").Take(2, "order").found(), ElementsAre("d@2: 1 2"));
  EXPECT_THAT(Journey(optional).Take(1, "view").Take(2, "read").Take(3, "order").found(),
              ElementsAre("d@3: 1 2 3"));
}

TEST(Detectors, WhatRepeatsIsFoundAtTheLastTimeAsked) {
  const std::string detectors = Sequence("{when: {action: read}, times: 3}", ", within: 10m");
  Journey journey(detectors);
  for (int i = 1; i <= 7; ++i) journey.Take(i, "read");
  EXPECT_THAT(journey.found(), ElementsAre("d@3: 1 2 3", "d@6: 4 5 6"));
}

TEST(Detectors, OverlappingOnesGoOn) {
  const std::string detectors =
      Sequence("{when: {action: read}, times: 3}", ", within: 10m, overlapping: true");
  Journey journey(detectors);
  for (int i = 1; i <= 5; ++i) journey.Take(i, "read");
  EXPECT_THAT(journey.found(), ElementsAre("d@3: 1 2 3", "d@4: 2 3 4", "d@5: 3 4 5"));
}

TEST(Detectors, AnyTakesLaterOnesToo) {
  const std::string detectors = Sequence(
      "{when: {action: view}}, {when: {action: read}, follows: any}, "
      "{when: {product: X, action: order}, follows: directly}");
  // Read 2 is passed over for read 3, which the order follows directly.
  EXPECT_THAT(Journey(detectors).Take(1, "view").Take(2, "read").Take(3, "read")
                  .Take(4, "order", "X").found(),
              ElementsAre("d@4: 1 3 4"));
}

TEST(Detectors, WhatMustNotComeBetweenEndsIt) {
  const std::string detectors =
      Sequence("{when: {action: view}}, {absent: {action: ask}}, {when: {action: order}}");
  EXPECT_THAT(Journey(detectors).Take(1, "view").Take(2, "read").Take(3, "order").found(),
              ElementsAre("d@3: 1 3"));
  EXPECT_THAT(Journey(detectors).Take(1, "view").Take(2, "ask").Take(3, "order").found(),
              IsEmpty());
}

TEST(Detectors, AbsenceIsAResult) {
  const std::string detectors =
      Sequence("{when: {action: view}}, {when: {action: add}}, {absent: {action: order}}",
               ", within: 10m");
  EXPECT_THAT(Journey(detectors).Take(0, "view").Take(3, "add").Until(11).found(),
              ElementsAre("d@10: 1 2"));
  EXPECT_THAT(Journey(detectors).Take(0, "view").Take(3, "add").Until(10).found(), IsEmpty())
      << "a timer due at d fires before what comes later than d";
  EXPECT_THAT(Journey(detectors).Take(0, "view").Take(3, "add").Take(9, "order").Until(99).found(),
              IsEmpty());
  EXPECT_THAT(Journey(detectors).Take(0, "view").Take(3, "add").Take(10, "order").Until(99).found(),
              ElementsAre("d@10: 1 2"))
      << "the time is over";
}

TEST(Detectors, OfThoseThatWaitTheFirstCounts) {
  const std::string detectors =
      Sequence("{when: {action: ask}}, {absent: {action: answer}}", ", within: 10m");
  EXPECT_THAT(Journey(detectors).Take(0, "ask").Take(4, "ask").Take(8, "ask").Until(99).found(),
              ElementsAre("d@10: 1"));
  EXPECT_THAT(Journey(detectors).Take(0, "ask").Take(4, "answer").Take(8, "ask").Until(99).found(),
              ElementsAre("d@18: 3"));
}

TEST(Detectors, SameTellsMatchesApart) {
  const std::string detectors =
      Sequence("{when: {action: view}}, {when: {action: order}}", ", same: product");
  EXPECT_THAT(Journey(detectors).Take(1, "view", "A").Take(2, "view", "B").Take(3, "order", "B")
                  .Take(4, "order").Take(5, "order", "A").found(),
              ElementsAre("d@3: 2 3", "d@5: 1 5"));
}

TEST(Detectors, MatchesUnderWayAreBounded) {
  const std::string parts = "{when: {action: view}}, {when: {action: order}}";
  Journey journey{Sequence(parts)};
  for (int i = 1; i <= 100; ++i) journey.Take(i, "view");
  EXPECT_EQ(journey.state().matches.size(), kMatchesMax);
  EXPECT_THAT(journey.Take(101, "order").found(), ElementsAre("d@101: 1 101"));
  Journey soon{Sequence(parts, ", within: 5m")};
  for (int i = 1; i <= 100; ++i) soon.Take(i * 0.2, "view");
  EXPECT_THAT(soon.Take(24, "order").found(), ElementsAre("d@24: 96 101"))
      << "the newest are still in time";
}

TEST(Detectors, EvidenceIsBounded) {
  Journey journey(Sequence("{when: {action: view}, times: {at_least: 100}}"));
  for (int i = 1; i <= 100; ++i) journey.Take(i, "view");
  ASSERT_EQ(journey.found().size(), 1U);
  const std::string& found = journey.found()[0];
  EXPECT_EQ(std::count(found.begin(), found.end(), ' '), int64_t{kEvidenceMax});
  EXPECT_THAT(found, testing::StartsWith("d@100: 1 2 3 "));
  EXPECT_THAT(found, testing::EndsWith(" 99 100"));
}

TEST(Detectors, SilenceIsFoundOnceUntilSomethingComes) {
  Journey journey("detectors:\n  - {name: quiet, silence: 1h}\n"
                  "  - {name: hesitant, silence: 30m, in: look}\n"
                  "  - {name: never, silence: 10m, while: {stage: buy}}\n");
  journey.Take(1, "view").Until(200);
  EXPECT_THAT(journey.found(), ElementsAre("hesitant@31: 1", "quiet@61: 1"));
  journey.Take(200, "order").Until(999);
  EXPECT_THAT(journey.found(), ElementsAre("hesitant@31: 1", "quiet@61: 1", "never@210: 2",
                                           "quiet@260: 2"));
}

TEST(Detectors, AStayIsCountedFromItsBeginning) {
  Journey journey("detectors:\n  - {name: long, stay: 1h, in: [look]}\n");
  journey.Take(1, "view").Take(50, "view").Until(61.5);
  EXPECT_THAT(journey.found(), ElementsAre("long@61: 2"));
  journey.Take(70, "view").Take(80, "order").Take(90, "view").Until(999);
  EXPECT_THAT(journey.found(), ElementsAre("long@61: 2", "long@150: 5"));
}

TEST(Detectors, BackAndForthIsABounce) {
  const std::string detectors =
      "detectors:\n  - {name: torn, bounce: {between: product, times: 2}, within: 10m}\n";
  EXPECT_THAT(Journey(detectors).Take(1, "view", "A").Take(2, "view", "B").Take(3, "view", "B")
                  .Take(4, "view", "A").Take(5, "view").Take(6, "view", "B").found(),
              ElementsAre("torn@6: 1 2 4 6"));
  EXPECT_THAT(Journey(detectors).Take(1, "view", "A").Take(2, "view", "B").Take(3, "view", "C")
                  .Take(4, "view", "B").Take(5, "view", "A").found(),
              IsEmpty())
      << "B, C, B is one return; A is none";
  EXPECT_THAT(Journey(detectors).Take(1, "view", "A").Take(2, "view", "B").Take(9, "view", "A")
                  .Take(11, "view", "B").found(),
              IsEmpty())
      << "not within the time";
}

TEST(Detectors, NarrowingNeedsAWideSetFirst) {
  Journey journey("detectors:\n  - {name: narrowed, narrowing: {from: 4, to: 2}}\n");
  journey.Relevant(2).Take(1, "view").Relevant(4).Take(2, "view").Relevant(3).Take(3, "view");
  EXPECT_THAT(journey.found(), IsEmpty());
  journey.Relevant(2).Take(4, "view").Relevant(1).Take(5, "view");
  EXPECT_THAT(journey.found(), ElementsAre("narrowed@4: 4"));
}

TEST(Detectors, OneMayAskForAnother) {
  Journey journey("detectors:\n"
                  "  - {name: twice, sequence: [{when: {action: read}, times: 2}]}\n"
                  "  - {name: twice-at-shop, when: {detected: twice, channel: web}}\n"
                  "  - {name: again, sequence: [{when: {detected: twice}, times: 2}]}\n");
  for (int i = 1; i <= 4; ++i) journey.Take(i, "read");
  EXPECT_THAT(journey.found(), ElementsAre("twice@2: 1 2", "twice-at-shop@2: 2", "twice@4: 3 4",
                                           "twice-at-shop@4: 4", "again@4: 2 4"));
}

}  // namespace
}  // namespace waymark::detect
