#include "scenario/name_check.h"

#include <gmock/gmock.h>

#include "unit/scenario/scenario_runs.h"

namespace waymark::scenario {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kCustomer = R"(
customer: c
waits:
  - {name: unanswered, when: {action: ask}, until: {kind: STAFF}, within: 1h}
  - {name: onboarding, kind: LIFECYCLE, when: {action: order}, until: {action: login}, within: 2h,
     completed: onboarded}
dates: [{name: birthday, attribute: birthday, every: year}]
)";

// What is said of these names, as rows of `no_signals` at line 6, then of a moment.
std::vector<std::string> FaultsOf(const std::string& rows) {
  const model::ModelSet customer = model::ParseModel(kCustomer, "customer.yaml");
  EXPECT_TRUE(customer.faults.empty());
  const journey::CompiledModels models(model::ParseModel(test::kTwoStages, "model.yaml").models,
                                       customer.customer);
  const TestFile file = test::ParseGood(R"(models: m
tests:
  - name: t
    customer: ann
    interactions: [{id: a, at: "2024-03-01T09:00:00Z", channel: web, action: view}]
    expect: {no_signals: [)" + rows + "]}\n");
  std::vector<model::Fault> faults;
  CheckNames(file, models, faults);
  std::vector<std::string> texts;
  for (const model::Fault& fault : faults) texts.push_back(fault.text());
  return texts;
}

TEST(NameCheck, NamesThatTheModelsGiveAreFine) {
  for (const char* row :
       {"IRRITATION", "{name: unhappy}", "{kind: IRRITATION, name: unhappy}", "{name: looking}",
        "{kind: STAGE_ENTERED, name: looking}", "{kind: STAGE_LEFT, stage: buying}",
        "{previous_stage: looking}", "{family: visits, model: short}",
        "{kind: NEGLECTED, name: unanswered}", "{kind: LIFECYCLE, name: onboarding}",
        "{kind: LIFECYCLE, name: onboarded}", "{kind: LIFECYCLE, name: birthday}",
        "{kind: LIFECYCLE, name: expired}", "{kind: LIFECYCLE, name: repurchase}",
        "{kind: TARGET_MISSED, name: duration}", "{kind: REACTIVATED, name: reopened}",
        "{kind: FIRST_TOUCH, name: pigeon}", "{kind: HANDOVER, name: Marketing to Sales}",
        "{kind: ABANDONED, name: ~}"}) {
    EXPECT_THAT(FaultsOf(row), ElementsAre()) << row;
  }
}

TEST(NameCheck, OthersAreFaultsAtTheirPlace) {
  EXPECT_THAT(FaultsOf("{name: unhapy}"),
              ElementsAre(HasSubstr("t.test.yaml:6:28: unknown signal name 'unhapy' (hint: did you "
                                    "mean 'unhappy'?)")));
  EXPECT_THAT(FaultsOf("{kind: ABANDONED, name: unhappy}"),
              ElementsAre(HasSubstr("unknown name of a signal of this kind 'unhappy'")));
  EXPECT_THAT(FaultsOf("{kind: STAGE_ENTERED, stage: byuing, model: long, family: visit}"),
              ElementsAre(HasSubstr("unknown stage 'byuing' (hint: did you mean 'buying'?)"),
                          HasSubstr("unknown model 'long'"), HasSubstr("unknown family 'visit'")));
  EXPECT_THAT(FaultsOf("IRRITATION, {previous_stage: none}"),
              ElementsAre(HasSubstr("unknown stage 'none'")));
}

TEST(NameCheck, MomentsAreLookedAtToo) {
  const journey::CompiledModels models(model::ParseModel(test::kTwoStages, "model.yaml").models);
  const TestFile file = test::ParseGood(R"(models: m
tests:
  - name: t
    customer: ann
    interactions:
      - {id: a, at: "2024-03-01T09:00:00Z", channel: web, action: view}
      - {now: a+1h, expect: {no_signals: [{name: unhapy}]}}
)");
  std::vector<model::Fault> faults;
  CheckNames(file, models, faults);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].place.line, 7);
}

}  // namespace
}  // namespace waymark::scenario
