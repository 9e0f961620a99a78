#include "config/value.h"

#include <gtest/gtest.h>

#include "config/nearest.h"

namespace waymark::config {
namespace {

const Declaration& Named(std::string_view name) {
  for (const Declaration& declaration : Declarations()) {
    if (declaration.name == name) return declaration;
  }
  ADD_FAILURE() << "no setting " << name;
  return Declarations().front();
}

std::optional<ValueFault> Set(std::string_view name, std::string text, Settings& settings) {
  return Assign(Named(name), {{std::move(text)}, false}, settings);
}

TEST(Bytes, AreReadInBinaryAndDecimalUnits) {
  EXPECT_EQ(ParseBytes("256KiB"), 262144);
  EXPECT_EQ(ParseBytes("1GiB"), 1LL << 30);
  EXPECT_EQ(ParseBytes("2MB"), 2'000'000);
  EXPECT_EQ(ParseBytes("3kB"), 3000);
  EXPECT_EQ(ParseBytes("7"), 7);
  EXPECT_EQ(ParseBytes("7B"), 7);
}

TEST(Bytes, RefuseWhatIsNoSize) {
  for (const char* text : {"", "KiB", "-1", "1.5MiB", "1 KiB", "1KB", "9000000TiB", "12x"}) {
    EXPECT_FALSE(ParseBytes(text).has_value()) << text;
  }
}

TEST(Bytes, AreWrittenInTheGreatestUnitThatDivides) {
  EXPECT_EQ(FormatBytes(262144), "256KiB");
  EXPECT_EQ(FormatBytes(1LL << 40), "1TiB");
  EXPECT_EQ(FormatBytes(1000), "1000B");
  EXPECT_EQ(FormatBytes(0), "0B");
}

TEST(Assign, KeepsWithinBoundsAndSaysWhichOneIsBroken) {
  Settings settings;
  ASSERT_FALSE(Set("session.gap", "45m", settings));
  EXPECT_EQ(settings.session.gap, std::chrono::minutes(45));
  const auto small = Set("session.gap", "1ms", settings);
  ASSERT_TRUE(small);
  EXPECT_EQ(small->message, "session.gap: '1ms' is too small");
  EXPECT_EQ(small->hint, "at least 1s");
  const auto large = Set("session.gap", "2y", settings);
  ASSERT_TRUE(large);
  EXPECT_EQ(large->hint, "at most 1y");
  EXPECT_EQ(settings.session.gap, std::chrono::minutes(45));
}

TEST(Assign, TakesTheBoundsThemselves) {
  Settings settings;
  EXPECT_FALSE(Set("http.port", "0", settings));
  EXPECT_FALSE(Set("http.port", "65535", settings));
  EXPECT_EQ(settings.http.port, 65535);
  EXPECT_TRUE(Set("http.port", "65536", settings));
  EXPECT_TRUE(Set("http.port", "-1", settings));
}

TEST(Assign, NamesTheTypeAndAnExample) {
  Settings settings;
  const auto fault = Set("session.gap", "half an hour", settings);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->message, "session.gap: 'half an hour' is no duration");
  EXPECT_EQ(fault->hint, "write it like 30s, 10m or 400d");
  EXPECT_TRUE(Set("http.port", "80 80", settings));
  EXPECT_TRUE(Set("cache.bytes_max", "much", settings));
  EXPECT_TRUE(Set("time.earliest", "1980", settings));
}

TEST(Assign, ReadsEnumsIntoTheirMembers) {
  Settings settings;
  EXPECT_FALSE(Set("input.format", "protobuf", settings));
  EXPECT_EQ(settings.input.format, InputFormat::kProtobuf);
  EXPECT_FALSE(Set("kafka.assignment", "eager", settings));
  EXPECT_EQ(settings.kafka.assignment, Assignment::kEager);
  const auto fault = Set("input.format", "xml", settings);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->hint, "one of auto, json, protobuf");
  EXPECT_EQ(settings.input.format, InputFormat::kProtobuf);
  EXPECT_FALSE(Set("log.level", "debug", settings));
  EXPECT_EQ(settings.log.level, "debug");
  EXPECT_TRUE(Set("log.level", "loud", settings));
}

TEST(Assign, SplitsListsAtCommasAndChecksItems) {
  Settings settings;
  EXPECT_FALSE(Set("kafka.brokers", "a:1, b:2 ,", settings));
  EXPECT_EQ(settings.kafka.brokers, (std::vector<std::string>{"a:1", "b:2"}));
  EXPECT_FALSE(Assign(Named("kafka.input_topics"), {{"x", "y.z"}, true}, settings));
  EXPECT_EQ(settings.kafka.input_topics, (std::vector<std::string>{"x", "y.z"}));
  EXPECT_TRUE(Set("kafka.brokers", "no-port", settings));
  EXPECT_TRUE(Set("kafka.input_topics", "white space", settings));
  const auto none = Set("kafka.brokers", "", settings);
  ASSERT_TRUE(none);
  EXPECT_EQ(none->hint, "at least 1");
}

TEST(Assign, RefusesAListForOneValueAndAnEmptyTextWhereOneIsNeeded) {
  Settings settings;
  EXPECT_TRUE(Assign(Named("session.gap"), {{"1m", "2m"}, true}, settings));
  EXPECT_TRUE(Set("kafka.group", "", settings));
  EXPECT_FALSE(Set("kafka.instance_id", "", settings));
}

double number = 0;
bool flag = false;

TEST(Assign, ReadsNumbersAndBooleans) {
  const Declaration share{.name = "x.share",
                          .slot = Member<double>([](Settings&) -> double& { return number; }),
                          .type = Type::kNumber,
                          .fallback = "0.5",
                          .least = "0",
                          .most = "1"};
  Settings settings;
  EXPECT_FALSE(Assign(share, {{"0.25"}, false}, settings));
  EXPECT_EQ(number, 0.25);
  EXPECT_EQ(Format(share, settings), "0.25");
  EXPECT_TRUE(Assign(share, {{"1.01"}, false}, settings));
  EXPECT_TRUE(Assign(share, {{"nan"}, false}, settings));
  const Declaration on{.name = "x.on",
                       .slot = Member<bool>([](Settings&) -> bool& { return flag; }),
                       .type = Type::kBoolean};
  EXPECT_FALSE(Assign(on, {{"true"}, false}, settings));
  EXPECT_TRUE(flag);
  EXPECT_EQ(Format(on, settings), "true");
  EXPECT_TRUE(Assign(on, {{"yes"}, false}, settings));
}

TEST(Nearest, FindsTypingErrorsAndNothingFarOff) {
  const std::vector<std::string_view> names = {"session.gap", "http.port", "log.level"};
  EXPECT_EQ(Nearest("sesion.gap", names), "session.gap");
  EXPECT_EQ(Nearest("http.prot", names), "http.port");
  EXPECT_EQ(Nearest("session.gpa", names), "session.gap");
  EXPECT_EQ(Nearest("completely.different", names), "");
  EXPECT_EQ(Nearest("x", {}), "");
}

}  // namespace
}  // namespace waymark::config
