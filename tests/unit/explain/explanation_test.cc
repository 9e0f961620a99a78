#include "explain/explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <list>
#include <optional>
#include <string>

#include "model/journey_model.h"

namespace waymark::explain {
namespace {

using model::SignalKind;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr int64_t kMinute = 60'000;
constexpr int64_t kNoon = 1'714'737'600'000;  // 3 May 2024, 12:00 UTC

constexpr std::string_view kModel = R"(
family: purchase
model: shop
title: {de: Laden, en: The shop}
personal_channels: [store]
journey: {abandon_after: 20h, lifetime: 3d, ends: [{when: {action: switch}, as: switched}]}
stages:
  - {name: look, enter: {action: view}, targets: {duration: 8h}, organisation: {owner: Marketing}}
  - name: buy
    enter: {any: [{action: order}, {action: add_to_cart}]}
    organisation: {owner: Sales}
  - {name: asleep, enter: {detected: quiet}}
detectors:
  - {name: quiet, silence: 15h}
signals:
  - {name: complained, kind: IRRITATION, when: {action: complain}, once: true}
  - name: came-closer
    sequence:
      - when: {action: view}
        times: {at_least: 2}
      - when: {action: compare}
        optional: true
      - when: {action: order}
  - name: gave-up
    sequence:
      - when: {action: add_to_cart}
      - absent: {action: [order, purchase]}
    within: 2h
  - name: held-on
    sequence:
      - when: {action: use}
      - absent: {action: cancel}
      - when: {action: renew}
      - when: {action: recommend}
  - {name: torn, bounce: {between: touchpoint, times: 2}}
  - {name: stuck, stay: 3h, in: buy}
  - {name: decided, narrowing: {from: 2, to: 1}}
)";

constexpr std::string_view kCustomer = R"(
customer: c
status: {buy: {action: order}, inactive_after: 30h, loyal: {purchases: 2, within: 10d}}
waits:
  - {name: unanswered, when: {action: ask}, until: {kind: STAFF}, within: 1h, completed: answered}
dates: [{name: birthday, attribute: birthday, every: year}]
)";

class ExplanationTest : public ::testing::Test {
 protected:
  void SetUp() override { Use({kModel, kCustomer}); }

  void Use(std::initializer_list<std::string_view> texts) {
    std::vector<model::JourneyModel> parsed;
    std::optional<model::CustomerModel> customer;
    for (const std::string_view text : texts) {
      model::ModelSet set = model::ParseModel(text, "test.yaml");
      for (const model::Fault& fault : set.faults) ADD_FAILURE() << fault.text();
      for (auto& model : set.models) parsed.push_back(std::move(model));
      if (set.customer) customer = std::move(set.customer);
    }
    models_ = std::make_unique<journey::CompiledModels>(parsed, customer);
    fold_ = std::make_unique<journey::Fold>(*models_, journey::FoldSettings());
    floor_ = fold_->Initial("crm:1");
  }

  model::Interaction& At(int64_t minute, std::string_view action) {
    model::Interaction& out = steps_.emplace_back().interaction;
    out.time = kNoon + minute * kMinute;
    out.id = ids_.emplace_back("i" + std::to_string(steps_.size()));
    out.channel = "web";
    out.action = action;
    out.source.system = "shop";
    return out;
  }

  // Explains the last signal of the kind (and name) up to a minute.
  const Explanation& Why(SignalKind kind, int64_t until, std::string_view name = {}) {
    const Timeline timeline{*fold_, floor_, steps_, {kNoon + until * kMinute}};
    std::string id;
    ForEachSignal(timeline, [&](const model::Signal& signal, const model::Step*) {
      if (signal.kind == kind && (name.empty() || signal.name == name)) id = signal.id;
      return true;
    });
    out_ = Explain(timeline, id);
    if (out_ == nullptr) {
      ADD_FAILURE() << "no such signal";
      out_ = std::make_unique<Explanation>();
    }
    return *out_;
  }

  static std::string Says(const Explanation& explanation, std::string_view what) {
    for (const Rule::Line& line : explanation.rule.lines) {
      if (line.what == what) return line.text;
    }
    return "nothing";
  }
  static std::vector<std::string> Parts(const Explanation& explanation) {
    std::vector<std::string> out;
    for (const Evidence& evidence : explanation.evidence) {
      out.push_back(evidence.id + ": " + evidence.part);
    }
    return out;
  }

  std::unique_ptr<journey::CompiledModels> models_;
  std::unique_ptr<journey::Fold> fold_;
  journey::State floor_;
  std::list<std::string> ids_;
  std::vector<model::Step> steps_;
  std::unique_ptr<Explanation> out_;
};

TEST_F(ExplanationTest, AStageIsEnteredForWhatTheCustomerDid) {
  At(0, "view").profile = {{"name", "Anna"}};
  At(132, "add_to_cart").touchpoint = "basket";
  const Explanation& why = Why(SignalKind::kStageEntered, 133);
  EXPECT_EQ(why.sentence,
            "Anna (crm:1) moved from the stage 'look' to 'buy' of the journey 'The shop' on 3 May "
            "2024 at 14:12 UTC because the customer put something in the cart on the website, at "
            "'basket' (interaction i2).");
  EXPECT_EQ(why.rule.kind, "stage");
  EXPECT_EQ(why.rule.name, "buy");
  EXPECT_EQ(why.rule.file, "test.yaml");
  EXPECT_EQ(why.rule.line, 9);
  EXPECT_EQ(Says(why, "enter"), R"({any: [{action: ["order"]}, {action: ["add_to_cart"]}]})");
  EXPECT_EQ(Says(why, "what held of it"), R"({action: ["add_to_cart"]})");
  ASSERT_EQ(why.evidence.size(), 1U);
  EXPECT_EQ(why.evidence[0].step, &steps_[1]);
  EXPECT_FALSE(why.awaited);
}

TEST_F(ExplanationTest, AStageIsLeftForAnother) {
  At(0, "view");
  At(90, "order");
  const Explanation& why = Why(SignalKind::kStageLeft, 91);
  EXPECT_THAT(why.sentence, HasSubstr("left the stage 'look' for 'buy' of the journey 'The shop' "
                                      "after 1 hour and 30 minutes on 3 May 2024 at 13:30 UTC "
                                      "because"));
  EXPECT_EQ(why.rule.name, "buy");
}

TEST_F(ExplanationTest, SilenceMayBringAStage) {
  At(0, "view");
  const Explanation& why = Why(SignalKind::kStageEntered, 15 * 60 + 1);
  EXPECT_THAT(why.sentence, HasSubstr("without any interaction, because time passed after"));
  EXPECT_EQ(why.trace->cause().step, nullptr);
}

TEST_F(ExplanationTest, TheEvidenceOfASequenceNamesItsParts) {
  At(0, "view");
  At(1, "view");
  At(2, "view");
  At(3, "compare");
  At(4, "use");
  At(5, "order");
  const Explanation& why = Why(SignalKind::kCustom, 6, "came-closer");
  EXPECT_THAT(Parts(why), ElementsAre("i1: part 1", "i2: part 1", "i3: part 1", "i4: part 2",
                                      "i6: part 3"));
  EXPECT_EQ(why.rule.kind, "sequence");
  EXPECT_EQ(Says(why, "part 1"), R"({action: ["view"]}, at least 2 times)");
  EXPECT_THAT(why.sentence, HasSubstr("(interaction i4), then the customer ordered something"));
}

TEST_F(ExplanationTest, PartsAreCountedAsTheModelWritesThem) {
  At(0, "use");
  At(1, "renew");
  At(2, "recommend");
  const Explanation& why = Why(SignalKind::kCustom, 3, "held-on");
  EXPECT_THAT(Parts(why), ElementsAre("i1: part 1", "i2: part 3", "i3: part 4"));
  EXPECT_EQ(Says(why, "part 2"), R"(must not come: {action: ["cancel"]})");
}

TEST_F(ExplanationTest, AbsenceTellsWhatWasAwaitedAndUntilWhen) {
  At(0, "add_to_cart").product = "X1";
  const Explanation& why = Why(SignalKind::kCustom, 121, "gave-up");
  EXPECT_EQ(why.rule.kind, "absence");
  EXPECT_THAT(Parts(why), ElementsAre("i1: part 1"));
  ASSERT_TRUE(why.awaited);
  EXPECT_EQ(why.awaited->what, R"({action: ["order", "purchase"]})");
  EXPECT_EQ(why.awaited->since, kNoon);
  EXPECT_EQ(why.awaited->until, kNoon + 120 * kMinute);
  EXPECT_THAT(why.sentence, EndsWith("because the customer put X1 in the cart on the website "
                                     "(interaction i1), and what should have followed within 2 "
                                     "hours did not come."));
}

TEST_F(ExplanationTest, AbandonmentTellsSilenceAndTheLastTouchpoint) {
  At(0, "view").touchpoint = "home";
  const Explanation& why = Why(SignalKind::kAbandoned, 20 * 60 + 1);
  EXPECT_THAT(why.sentence,
              HasSubstr("because nothing was heard for 20 hours after the customer viewed "
                        "something on the website, at 'home' (interaction i1); the last "
                        "touchpoint was 'home'."));
  EXPECT_EQ(Says(why, "abandon after"), "20h");
  ASSERT_TRUE(why.awaited);
  EXPECT_EQ(why.awaited->until - why.awaited->since, 20 * 60 * kMinute);
}

TEST_F(ExplanationTest, ASwitchIsAnEndOfTheModel) {
  At(0, "view");
  At(1, "switch");
  const Explanation& why = Why(SignalKind::kSwitched, 2);
  EXPECT_EQ(why.rule.kind, "end");
  EXPECT_EQ(Says(why, "end when"), R"({action: ["switch"]})");
  EXPECT_THAT(why.sentence, HasSubstr("left for a competitor"));
}

TEST_F(ExplanationTest, ARuleForOneInteractionSaysItsCondition) {
  At(0, "view");
  At(1, "complain");
  const Explanation& why = Why(SignalKind::kIrritation, 2);
  EXPECT_THAT(why.sentence, HasSubstr("Customer crm:1 was irritated ('complained') in the stage "
                                      "'look' of the journey 'The shop' on "));
  EXPECT_EQ(Says(why, "when"), R"({action: ["complain"]})");
  EXPECT_EQ(why.rule.line, 16);
}

TEST_F(ExplanationTest, StayBounceAndNarrowingHaveWordsOfTheirOwn) {
  At(0, "view").touchpoint = "a";
  At(1, "order").touchpoint = "b";
  steps_.back().interaction.product = "X1";
  At(2, "view").touchpoint = "a";
  At(3, "order").touchpoint = "b";
  EXPECT_THAT(Why(SignalKind::kCustom, 4, "torn").sentence, HasSubstr("back and forth 2 times"));
  const Explanation& stay = Why(SignalKind::kCustom, 200, "stuck");
  EXPECT_THAT(stay.sentence, HasSubstr("because the journey stayed there for 3 hours"));
  ASSERT_TRUE(stay.awaited);
  EXPECT_EQ(stay.awaited->since, kNoon + 3 * kMinute);
}

TEST_F(ExplanationTest, AMissedTargetSaysWhatItWas) {
  At(0, "view");
  const Explanation& why = Why(SignalKind::kTargetMissed, 8 * 60 + 1);
  EXPECT_THAT(why.sentence, HasSubstr("the target is to leave it within 8 hours"));
  EXPECT_EQ(why.rule.kind, "target");
  ASSERT_TRUE(why.awaited);
  EXPECT_EQ(why.awaited->since, kNoon);
}

TEST_F(ExplanationTest, HandoverAndPersonalContactTellWhoAndWhatLayBefore) {
  At(0, "view");
  At(30, "order").channel = "store";
  EXPECT_THAT(Why(SignalKind::kHandover, 31).sentence,
              HasSubstr("was handed over from Marketing to Sales in the stage 'buy' of the "
                        "journey 'The shop'"));
  EXPECT_THAT(Why(SignalKind::kFirstPersonalContact, 31).sentence,
              HasSubstr("before it lay 1 interaction in 30 minutes by web"));
}

TEST_F(ExplanationTest, AJourneyThatIsTooOldSaysHowOldOneMayBe) {
  for (int hour = 0; hour < 72; hour += 10) At(hour * 60, "view");
  const Explanation& why = Why(SignalKind::kLifecycle, 72 * 60 + 1, "expired");
  EXPECT_THAT(why.sentence, HasSubstr("came to the end of the time for the journey 'The shop' in "
                                      "the stage 'look' on 6 May 2024 at 12:00 UTC because a "
                                      "journey of this model lasts no longer than 3 days."));
}

TEST_F(ExplanationTest, WhatTheCustomerFileFindsNamesItsRule) {
  At(0, "ask");
  const Explanation& unanswered = Why(SignalKind::kNeglected, 61);
  EXPECT_EQ(unanswered.rule.kind, "wait");
  EXPECT_EQ(unanswered.rule.line, 5);
  ASSERT_TRUE(unanswered.awaited);
  EXPECT_EQ(unanswered.awaited->what, R"({kind: ["STAFF"]})");
  EXPECT_THAT(unanswered.sentence, StartsWith("Customer crm:1 was neglected ('unanswered') on "));
  EXPECT_THAT(Why(SignalKind::kInactive, 30 * 60 + 1).sentence,
              HasSubstr("nothing was heard for 1 day and 6 hours"));
  At(2000, "order").profile = {{"birthday", "--05-05"}};
  At(2100, "order");
  const Explanation& loyal = Why(SignalKind::kLoyal, 2101);
  EXPECT_EQ(Says(loyal, "purchases"), "2");
  EXPECT_THAT(Why(SignalKind::kLifecycle, 2101, "repurchase").sentence, HasSubstr("bought again"));
}

TEST_F(ExplanationTest, WhatNoFileSaysNamesNone) {
  At(0, "view");
  EXPECT_EQ(Why(SignalKind::kFirstTouch, 1).rule.file, "");
  EXPECT_EQ(Says(Why(SignalKind::kSessionStarted, 1), "session.gap"), "30m");
}

TEST_F(ExplanationTest, ASessionEndsInSilenceByLengthOrByAnInteraction) {
  At(0, "view");
  EXPECT_THAT(Why(SignalKind::kSessionClosed, 31).sentence,
              HasSubstr("nothing more came for 30 minutes"));
  Use({kModel, "customer: c\nsessions: {length_max: 20m, start: {action: login}, "
               "end: {action: logout}}\n"});
  const Explanation& length = Why(SignalKind::kSessionClosed, 21);
  EXPECT_THAT(length.sentence, HasSubstr("lasted as long as one may"));
  EXPECT_FALSE(length.awaited);
  At(1, "login");
  EXPECT_THAT(Why(SignalKind::kSessionClosed, 2).sentence,
              HasSubstr("(interaction i2), which begins another"));
  At(2, "logout");
  EXPECT_THAT(Why(SignalKind::kSessionClosed, 3).sentence,
              HasSubstr("(interaction i3), which ends one"));
}

TEST_F(ExplanationTest, AnAnswerIsNoAbsence) {
  At(0, "ask");
  At(10, "reply").kind = model::Kind::kStaff;
  const Explanation& why = Why(SignalKind::kNeglected, 11, "answered");
  EXPECT_FALSE(why.awaited);
  EXPECT_THAT(why.sentence, HasSubstr("was flagged 'answered' on 3 May"));
  ASSERT_EQ(why.evidence.size(), 2U);
}

TEST_F(ExplanationTest, TheFilterTellsItsProbabilities) {
  Use({R"(
family: f
model: m
stages: [{name: early}, {name: late, enter: never}]
filter:
  decides: filter
  symbols: [{name: looks, when: {action: view}}, {name: buys, when: {action: order}}]
  states:
    - {name: e, stage: early, start: 1, emits: {looks: 0.9, buys: 0.1}, next: {e: 0.5, l: 0.5}}
    - {name: l, stage: late, emits: {looks: 0.1, buys: 0.9}}
)"});
  At(0, "view");
  At(1, "order");
  const Explanation& why = Why(SignalKind::kStageEntered, 2);
  EXPECT_EQ(why.rule.kind, "filter");
  ASSERT_EQ(why.trace->cause().before.size(), 1U);
  EXPECT_EQ(why.trace->cause().before[0].first, "early");
  ASSERT_EQ(why.trace->cause().after.size(), 2U);
  EXPECT_EQ(why.trace->cause().after[1].first, "late");
  EXPECT_NEAR(why.trace->cause().after[1].second, 0.9, 0.01);
  EXPECT_THAT(why.sentence, HasSubstr("'late' became the most probable stage (90 %)"));
}

TEST_F(ExplanationTest, AnUnusualTimeBetweenStages) {
  Use({R"(
family: purchase
model: shop
stages: [{name: look, enter: {action: view}}, {name: buy, enter: {action: order}}]
temporal_profile: {zeta: 2.5, pairs: [{from: look, to: buy, mean: 10h, deviation: 90m}]}
)"});
  At(0, "view");
  At(17 * 60, "order");
  const Explanation& why = Why(SignalKind::kCustom, 17 * 60);
  EXPECT_EQ(why.sentence,
            "Customer crm:1 came to the stage 'buy' of the journey 'shop' unusually late on 4 May "
            "2024 at 05:00 UTC because it took 17 hours from the stage 'look', where journeys take "
            "10 hours: 4.666 deviations of 1 hour and 30 minutes longer; at last the customer "
            "ordered something on the website (interaction i2).");
  EXPECT_EQ(why.rule.kind, "temporal-profile");
  EXPECT_EQ(why.rule.line, 5);
  EXPECT_EQ(Says(why, "from"), "look");
  EXPECT_EQ(Says(why, "to"), "buy");
  EXPECT_EQ(Says(why, "mean"), "10h");
  EXPECT_EQ(Says(why, "deviation"), "1h30m");
  EXPECT_EQ(Says(why, "zeta"), "2.5");
  ASSERT_EQ(why.evidence.size(), 2U);
  EXPECT_EQ(why.evidence[0].id, "i1");
}

TEST_F(ExplanationTest, ARestartIsForAnotherVersion) {
  const std::string model = "family: f\nmodel: m\nstages: [{name: s}]\n";
  const std::string next =
      model + "version: 2\neffective_from: 2024-05-03T12:10:00Z\nfate: restart\n";
  Use({model, next});
  At(0, "view");
  EXPECT_THAT(Why(SignalKind::kLifecycle, 11).sentence,
              HasSubstr("was taken out of the journey 'm' in the stage 's' on 3 May 2024 at 12:10 "
                        "UTC because another version of its model took effect."));
  EXPECT_THAT(Why(SignalKind::kJourneyStarted, 11).sentence, HasSubstr("began the journey 'm' on"));
}

TEST_F(ExplanationTest, EvidenceThatWasTrimmedIsSaidToBeSo) {
  At(0, "add_to_cart");
  floor_ = fold_->Initial("crm:1");
  journey::Effects effects;
  fold_->Apply(floor_, steps_[0].interaction, effects);
  steps_.clear();
  const Explanation& why = Why(SignalKind::kCustom, 121, "gave-up");
  ASSERT_EQ(why.evidence.size(), 1U);
  EXPECT_EQ(why.evidence[0].step, nullptr);
  EXPECT_THAT(why.sentence, HasSubstr("interaction i1, which the timeline no longer has"));
}

TEST_F(ExplanationTest, CorrectedStepsCountAsCorrected) {
  At(0, "view");
  At(1, "use");
  steps_.back().corrected = steps_.back().interaction;
  steps_.back().corrected->action = "order";
  EXPECT_THAT(Why(SignalKind::kStageEntered, 2).sentence, HasSubstr("ordered something"));
}

TEST_F(ExplanationTest, AnUnknownSignalIsNone) {
  At(0, "view");
  EXPECT_EQ(Explain({*fold_, floor_, steps_, {kNoon}}, "0"), nullptr);
}

// Every signal that these interactions bring can be told, and leaves nothing open.
TEST_F(ExplanationTest, EverySignalHasASentence) {
  int64_t minute = 0;
  for (const char* action : {"view", "compare", "ask", "add_to_cart", "order", "complain", "view",
                             "order", "use", "switch", "view"}) {
    At(minute += 170, action).profile = {{"persona", action}};
    steps_.back().interaction.channel = minute % 3 == 0 ? "store" : "web";
  }
  const Timeline timeline{*fold_, floor_, steps_, {kNoon + minute * kMinute * 10}};
  std::vector<std::string> ids;
  ForEachSignal(timeline, [&](const model::Signal& signal, const model::Step*) {
    ids.emplace_back(signal.id);
    return true;
  });
  EXPECT_GT(ids.size(), 30U);
  std::vector<std::string> together;
  ExplainEach(timeline, {ids.begin(), ids.end()}, [&](const Explanation& explanation) {
    together.push_back(explanation.sentence);
  });
  std::vector<std::string> apart;
  for (const std::string& id : ids) {
    const auto why = Explain(timeline, id);
    ASSERT_NE(why, nullptr);
    EXPECT_THAT(why->sentence, EndsWith("."));
    EXPECT_THAT(why->sentence, Not(HasSubstr("''")));
    EXPECT_THAT(why->sentence, Not(HasSubstr("  ")));
    EXPECT_NE(why->rule.kind, "") << why->sentence;
    apart.push_back(why->sentence);
  }
  EXPECT_EQ(together, apart);
}

}  // namespace
}  // namespace waymark::explain
