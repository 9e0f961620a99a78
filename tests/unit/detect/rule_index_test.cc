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
  const std::vector<model::Stage> stages;
  const std::vector<model::Detector> detectors;
  for (const Condition& condition : conditions) {
    rules.emplace_back(condition, Names{stages, detectors});
  }
  return RuleIndex(rules);
}

std::vector<uint32_t> Candidates(const RuleIndex& index, std::string_view action,
                                 std::string_view channel = "web") {
  std::vector<uint32_t> found;
  index.ForEachCandidate(RuleKey(action, channel), [&](uint32_t rule) {
    found.push_back(rule);
    return false;
  });
  return found;
}

TEST(RuleIndex, GivesTheRulesOfAnActionInTheirOrder) {
  const RuleIndex index = IndexOf({Action({"buy"}), Channel(), Action({"view", "buy"})});
  EXPECT_THAT(Candidates(index, "buy"), ElementsAre(0, 1, 2));
  EXPECT_THAT(Candidates(index, "view"), ElementsAre(1, 2));
  EXPECT_THAT(Candidates(index, "use"), ElementsAre(1));
}

TEST(RuleIndex, ChannelsTellRulesApartToo) {
  const RuleIndex index = IndexOf({Channel(), Group(Kind::kAll, {Channel(), Action({"buy"})}),
                                   Action({"buy"}), Condition()});
  EXPECT_THAT(Candidates(index, "buy"), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(Candidates(index, "buy", "app"), ElementsAre(2, 3));
  EXPECT_THAT(Candidates(index, "view"), ElementsAre(0, 3));
  EXPECT_THAT(Candidates(index, "view", "app"), ElementsAre(3));
}

TEST(RuleIndex, StopsWhereItIsToldTo) {
  int visited = 0;
  IndexOf({Condition(), Condition()}).ForEachCandidate(RuleKey("a", "b"), [&](uint32_t) {
    return ++visited == 1;
  });
  EXPECT_EQ(visited, 1);
}

TEST(RuleIndex, AnEmptyIndexHasNoCandidates) {
  EXPECT_THAT(Candidates(RuleIndex(), "buy"), IsEmpty());
  EXPECT_THAT(Candidates(IndexOf({Action({"buy"})}), "view"), IsEmpty());
}

TEST(RuleIndex, AllNeedsTheActionsOfOneChild) {
  const RuleIndex index = IndexOf({Group(Kind::kAll, {Channel(), Action({"buy"})})});
  EXPECT_THAT(Candidates(index, "buy"), ElementsAre(0));
  EXPECT_THAT(Candidates(index, "view"), IsEmpty());
}

TEST(RuleIndex, AnyNeedsTheActionsOfEveryChild) {
  const RuleIndex index = IndexOf({Group(Kind::kAny, {Action({"buy"}), Action({"view"})}),
                                   Group(Kind::kAny, {Action({"buy"}), Channel()})});
  EXPECT_THAT(Candidates(index, "buy"), ElementsAre(0, 1));
  EXPECT_THAT(Candidates(index, "view"), ElementsAre(0, 1));
  EXPECT_THAT(Candidates(index, "use"), ElementsAre(1));
}

TEST(RuleIndex, NegationMayHoldForAnyAction) {
  const RuleIndex index = IndexOf({Group(Kind::kNot, {Action({"buy"})})});
  EXPECT_THAT(Candidates(index, "view"), ElementsAre(0));
}

TEST(RuleIndex, AnActionNamedTwiceIsOneCandidate) {
  const RuleIndex index = IndexOf({Group(Kind::kAny, {Action({"buy"}), Action({"buy"})})});
  EXPECT_THAT(Candidates(index, "buy"), ElementsAre(0));
}

}  // namespace
}  // namespace waymark::detect
