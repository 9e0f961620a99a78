#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "model/journey_model.h"

namespace waymark::model {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class LoadModelsTest : public ::testing::Test {
 protected:
  LoadModelsTest() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() /
              ("waymark_models_" + std::to_string(getpid()) + "_" + test->name());
    fs::create_directories(folder_);
  }
  ~LoadModelsTest() override { fs::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  static std::string Model(const std::string& name) {
    return "family: " + name + "\nmodel: " + name + "\nstages: [{name: s, enter: always}]\n";
  }

  fs::path folder_;
};

TEST_F(LoadModelsTest, ReadsTheFolderInOrderAndNotWhatIsBelow) {
  Write("b.yaml", Model("b"));
  Write("a.yml", Model("c"));
  Write("a/d.yml", Model("d"));
  Write("a.test.yaml", "no: model");
  Write("README.md", "# words");
  const ModelSet set = LoadModels(folder_.string());
  EXPECT_TRUE(set.faults.empty());
  ASSERT_EQ(set.models.size(), 2U);
  EXPECT_EQ(set.models[0].name, "c");
  EXPECT_EQ(set.models[1].name, "b");
  EXPECT_EQ(set.models[1].file, (folder_ / "b.yaml").string());
}

TEST_F(LoadModelsTest, ReportsEveryFileAndWhatIsBetweenThem) {
  Write("a.yaml", Model("same"));
  Write("b.yaml", Model("same"));
  Write("c.yaml", "family: f\n");
  Write("d.yaml", "family: [\n");
  const ModelSet set = LoadModels(folder_.string());
  ASSERT_EQ(set.faults.size(), 4U);
  EXPECT_EQ(set.faults[0].file, (folder_ / "b.yaml").string());
  EXPECT_THAT(set.faults[0].message, HasSubstr("is there already"));
  EXPECT_EQ(set.faults[1].file, (folder_ / "c.yaml").string());
  EXPECT_EQ(set.faults[3].file, (folder_ / "d.yaml").string());
}

TEST_F(LoadModelsTest, TakesOneCustomerFileBesideTheModels) {
  Write("a.yaml", Model("a"));
  Write("b.yaml", "customer: c\n");
  ModelSet set = LoadModels(folder_.string());
  EXPECT_TRUE(set.faults.empty());
  EXPECT_EQ(set.models.size(), 1U);
  ASSERT_TRUE(set.customer);
  EXPECT_EQ(set.customer->file, (folder_ / "b.yaml").string());
  Write("c.yaml", "# another\ncustomer: d\n");
  set = LoadModels(folder_.string());
  ASSERT_EQ(set.faults.size(), 1U);
  EXPECT_THAT(set.faults[0].text(), HasSubstr("c.yaml:2:11: a customer file is there already"));
  EXPECT_THAT(set.faults[0].message, HasSubstr("b.yaml:1"));
}

TEST_F(LoadModelsTest, SeveralPathsAreOneSet) {
  Write("one/a.yaml", Model("same"));
  Write("one/customer.yaml", "customer: c\n");
  Write("two/b.yaml", Model("other"));
  const auto load = [&](std::initializer_list<const char*> names) {
    std::vector<std::string> paths;
    for (const char* name : names) paths.push_back((folder_ / name).string());
    return LoadModels(paths);
  };
  const ModelSet good = load({"two", "one"});
  EXPECT_TRUE(good.faults.empty());
  ASSERT_EQ(good.models.size(), 2U);
  EXPECT_EQ(good.models[0].name, "other");
  EXPECT_TRUE(good.customer);
  Write("two/c.yaml", Model("same"));
  Write("two/d.yaml", "customer: d\n");
  const ModelSet between = load({"one", "two", "three"});
  ASSERT_EQ(between.faults.size(), 3U);
  EXPECT_EQ(between.faults[0].file, (folder_ / "three").string());
  EXPECT_THAT(between.faults[1].text(), HasSubstr("two/c.yaml:2:8: version 1 of model"));
  EXPECT_THAT(between.faults[2].text(), HasSubstr("d.yaml:1:11: a customer file is there already"));
}

TEST_F(LoadModelsTest, TakesASingleFile) {
  Write("one.yaml", Model("one"));
  EXPECT_EQ(LoadModels((folder_ / "one.yaml").string()).models.size(), 1U);
}

TEST_F(LoadModelsTest, RefusesALargeFile) {
  Write("large.yaml", std::string(2 * 1024 * 1024, '#'));
  const ModelSet set = LoadModels(folder_.string());
  ASSERT_EQ(set.faults.size(), 1U);
  EXPECT_THAT(set.faults[0].message, HasSubstr("larger than 1048576 bytes"));
}

TEST_F(LoadModelsTest, WhatOnlyLooksLikeAModelIsRefused) {
  Write("a.yaml", Model("a"));
  Write("b.yaml/c.yaml", Model("b"));
  const ModelSet set = LoadModels(folder_.string());
  ASSERT_EQ(set.faults.size(), 1U);
  EXPECT_EQ(set.faults[0].file, (folder_ / "b.yaml").string());
  EXPECT_THAT(set.faults[0].message, HasSubstr("is no file"));
  EXPECT_EQ(set.models.size(), 1U);
}

// Several models that extend one with a fault do not repeat it, and none says that it is missing.
TEST_F(LoadModelsTest, AFaultOfABaseIsToldOnce) {
  Write("base.yaml", "family: f\nmodel: base\nstages: [{name: s, enter: {acton: x}}]\n");
  Write("one.yaml", "model: one\nextends: base\nscope: {segment: x}\n");
  Write("two.yaml", "model: two\nextends: base\nscope: {segment: y}\n");
  ModelSet set = LoadModels(folder_.string());
  ASSERT_EQ(set.faults.size(), 1U);
  EXPECT_THAT(set.faults[0].text(), HasSubstr("base.yaml:3:28: unknown field 'acton'"));
  Write("base.yaml", "family: f\nmodel: base\nstages: [\n");
  set = LoadModels(folder_.string());
  ASSERT_EQ(set.faults.size(), 1U);
  EXPECT_THAT(set.faults[0].message, HasSubstr("no valid YAML"));
}

TEST_F(LoadModelsTest, EmptyAndMissingFoldersAreFaults) {
  EXPECT_THAT(LoadModels(folder_.string()).faults.at(0).message, HasSubstr("no model"));
  const ModelSet missing = LoadModels((folder_ / "missing").string());
  ASSERT_EQ(missing.faults.size(), 1U);
  EXPECT_THAT(missing.faults[0].message, HasSubstr("can't be read"));
}

}  // namespace
}  // namespace waymark::model
