#include "model/definition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace waymark::model {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr const char* kModel = R"(
family: purchase
stages:
  - {name: look, enter: {action: view}}
  - {name: buy, enter: {action: [order, pay]}}
model: retail
title: {en: "Retail: \"yes\"", de: "Käufe\nhier"}
)";

ModelDefinition Definition(const std::string& yaml) {
  DefinitionSet set = ParseDefinition(yaml, "m.yaml");
  for (const Fault& fault : set.faults) ADD_FAILURE() << fault.text();
  EXPECT_EQ(set.definitions.size(), 1U);
  return set.definitions.empty() ? ModelDefinition() : std::move(set.definitions[0]);
}

std::string With(std::string_view from, std::string_view to) {
  std::string yaml = kModel;
  const size_t at = yaml.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return yaml.replace(at, from.size(), to);
}

std::string Difference(const std::string& is) {
  return DefinitionDifference(Definition(is).json, Definition(kModel).json);
}

TEST(Definition, IsReadableJsonThatNamesTheModelFirst) {
  EXPECT_EQ(Definition(kModel).json, R"({
  "family": "purchase",
  "model": "retail",
  "version": 1,
  "stages": [
    {"name": "look", "enter": {"action": "view"}},
    {"name": "buy", "enter": {"action": ["order", "pay"]}}
  ],
  "title": {"en": "Retail: \"yes\"", "de": "Käufe\nhier"}
}
)");
}

TEST(Definition, WhatIsWrittenIsReadAgain) {
  const ModelDefinition first = Definition(kModel);
  const ModelDefinition second = Definition(first.json);
  EXPECT_EQ(second.json, first.json);
  EXPECT_EQ(second.model.titles.at("de"), "Käufe\nhier");
  EXPECT_EQ(second.model.titles.at("en"), "Retail: \"yes\"");
  EXPECT_EQ(DefinitionKey(second.model), "purchase/retail/1");
  const std::string yaml = DefinitionYaml(first.json);
  EXPECT_THAT(yaml, HasSubstr("family: purchase\nmodel: retail\n"));
  EXPECT_EQ(Definition(yaml).json, first.json);
}

TEST(Definition, TextsThatLookLikeOthersStayTexts) {
  const std::string yaml = "family: f\nmodel: m\nversion: 2\ndescription: 'null'\n"
                           "title: {en: \"1.50\", de: 007, fr: \"a\\x01\\tb\\\\\", it: 'true'}\n"
                           "stages: [{name: s, enter: {attributes.tariff: [01, 1.50, true]}}]\n";
  const ModelDefinition first = Definition(yaml);
  EXPECT_THAT(first.json, HasSubstr(R"({"attributes.tariff": ["01", 1.50, true]})"));
  EXPECT_THAT(first.json, HasSubstr(R"("description": "null")"));
  EXPECT_THAT(first.json, HasSubstr(R"("fr": "a\u0001\u0009b\\")"));
  for (const std::string& text : {first.json, DefinitionYaml(first.json)}) {
    const ModelDefinition again = Definition(text);
    EXPECT_EQ(again.model.description, "null");
    EXPECT_EQ(again.model.titles, first.model.titles);
    EXPECT_EQ(DefinitionDifference(again.json, first.json), "");
  }
}

TEST(Definition, NamesTheFirstPlaceThatDiffers) {
  EXPECT_EQ(Difference(kModel), "");
  EXPECT_EQ(Difference(With("name: look, enter: {action: view}",
                            "enter: {action: view}, name: look")), "");
  EXPECT_EQ(Difference(With("{action: view}", "{action: read}")),
            "stages.look.enter.action: \"read\" instead of \"view\"");
  EXPECT_EQ(Difference(With("[order, pay]", "[order]")),
            "stages.buy.enter.action.2: nothing instead of \"pay\"");
  EXPECT_EQ(Difference(With("[order, pay]", "order")),
            "stages.buy.enter.action: \"order\" instead of [\"order\", \"pay\"]");
  EXPECT_EQ(Difference(With("model: retail", "model: retail\npriority: 3")),
            "priority: 3 instead of nothing");
  EXPECT_EQ(Difference(With("model: retail", "model: retail\nversion: 1")), "");
}

class DefinitionFilesTest : public ::testing::Test {
 protected:
  DefinitionFilesTest() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() /
              ("waymark_definitions_" + std::to_string(getpid()) + "_" + test->name());
    fs::create_directories(folder_);
  }
  ~DefinitionFilesTest() override { fs::remove_all(folder_); }

  DefinitionSet Load() const { return LoadDefinitions(std::vector{folder_.string()}); }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
  }

  fs::path folder_;
};

TEST_F(DefinitionFilesTest, HoldWhatTheyExtend) {
  Write("a.yaml", kModel);
  Write("b.yaml", "model: special\nextends: retail\nscope: {segment: s}\n");
  Write("c.yaml", "customer: default\n");
  const DefinitionSet set = Load();
  for (const Fault& fault : set.faults) ADD_FAILURE() << fault.text();
  ASSERT_EQ(set.definitions.size(), 2U);
  EXPECT_TRUE(set.customer);
  const ModelDefinition& special = set.definitions[1];
  EXPECT_EQ(DefinitionKey(special.model), "purchase/special/1");
  EXPECT_THAT(special.json, ::testing::Not(HasSubstr("extends")));
  EXPECT_EQ(Definition(special.json).model.stages.size(), 2U);
}

TEST_F(DefinitionFilesTest, ThatAreTooLongAreFaults) {
  std::string text = "family: f\nmodel: m\ndescription: &long '" + std::string(200'000, 'x') +
                     "'\nstages: [{name: s, enter: always}]\ntitle: {";
  for (const char* language : {"de", "en", "fr", "it"}) text += std::string(language) + ": *long, ";
  Write("a.yaml", text + "es: *long}\n");
  const DefinitionSet set = Load();
  EXPECT_TRUE(set.definitions.empty());
  ASSERT_EQ(set.faults.size(), 1U);
  EXPECT_THAT(set.faults[0].message, HasSubstr("the definition of 'f/m/1' has 1200"));
  EXPECT_EQ(set.faults[0].place.line, 2);
}

TEST_F(DefinitionFilesTest, FaultsComeByPlaceAndOnce) {
  Write("a.yaml", "model: special\nextends: base\nscope: {segment: s}\n");
  Write("b.yaml", "model: other\nextends: base\nscope: {segment: t}\nprioritie: 1\n");
  Write("c.yaml", "family: f\nmodel: base\nstages: [{name: s, enter: {acton: x, chanel: y}}]\n");
  const DefinitionSet set = Load();
  ASSERT_EQ(set.faults.size(), 3U);
  EXPECT_THAT(set.faults[0].text(), HasSubstr("b.yaml:4:1: "));
  EXPECT_THAT(set.faults[1].text(), HasSubstr("c.yaml:3:28: unknown field 'acton'"));
  EXPECT_THAT(set.faults[2].text(), HasSubstr("c.yaml:3:38: unknown field 'chanel'"));
}

TEST(Definition, OfEveryShippedModelIsReadAgain) {
  const char* source = std::getenv("WAYMARK_SOURCE");
  ASSERT_NE(source, nullptr);
  std::vector<std::string> folders = {std::string(source) + "/config/models"};
  for (const auto& entry : fs::directory_iterator(folders[0])) {
    if (entry.is_directory()) folders.push_back(entry.path().string());
  }
  const DefinitionSet set = LoadDefinitions(folders);
  EXPECT_GE(set.definitions.size(), 9U);
  for (const ModelDefinition& definition : set.definitions) {
    SCOPED_TRACE(definition.model.file);
    EXPECT_EQ(Definition(definition.json).json, definition.json);
    EXPECT_EQ(DefinitionDifference(Definition(DefinitionYaml(definition.json)).json,
                                   definition.json), "");
  }
}

}  // namespace
}  // namespace waymark::model
