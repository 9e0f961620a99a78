#include "config/document.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "config/load.h"

namespace waymark::config {
namespace {

std::string SourceFolder() {
  const char* folder = std::getenv("WAYMARK_SOURCE");
  return folder == nullptr ? "." : folder;
}

// REWRITE=1 in the environment writes the file anew instead.
TEST(SampleYaml, IsTheFileInTheRepository) {
  const std::string path = SourceFolder() + "/config/waymark.yaml";
  if (std::getenv("REWRITE") != nullptr) std::ofstream(path) << SampleYaml();
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_EQ(text.str(), SampleYaml()) << "run this test with REWRITE=1";
}

TEST(SampleYaml, SetsEverySettingToItsDefault) {
  const Configuration sample = Load({"sample", SampleYaml(), {}, {}});
  EXPECT_TRUE(sample.status().ok()) << sample.status().message();
  const Configuration defaults = Load({});
  ASSERT_EQ(sample.effective.size(), defaults.effective.size());
  for (size_t i = 0; i < sample.effective.size(); ++i) {
    EXPECT_EQ(sample.effective[i].text, defaults.effective[i].text);
    EXPECT_EQ(sample.effective[i].origin.source, Source::kFile) << sample.effective[i].name;
  }
}

TEST(SampleYaml, KeepsItsLinesShort) {
  std::istringstream lines(SampleYaml());
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
}

TEST(SettingsTable, HasARowForEachSetting) {
  const std::string table = SettingsTableMarkdown();
  const auto rows = std::count(table.begin(), table.end(), '\n');
  EXPECT_EQ(static_cast<size_t>(rows), Declarations().size() + 2);
  EXPECT_NE(table.find("| `session.gap` | duration | `30m` | 1s to 1y | yes | "),
            std::string::npos);
  EXPECT_NE(table.find("| `log.level` | enum | `info` | trace, debug"), std::string::npos);
}

}  // namespace
}  // namespace waymark::config
