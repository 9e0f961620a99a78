#include "model/condition.h"

#include <gtest/gtest.h>

#include "model/condition_reader.h"
#include "model/condition_text.h"
#include "model/contradiction.h"
#include "model/yaml_tree.h"

namespace waymark::model {
namespace {

using Kind = Condition::Kind;

// Reads a condition that must be good.
Condition Read(std::string_view yaml) {
  std::vector<Fault> faults;
  const auto node = ParseYaml(yaml, "test", faults);
  EXPECT_TRUE(node);
  const std::vector<std::string> stages = {"interest", "use"};
  YamlReader reader("test", faults);
  Condition condition = ReadCondition(*node, {stages, true}, reader);
  for (const Fault& fault : faults) ADD_FAILURE() << fault.text();
  return condition;
}

TEST(Condition, AsTextItIsReadAgain) {
  for (const char* yaml :
       {"always", "never", "{action: order}", "{action: [order, pay], channel: {not: web}}",
        "{value: {at_least: 19.99, less_than: 100}}", "{rating.emotion: {at_most: -1}}",
        "{value: -0.5}", "{rating.satisfaction: [4, 5]}", "{product: {exists: false}}",
        "{any: [{campaign: {prefix: [a, b]}}, {rating.comment: {contains: 'say \"hi\"'}}]}",
        "{touchpoint: {like: '*-form'}}", "{campaigns: {in_order: [teaser, offer]}}",
        "{stage_time: {more_than: 36h}, silence: {at_most: 90s}}", "{attributes.a b: x}",
        "{visits.use: {at_least: 2}, stage: interest}", "{not: {all: [{kind: STAFF}]}}"}) {
    const Condition condition = Read(yaml);
    const std::string text = ToYaml(condition);
    EXPECT_EQ(CanonicalText(Read(text)), CanonicalText(condition)) << yaml << " as " << text;
  }
}

TEST(Condition, BoundsAreWrittenAsPeopleDo) {
  for (const char* bound : {"2", "2.5", "0.25", "-0.5", "-1", "0", "100", "19.999999", "-10.01"}) {
    const std::string yaml = "{value: {at_least: " + std::string(bound) + "}}";
    EXPECT_EQ(ToYaml(Read(yaml)), yaml);
  }
  EXPECT_EQ(ToYaml(Read("{value: {more_than: 2.50}}")), "{value: {more_than: 2.5}}");
}

TEST(Condition, FieldsReadAndWriteTheSameNames) {
  for (const char* name :
       {"id", "account", "channel", "touchpoint", "action", "campaign", "need", "impulse", "intent",
        "product", "category", "contract", "currency", "kind", "check_type", "command",
        "source.system", "source.process", "source.department", "value", "rating.satisfaction",
        "rating.nps", "rating.emotion", "rating.need_fulfilment", "rating.comment",
        "attributes.colour", "profile.time.zone", "stage", "visited", "interactions", "business",
        "customer_status", "campaigns", "station", "detected", "used.touchpoint", "used.channel",
        "stage_interactions", "session_interactions", "visits.use", "relevant_set",
        "journey_value", "stage_time", "journey_time", "silence", "session_time",
        "customer_time"}) {
    const auto field = ParseField(name);
    ASSERT_TRUE(field) << name;
    EXPECT_EQ(ToString(*field), name);
  }
  EXPECT_EQ(ParseField("profile.time.zone")->name, "time.zone");
  EXPECT_FALSE(ParseField("attributes."));
  EXPECT_FALSE(ParseField("attributes"));
  EXPECT_FALSE(ParseField("chanel"));
  EXPECT_FALSE(ParseField(""));
}

TEST(Condition, KnowsWhichFieldsAreNumbers) {
  for (const char* name : {"value", "rating.satisfaction", "rating.nps", "rating.emotion",
                           "rating.need_fulfilment", "interactions"}) {
    EXPECT_TRUE(IsNumeric(ParseField(name)->field)) << name;
  }
  EXPECT_FALSE(IsNumeric(Field::kComment));
  EXPECT_FALSE(IsNumeric(Field::kAttribute));
}

TEST(Condition, NamesTheNearestField) {
  EXPECT_EQ(NearestField("chanel"), "channel");
  EXPECT_EQ(NearestField("satisfaction"), "rating.satisfaction");
  EXPECT_EQ(NearestField("department"), "source.department");
  EXPECT_EQ(NearestField("attribute.colour"), "attributes.colour");
  EXPECT_EQ(NearestField("profiles.segment"), "profile.segment");
  EXPECT_EQ(NearestField("rating.nsp"), "rating.nps");
  EXPECT_EQ(NearestField("zzzzzz"), "");
}

TEST(Condition, OneValueAndSeveral) {
  const Condition one = Read("action: buy");
  EXPECT_EQ(one.kind, Kind::kIn);
  EXPECT_EQ(one.field.field, Field::kAction);
  EXPECT_EQ(one.values, std::vector<std::string>{"buy"});
  const Condition several = Read("attributes.size: [S, 42, true, \"no\"]");
  EXPECT_EQ(several.field.name, "size");
  EXPECT_EQ(several.values, (std::vector<std::string>{"S", "42", "true", "no"}));
}

TEST(Condition, SeveralFieldsMeanAll) {
  const Condition all = Read("channel: store\naction: [buy, order]");
  EXPECT_EQ(all.kind, Kind::kAll);
  ASSERT_EQ(all.children.size(), 2U);
  EXPECT_EQ(all.children[1].field.field, Field::kAction);
  EXPECT_EQ(all.children[1].place.line, 2);
  EXPECT_EQ(all.children[1].place.column, 1);
}

TEST(Condition, TextComparisons) {
  EXPECT_EQ(Read("campaign: {prefix: [spring-, summer-]}").kind, Kind::kPrefix);
  const Condition contains = Read("rating.comment: {contains: broken}");
  EXPECT_EQ(contains.kind, Kind::kContains);
  EXPECT_EQ(contains.values, std::vector<std::string>{"broken"});
  EXPECT_EQ(Read("product: {exists: true}").kind, Kind::kExists);
  const Condition absent = Read("product: {exists: false}");
  EXPECT_EQ(absent.kind, Kind::kNot);
  EXPECT_EQ(absent.children.at(0).kind, Kind::kExists);
  const Condition other = Read("channel: {not: [store, hotline]}");
  EXPECT_EQ(other.kind, Kind::kNot);
  EXPECT_EQ(other.children.at(0).values.size(), 2U);
}

TEST(Condition, NumbersAreExactMillionths) {
  const Condition range = Read("value: {at_least: 19.99, less_than: 100}");
  EXPECT_EQ(range.kind, Kind::kAll);
  ASSERT_EQ(range.children.size(), 2U);
  EXPECT_EQ(range.children[0].kind, Kind::kAtLeast);
  EXPECT_EQ(range.children[0].bound_micros, 19'990'000);
  EXPECT_EQ(range.children[1].kind, Kind::kLessThan);
  EXPECT_EQ(range.children[1].bound_micros, 100'000'000);
  EXPECT_EQ(Read("rating.emotion: {at_most: -1}").bound_micros, -1'000'000);
  EXPECT_EQ(Read("interactions: {more_than: 3}").kind, Kind::kMoreThan);
}

TEST(Condition, EqualNumbersAreBounds) {
  const Condition equal = Read("rating.nps: 9");
  EXPECT_EQ(equal.kind, Kind::kAll);
  ASSERT_EQ(equal.children.size(), 2U);
  EXPECT_EQ(equal.children[0].kind, Kind::kAtLeast);
  EXPECT_EQ(equal.children[1].kind, Kind::kAtMost);
  EXPECT_EQ(equal.children[1].bound_micros, 9'000'000);
  const Condition either = Read("rating.nps: [9, 10]");
  EXPECT_EQ(either.kind, Kind::kAny);
  EXPECT_EQ(either.children.size(), 2U);
}

TEST(Condition, GroupsNest) {
  const Condition any = Read(R"(
any:
  - {action: buy}
  - all:
      - {channel: store}
      - not: {action: return}
)");
  EXPECT_EQ(any.kind, Kind::kAny);
  ASSERT_EQ(any.children.size(), 2U);
  const Condition& all = any.children[1];
  EXPECT_EQ(all.kind, Kind::kAll);
  EXPECT_EQ(all.children.at(1).kind, Kind::kNot);
  EXPECT_EQ(all.children.at(1).children.at(0).values.at(0), "return");
}

TEST(Condition, AlwaysAndNever) {
  EXPECT_EQ(Read("always").kind, Kind::kAlways);
  const Condition never = Read("never");
  EXPECT_EQ(never.kind, Kind::kNot);
  EXPECT_EQ(never.children.at(0).kind, Kind::kAlways);
}

TEST(Condition, ParsesDecimals) {
  EXPECT_EQ(ParseMicros("1.5"), 1'500'000);
  EXPECT_EQ(ParseMicros("-0.000001"), -1);
  EXPECT_EQ(ParseMicros("9223372036854.775807"), 9'223'372'036'854'775'807);
  for (const char* bad : {"", "-", ".", "1.", ".5", "1.0000001", "1e3", "+1", "--1", "1 ", "0x1",
                          "9223372036854.775808", "1.-5"}) {
    EXPECT_FALSE(ParseMicros(bad)) << bad;
  }
}

}  // namespace
}  // namespace waymark::model
