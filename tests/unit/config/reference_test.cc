#include "config/reference.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace waymark::config {
namespace {

const Environment kEnvironment = {{"HOST", "kafka"}, {"EMPTY", ""}, {"ODD", "${HOST}"}};

std::string Expanded(std::string_view text) {
  auto result = Interpolate(text, kEnvironment);
  return result.ok() ? *result : "fault: " + result.status().message();
}

TEST(Interpolate, ReplacesVariablesAnywhere) {
  EXPECT_EQ(Expanded("${HOST}:9092"), "kafka:9092");
  EXPECT_EQ(Expanded("a${HOST}b${HOST}"), "akafkabkafka");
  EXPECT_EQ(Expanded("${EMPTY}"), "");
  EXPECT_EQ(Expanded("plain"), "plain");
}

TEST(Interpolate, TakesTheDefaultOnlyWhereNothingIsSet) {
  EXPECT_EQ(Expanded("${NONE:-local}"), "local");
  EXPECT_EQ(Expanded("${HOST:-local}"), "kafka");
  EXPECT_EQ(Expanded("${NONE:-}"), "");
}

TEST(Interpolate, KeepsDollarsAndDoesNotLookAtValuesAgain) {
  EXPECT_EQ(Expanded("$$"), "$");
  EXPECT_EQ(Expanded("$${HOST}"), "${HOST}");
  EXPECT_EQ(Expanded("cost $5"), "cost $5");
  EXPECT_EQ(Expanded("${ODD}"), "${HOST}");
}

TEST(Interpolate, RefusesWhatIsUnsetOrMalformed) {
  EXPECT_EQ(Expanded("${NONE}"), "fault: the environment variable NONE is not set");
  EXPECT_EQ(Expanded("${HOST"), "fault: '${' without '}'");
  EXPECT_EQ(Expanded("${}"), "fault: '${}' names no variable");
  EXPECT_EQ(Expanded("${A B}"), "fault: '${A B}' names no variable");
}

class SecretFile : public testing::Test {
 protected:
  SecretFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "waymarkXXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~SecretFile() override { std::filesystem::remove_all(folder_); }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << text;
  }
  std::string folder_;
};

TEST_F(SecretFile, IsReadWithoutItsLastLineEnd) {
  Write("key", "pass word\n");
  EXPECT_EQ(*ResolveSecret("file:key", {}, folder_), "pass word");
  EXPECT_EQ(*ResolveSecret("file:" + folder_ + "/key", {}, "elsewhere"), "pass word");
}

TEST_F(SecretFile, KeepsAllOtherBytes) {
  Write("key", "a\n\nb\n\n");
  EXPECT_EQ(*ResolveSecret("file:key", {}, folder_), "a\n\nb\n");
}

TEST_F(SecretFile, IsRefusedWhereMissingAFolderOrTooLarge) {
  Write("large", std::string(64 * 1024 + 1, 'x'));
  EXPECT_FALSE(ResolveSecret("file:none", {}, folder_).ok());
  EXPECT_FALSE(ResolveSecret("file:.", {}, folder_).ok());
  EXPECT_FALSE(ResolveSecret("file:large", {}, folder_).ok());
}

TEST(Secret, ComesFromTheEnvironmentOrStandsForItself) {
  EXPECT_EQ(*ResolveSecret("env:HOST", kEnvironment, ""), "kafka");
  EXPECT_FALSE(ResolveSecret("env:NONE", kEnvironment, "").ok());
  EXPECT_EQ(*ResolveSecret("open", kEnvironment, ""), "open");
}

}  // namespace
}  // namespace waymark::config
