#include "model/target_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace waymark::model {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kCustomer = R"(
customer: c
target_groups:
  - {name: young-adults, important: true, personas: [student, trainee]}
  - {name: seniors}
)";

// What the customer file and one model more give: the text after `model:`.
std::vector<std::string> Lacking(const std::string& more, std::string_view customer = kCustomer) {
  ModelSet set = ParseModel(customer, "customer.yaml");
  for (const std::string& text :
       {std::string("all\n"), more}) {
    ModelSet one = ParseModel("family: f\nstages: [{name: s}]\nmodel: " + text, "m.yaml");
    for (const Fault& fault : one.faults) ADD_FAILURE() << fault.text();
    for (JourneyModel& model : one.models) set.models.push_back(std::move(model));
  }
  for (const Fault& fault : set.faults) ADD_FAILURE() << fault.text();
  std::vector<std::string> out;
  for (const Fault& fault : CheckTargetGroups(set)) out.push_back(fault.text());
  return out;
}

TEST(TargetGroups, AModelForEverybodyIsNobodysOwn) {
  EXPECT_THAT(Lacking("other\npriority: 1\n"),
              ElementsAre(AllOf(HasSubstr("customer.yaml:4:12"), HasSubstr("'young-adults'"),
                                HasSubstr("{target_group: young-adults}"))));
}

TEST(TargetGroups, AScopeThatAsksForTheGroupIsItsOwn) {
  for (const char* scope :
       {"{target_group: young-adults}", "{target_group: [a, young-adults], business: b2c}",
        "{target_group: {prefix: young}}", "{persona: trainee}",
        "{any: [{persona: [x, student]}, {target_group: [a]}]}",
        "{profile.target_group: young-adults, persona: student}"}) {
    EXPECT_THAT(Lacking(std::string("own\nscope: ") + scope + "\n"), IsEmpty()) << scope;
  }
}

TEST(TargetGroups, AScopeThatAsksForOthersIsNot) {
  for (const char* scope :
       {"{target_group: seniors}", "{persona: retired}", "{target_group: {not: [seniors]}}",
        "{campaign: spring}", "{business: b2b}", "{target_group: {prefix: old}}",
        "{any: [{persona: student}, {campaign: spring}]}",
        "{target_group: seniors, persona: student}"}) {
    EXPECT_THAT(Lacking(std::string("own\nscope: ") + scope + "\n"), testing::SizeIs(1)) << scope;
  }
}

TEST(TargetGroups, AModelDrawnForAPersonaOfTheGroupIsItsOwn) {
  const std::string persona = "personas: [{name: x, target_group: young-adults}]\n";
  EXPECT_THAT(Lacking("own\nscope: {campaign: spring}\n" + persona), IsEmpty());
  EXPECT_THAT(Lacking("own\npersonas: [{name: student}]\nscope: {campaign: spring}\n"),
              IsEmpty()) << "by the customer file it is one";
  EXPECT_THAT(Lacking("own\npriority: 1\n" + persona), testing::SizeIs(1))
      << "it is for everybody";
  EXPECT_THAT(Lacking("own\nscope: {target_group: seniors}\n" + persona), testing::SizeIs(1))
      << "it refuses the group";
  // Named by a model alone, a persona counts for the group in every model.
  EXPECT_THAT(Lacking("own\nscope: {persona: x}\n" + persona), IsEmpty());
}

TEST(TargetGroups, OnlyImportantOnesAreAskedFor) {
  EXPECT_THAT(Lacking("other\npriority: 1\n", "customer: c\ntarget_groups: [{name: a}]\n"),
              IsEmpty());
  EXPECT_THAT(Lacking("other\npriority: 1\n", "customer: c\n"), IsEmpty());
}

TEST(TargetGroups, BadOnesAreRefused) {
  const ModelSet set = ParseModel(
      "customer: c\ntarget_groups: [{name: a}, {name: a}, {important: true}, {name: b, own: 1}]\n",
      "customer.yaml");
  ASSERT_EQ(set.faults.size(), 3U);
  EXPECT_THAT(set.faults[0].message, HasSubstr("'a' stands twice"));
  EXPECT_THAT(set.faults[1].message, HasSubstr("'name'"));
  EXPECT_THAT(set.faults[2].message, HasSubstr("'own'"));
}

}  // namespace
}  // namespace waymark::model
