#include <gtest/gtest.h>

#include <set>
#include <string>

#include "config/declaration.h"
#include "config/load.h"
#include "config/value.h"

namespace waymark::config {
namespace {

TEST(Declarations, NamesAreUniqueAsSettingsAndAsVariables) {
  std::set<std::string> names;
  std::set<std::string> variables;
  for (const Declaration& declaration : Declarations()) {
    EXPECT_TRUE(names.insert(std::string(declaration.name)).second) << declaration.name;
    EXPECT_TRUE(variables.insert(VariableName(declaration.name)).second) << declaration.name;
  }
  EXPECT_GE(names.size(), 35U);
}

TEST(Declarations, HaveASectionAndAHelpThatIsASentence) {
  for (const Declaration& declaration : Declarations()) {
    EXPECT_NE(declaration.name.find('.'), std::string_view::npos) << declaration.name;
    EXPECT_TRUE(declaration.help.ends_with(".")) << declaration.name;
    EXPECT_GT(declaration.help.size(), 20U) << declaration.name;
  }
}

TEST(Declarations, OrderedTypesHaveBoundsThatAreReadable) {
  for (const Declaration& declaration : Declarations()) {
    const bool ordered = declaration.type == Type::kDuration || declaration.type == Type::kBytes ||
                         declaration.type == Type::kInteger || declaration.type == Type::kTime;
    if (!ordered) continue;
    Settings settings;
    for (const std::string_view bound : {declaration.least, declaration.most}) {
      EXPECT_FALSE(Assign(declaration, {{std::string(bound)}, false}, settings).has_value())
          << declaration.name << " " << bound;
    }
    EXPECT_EQ(declaration.least == declaration.most, false) << declaration.name;
  }
}

TEST(Declarations, EnumsHaveChoicesAndTheirDefaultIsOne) {
  for (const Declaration& declaration : Declarations()) {
    EXPECT_EQ(declaration.type == Type::kEnum, !declaration.choices.empty()) << declaration.name;
  }
}

TEST(Declarations, DefaultsReadBackFromWhatFormatWrites) {
  const Settings settings = Load({}).settings;
  for (const Declaration& declaration : Declarations()) {
    Settings again;
    const std::string text = Format(declaration, settings);
    ASSERT_FALSE(Assign(declaration, {{text}, false}, again).has_value()) << declaration.name;
    EXPECT_EQ(Format(declaration, again), text) << declaration.name;
  }
}

TEST(Declarations, TheContractNamesTheseDefaults) {
  const Settings s = Load({}).settings;
  EXPECT_EQ(s.session.gap, std::chrono::minutes(30));
  EXPECT_EQ(s.time.disorder, std::chrono::seconds(30));
  EXPECT_EQ(s.time.lateness, std::chrono::minutes(10));
  EXPECT_EQ(s.time.future_skew, std::chrono::minutes(10));
  EXPECT_EQ(s.time.earliest.ms, 315'532'800'000);
  EXPECT_EQ(s.timeline.retention, std::chrono::hours(24 * 400));
  EXPECT_EQ(s.snapshot.interval, std::chrono::seconds(10));
  EXPECT_EQ(s.commit.interval, std::chrono::milliseconds(100));
  EXPECT_EQ(s.interaction.bytes_max, 256 * 1024);
  EXPECT_EQ(s.kafka.prefix, "waymark");
  EXPECT_EQ(s.kafka.input_topics, std::vector<std::string>{"waymark.interactions"});
  EXPECT_EQ(s.kafka.connect_timeout, std::chrono::seconds(60));
  EXPECT_EQ(s.kafka.transaction_timeout, std::chrono::seconds(10));
  EXPECT_EQ(s.replay.partitions, 16);
  EXPECT_EQ(s.http.address, "127.0.0.1");
  EXPECT_EQ(s.http.port, 8080);
}

}  // namespace
}  // namespace waymark::config
