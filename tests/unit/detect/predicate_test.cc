#include "detect/predicate.h"

#include <gtest/gtest.h>

namespace waymark::detect {
namespace {

using model::Condition;
using model::Field;
using Kind = model::Condition::Kind;

Condition Of(Kind kind, Field field, std::vector<std::string> values) {
  Condition condition;
  condition.kind = kind;
  condition.field = {field, {}};
  condition.values = std::move(values);
  return condition;
}

Condition Number(Kind kind, Field field, int64_t bound_micros) {
  Condition condition = Of(kind, field, {});
  condition.bound_micros = bound_micros;
  return condition;
}

Condition Group(Kind kind, std::vector<Condition> children) {
  Condition condition;
  condition.kind = kind;
  condition.children = std::move(children);
  return condition;
}

class PredicateTest : public ::testing::Test {
 protected:
  PredicateTest() {
    stages_.resize(3);
    stages_[0].name = "look";
    stages_[1].name = "buy";
    stages_[2].name = "use";
    interaction_.action = "order";
    interaction_.channel = "web";
    facts_.interaction = &interaction_;
    customer_.attributes = &profile_;
    facts_.customer = &customer_;
    facts_.journey = &journey_;
    journey_.stages = &used_;
  }

  bool Holds(const Condition& condition) const {
    return Predicate(condition, {stages_, detectors_}).Holds(facts_);
  }

  std::vector<model::Stage> stages_;
  std::vector<model::Detector> detectors_;
  model::Interaction interaction_;
  ProfileAttributes profile_;
  CustomerFacts customer_;
  UsedStages used_;
  JourneyFacts journey_;
  Facts facts_;
};

TEST_F(PredicateTest, TheDefaultHoldsAlways) {
  EXPECT_TRUE(Predicate().Holds(facts_));
  EXPECT_TRUE(Holds(Condition()));
}

TEST_F(PredicateTest, InComparesWholeTexts) {
  EXPECT_TRUE(Holds(Of(Kind::kIn, Field::kAction, {"view", "order"})));
  EXPECT_FALSE(Holds(Of(Kind::kIn, Field::kAction, {"view", "orders", "Order"})));
  EXPECT_FALSE(Holds(Of(Kind::kIn, Field::kAction, {})));
}

TEST_F(PredicateTest, InFindsAmongManyUnsortedValues) {
  std::vector<std::string> values;
  for (char c = 'z'; c >= 'a'; --c) values.push_back(std::string(1, c));
  EXPECT_FALSE(Holds(Of(Kind::kIn, Field::kAction, values)));
  values.push_back("order");
  EXPECT_TRUE(Holds(Of(Kind::kIn, Field::kAction, values)));
}

TEST_F(PredicateTest, PrefixAndContains) {
  interaction_.campaign = "spring-sale";
  EXPECT_TRUE(Holds(Of(Kind::kPrefix, Field::kCampaign, {"winter", "spring-"})));
  EXPECT_FALSE(Holds(Of(Kind::kPrefix, Field::kCampaign, {"sale", "Spring"})));
  EXPECT_TRUE(Holds(Of(Kind::kContains, Field::kCampaign, {"G-SA"})));
  EXPECT_FALSE(Holds(Of(Kind::kContains, Field::kCampaign, {"sales"})));
  EXPECT_FALSE(Holds(Of(Kind::kContains, Field::kProduct, {"a"})));
}

TEST_F(PredicateTest, ExistsLooksAtTextsNumbersAndStages) {
  EXPECT_TRUE(Holds(Of(Kind::kExists, Field::kChannel, {})));
  EXPECT_FALSE(Holds(Of(Kind::kExists, Field::kProduct, {})));
  EXPECT_FALSE(Holds(Of(Kind::kExists, Field::kValue, {})));
  interaction_.value_micros = 0;
  EXPECT_TRUE(Holds(Of(Kind::kExists, Field::kValue, {})));
  EXPECT_FALSE(Holds(Of(Kind::kExists, Field::kStage, {})));
  journey_.stage = 0;
  EXPECT_TRUE(Holds(Of(Kind::kExists, Field::kStage, {})));
  EXPECT_FALSE(Holds(Of(Kind::kExists, Field::kVisited, {})));
  used_.CountsOf(1).satisfaction_count = 1;
  EXPECT_FALSE(Holds(Of(Kind::kExists, Field::kVisited, {}))) << "rated, but never entered";
  used_.Use(1).visited = true;
  EXPECT_TRUE(Holds(Of(Kind::kExists, Field::kVisited, {})));
}

TEST_F(PredicateTest, BoundsAreExact) {
  interaction_.value_micros = 19'990'000;
  EXPECT_TRUE(Holds(Number(Kind::kAtLeast, Field::kValue, 19'990'000)));
  EXPECT_FALSE(Holds(Number(Kind::kAtLeast, Field::kValue, 19'990'001)));
  EXPECT_TRUE(Holds(Number(Kind::kAtMost, Field::kValue, 19'990'000)));
  EXPECT_FALSE(Holds(Number(Kind::kAtMost, Field::kValue, 19'989'999)));
  EXPECT_FALSE(Holds(Number(Kind::kMoreThan, Field::kValue, 19'990'000)));
  EXPECT_TRUE(Holds(Number(Kind::kMoreThan, Field::kValue, 19'989'999)));
  EXPECT_FALSE(Holds(Number(Kind::kLessThan, Field::kValue, 19'990'000)));
  EXPECT_TRUE(Holds(Number(Kind::kLessThan, Field::kValue, 19'990'001)));
}

TEST_F(PredicateTest, AnAbsentNumberSatisfiesNoBound) {
  for (const Kind kind : {Kind::kAtLeast, Kind::kAtMost, Kind::kMoreThan, Kind::kLessThan}) {
    EXPECT_FALSE(Holds(Number(kind, Field::kNps, 0)));
  }
  interaction_.rating.emplace().emotion = -2;
  EXPECT_FALSE(Holds(Number(Kind::kAtMost, Field::kNps, 10'000'000)));
  EXPECT_TRUE(Holds(Number(Kind::kAtMost, Field::kEmotion, -2'000'000)));
}

TEST_F(PredicateTest, InteractionsCountsThoseBefore) {
  journey_.interactions = 3;
  EXPECT_TRUE(Holds(Number(Kind::kAtLeast, Field::kInteractions, 3'000'000)));
  EXPECT_FALSE(Holds(Number(Kind::kMoreThan, Field::kInteractions, 3'000'000)));
}

TEST_F(PredicateTest, GroupsAndNegation) {
  const Condition yes = Of(Kind::kIn, Field::kAction, {"order"});
  const Condition no = Of(Kind::kIn, Field::kAction, {"view"});
  EXPECT_TRUE(Holds(Group(Kind::kAll, {yes, yes})));
  EXPECT_FALSE(Holds(Group(Kind::kAll, {yes, no})));
  EXPECT_TRUE(Holds(Group(Kind::kAll, {})));
  EXPECT_TRUE(Holds(Group(Kind::kAny, {no, yes})));
  EXPECT_FALSE(Holds(Group(Kind::kAny, {no, no})));
  EXPECT_FALSE(Holds(Group(Kind::kAny, {})));
  EXPECT_TRUE(Holds(Group(Kind::kNot, {no})));
  EXPECT_FALSE(Holds(Group(Kind::kNot, {Group(Kind::kAny, {no, Group(Kind::kAll, {yes})})})));
}

TEST_F(PredicateTest, StagesAreFoundByName) {
  EXPECT_FALSE(Holds(Of(Kind::kIn, Field::kStage, {"look", "buy", "use"})));
  journey_.stage = 1;
  EXPECT_TRUE(Holds(Of(Kind::kIn, Field::kStage, {"look", "buy"})));
  EXPECT_FALSE(Holds(Of(Kind::kIn, Field::kStage, {"look", "use", "nowhere"})));
  EXPECT_FALSE(Holds(Of(Kind::kIn, Field::kVisited, {"use"})));
  used_.Use(1).visited = true;
  used_.Use(0).visited = true;
  EXPECT_TRUE(Holds(Of(Kind::kIn, Field::kVisited, {"use", "look"})));
  EXPECT_FALSE(Holds(Of(Kind::kIn, Field::kVisited, {"use"})));
}

TEST_F(PredicateTest, MapsAreLookedUpByName) {
  Condition condition = Of(Kind::kIn, Field::kAttribute, {"red"});
  condition.field.name = "colour";
  EXPECT_FALSE(Holds(condition));
  interaction_.attributes = {{"colour", "red"}, {"size", "xl"}};
  EXPECT_TRUE(Holds(condition));
  condition.field = {Field::kProfile, "language"};
  condition.values = {"de"};
  EXPECT_FALSE(Holds(condition));
  profile_ = {{"birthday", "1990-01-01"}, {"language", "de"}};
  EXPECT_TRUE(Holds(condition));
  facts_.customer = nullptr;
  EXPECT_FALSE(Holds(condition));
}

TEST_F(PredicateTest, EveryTextFieldIsRead) {
  model::Interaction& i = interaction_;
  i.id = "1";
  i.account = "2";
  i.touchpoint = "3";
  i.need = "4";
  i.impulse = "5";
  i.intent = "6";
  i.product = "7";
  i.category = "8";
  i.contract = "9";
  i.currency = "10";
  i.check_type = "11";
  i.source = {"12", "13", "14"};
  i.rating.emplace().comment = "15";
  i.kind = model::Kind::kMysteryCheck;
  i.command = model::Command::kConsent;
  const std::vector<std::pair<Field, std::string>> expected = {
      {Field::kId, "1"}, {Field::kAccount, "2"}, {Field::kTouchpoint, "3"}, {Field::kNeed, "4"},
      {Field::kImpulse, "5"}, {Field::kIntent, "6"}, {Field::kProduct, "7"},
      {Field::kCategory, "8"}, {Field::kContract, "9"}, {Field::kCurrency, "10"},
      {Field::kCheckType, "11"}, {Field::kSourceSystem, "12"}, {Field::kSourceProcess, "13"},
      {Field::kSourceDepartment, "14"}, {Field::kComment, "15"}, {Field::kKind, "MYSTERY_CHECK"},
      {Field::kCommand, "CONSENT"}, {Field::kChannel, "web"}, {Field::kAction, "order"}};
  for (const auto& [field, text] : expected) {
    EXPECT_EQ(TextOf({field, {}}, facts_), text) << model::ToString({field, {}});
  }
}

TEST_F(PredicateTest, LikeMatchesStarsAnywhere) {
  interaction_.campaign = "spring-sale-2024";
  for (const char* pattern :
       {"spring-*", "*-sale-*", "*2024", "*", "s*g*s*4", "spring-sale-2024"}) {
    EXPECT_TRUE(Holds(Of(Kind::kLike, Field::kCampaign, {pattern}))) << pattern;
  }
  for (const char* pattern : {"spring", "*-sale", "*sale-*-2024", "", "S*"}) {
    EXPECT_FALSE(Holds(Of(Kind::kLike, Field::kCampaign, {pattern}))) << pattern;
  }
  interaction_.campaign = std::string_view();
  EXPECT_FALSE(Holds(Of(Kind::kLike, Field::kCampaign, {"a*"})));
}

TEST_F(PredicateTest, BusinessIsThatOfTheCustomerToo) {
  EXPECT_TRUE(Holds(Of(Kind::kIn, Field::kBusiness, {"b2c"})));
  customer_.account = "ACME";
  EXPECT_TRUE(Holds(Of(Kind::kIn, Field::kBusiness, {"b2b"})));
  customer_.account = {};
  interaction_.account = "ACME";
  EXPECT_TRUE(Holds(Of(Kind::kIn, Field::kBusiness, {"b2b"})));
}

TEST_F(PredicateTest, CampaignsAreASetAndAnOrder) {
  const std::vector<std::string> campaigns = {"teaser", "other", "mail"};
  EXPECT_FALSE(Holds(Of(Kind::kIn, Field::kCampaigns, {"teaser"})));
  customer_.campaigns = campaigns;
  EXPECT_TRUE(Holds(Of(Kind::kIn, Field::kCampaigns, {"x", "teaser"})));
  EXPECT_TRUE(Holds(Of(Kind::kPrefix, Field::kCampaigns, {"tea"})));
  EXPECT_FALSE(Holds(Of(Kind::kIn, Field::kCampaigns, {"x"})));
  EXPECT_TRUE(Holds(Of(Kind::kInOrder, Field::kCampaigns, {"teaser", "mail"})));
  EXPECT_FALSE(Holds(Of(Kind::kInOrder, Field::kCampaigns, {"mail", "teaser"})));
  EXPECT_FALSE(Holds(Of(Kind::kInOrder, Field::kCampaigns, {"teaser", "other"})))
      << "the last contact is another";
}

TEST_F(PredicateTest, TimesCountFromTheirStart) {
  constexpr int64_t kHour = 3'600;
  facts_.now = base::Timestamp{10'000 * 1'000};
  journey_.started = base::Timestamp{(10'000 - 2 * kHour) * 1'000};
  journey_.last_activity = base::Timestamp{(10'000 - kHour) * 1'000};
  const auto at_least = [&](Field field, int64_t seconds) {
    return Holds(Number(Kind::kAtLeast, field, seconds * 1'000'000));
  };
  EXPECT_TRUE(at_least(Field::kJourneyTime, 2 * kHour));
  EXPECT_FALSE(at_least(Field::kJourneyTime, 2 * kHour + 1));
  EXPECT_TRUE(at_least(Field::kSilence, kHour));
  EXPECT_FALSE(at_least(Field::kSilence, kHour + 1));
  EXPECT_FALSE(at_least(Field::kStageTime, 0)) << "there is no stage yet";
  journey_.stage = 1;
  journey_.stage_entered = facts_.now;
  EXPECT_TRUE(at_least(Field::kStageTime, 0));
  used_.CountsOf(1).interactions = 4;
  EXPECT_TRUE(at_least(Field::kStageInteractions, 4));
  EXPECT_FALSE(at_least(Field::kStageInteractions, 5));
  facts_.journey = nullptr;
  EXPECT_FALSE(at_least(Field::kSilence, 0));
}

TEST_F(PredicateTest, VisitsAreCountedByStage) {
  Condition twice = Number(Kind::kAtLeast, Field::kVisits, 2'000'000);
  twice.field.name = "buy";
  EXPECT_FALSE(Holds(twice));
  used_.CountsOf(1).visits = 2;
  EXPECT_TRUE(Holds(twice));
}

TEST_F(PredicateTest, KnowsWhatDetectorsFound) {
  detectors_.resize(2);
  detectors_[1].name = "found";
  EXPECT_FALSE(Holds(Of(Kind::kIn, Field::kDetected, {"found"})));
  const std::vector<uint32_t> detected = {1};
  journey_.detected = detected;
  EXPECT_TRUE(Holds(Of(Kind::kIn, Field::kDetected, {"found"})));
  EXPECT_TRUE(Predicate(Of(Kind::kIn, Field::kDetected, {"found"}), {stages_, detectors_})
                  .AsksDetectors());
}

TEST_F(PredicateTest, NoKindIsACustomer) {
  EXPECT_EQ(TextOf({Field::kKind, {}}, facts_), "CUSTOMER");
  EXPECT_EQ(TextOf({Field::kCommand, {}}, facts_), "");
}

}  // namespace
}  // namespace waymark::detect
