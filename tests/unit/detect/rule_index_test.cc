#include "detect/rule_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waymark::detect {
namespace {

using model::Condition;
using Kind = model::Condition::Kind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Condition Action(std::vector<std::string> values) {
  Condition condition;
  condition.kind = Kind::kIn;
  condition.field = {model::Field::kAction, {}};
  condition.values = std::move(values);
  return condition;
}

Condition Channel() {
  Condition condition = Action({"web"});
  condition.field = {model::Field::kChannel, {}};
  return condition;
}

Condition Group(Kind kind, std::vector<Condition> children) {
  Condition condition;
  condition.kind = kind;
  condition.children = std::move(children);
  return condition;
}

RuleIndex IndexOf(const std::vector<Condition>& conditions) {
  std::vector<Predicate> rules;
  for (const Condition& condition : conditions)
    rules.emplace_back(condition, std::vector<model::Stage>());
  return RuleIndex(rules);
}

TEST(RuleIndex, GivesTheRulesOfAnActionInTheirOrder) {
  const RuleIndex index = IndexOf({Action({"buy"}), Channel(), Action({"view", "buy"})});
  EXPECT_THAT(index.Candidates("buy"), ElementsAre(0, 1, 2));
  EXPECT_THAT(index.Candidates("view"), ElementsAre(1, 2));
  EXPECT_THAT(index.Candidates("use"), ElementsAre(1));
}

TEST(RuleIndex, AnEmptyIndexHasNoCandidates) {
  EXPECT_THAT(RuleIndex().Candidates("buy"), IsEmpty());
  EXPECT_THAT(IndexOf({Action({"buy"})}).Candidates("view"), IsEmpty());
}

TEST(RuleIndex, AllNeedsTheActionsOfOneChild) {
  const RuleIndex index = IndexOf({Group(Kind::kAll, {Channel(), Action({"buy"})})});
  EXPECT_THAT(index.Candidates("buy"), ElementsAre(0));
  EXPECT_THAT(index.Candidates("view"), IsEmpty());
}

TEST(RuleIndex, AnyNeedsTheActionsOfEveryChild) {
  const RuleIndex index = IndexOf({Group(Kind::kAny, {Action({"buy"}), Action({"view"})}),
                                   Group(Kind::kAny, {Action({"buy"}), Channel()})});
  EXPECT_THAT(index.Candidates("buy"), ElementsAre(0, 1));
  EXPECT_THAT(index.Candidates("view"), ElementsAre(0, 1));
  EXPECT_THAT(index.Candidates("use"), ElementsAre(1));
}

TEST(RuleIndex, NegationMayHoldForAnyAction) {
  const RuleIndex index = IndexOf({Group(Kind::kNot, {Action({"buy"})})});
  EXPECT_THAT(index.Candidates("view"), ElementsAre(0));
}

TEST(RuleIndex, AnActionNamedTwiceIsOneCandidate) {
  const RuleIndex index = IndexOf({Group(Kind::kAny, {Action({"buy"}), Action({"buy"})})});
  EXPECT_THAT(index.Candidates("buy"), ElementsAre(0));
}

}  // namespace
}  // namespace waymark::detect
