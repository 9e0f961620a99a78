#include "model/yaml_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waymark::model {
namespace {

using ::testing::HasSubstr;

// The one fault of a text that must be refused.
Fault Refused(std::string_view text) {
  std::vector<Fault> faults;
  EXPECT_FALSE(ParseYaml(text, "test.yaml", faults));
  EXPECT_EQ(faults.size(), 1U);
  EXPECT_FALSE(faults.empty() || faults.front().hint.empty()) << text.substr(0, 80);
  return faults.empty() ? Fault() : faults.front();
}

TEST(YamlTree, KeepsPlaces) {
  std::vector<Fault> faults;
  const auto root = ParseYaml("a: 1\nb:\n  - x\n  - 'y'\nc:\n", "test.yaml", faults);
  ASSERT_TRUE(root);
  EXPECT_TRUE(faults.empty());
  ASSERT_EQ(root->children.size(), 3U);
  const YamlNode& b = root->children[1];
  EXPECT_EQ(b.key, "b");
  EXPECT_EQ(b.key_place.line, 2);
  EXPECT_TRUE(b.IsList());
  EXPECT_EQ(b.children[1].text, "y");
  EXPECT_TRUE(b.children[1].quoted);
  EXPECT_FALSE(b.children[0].quoted);
  EXPECT_EQ(b.children[1].place.line, 4);
  EXPECT_EQ(b.children[1].place.column, 5);
  EXPECT_EQ(root->children[2].kind, YamlNode::Kind::kNull);
}

TEST(YamlTree, ExpandsAliases) {
  std::vector<Fault> faults;
  const auto root = ParseYaml("a: &x [1, 2]\nb: *x\n", "test.yaml", faults);
  ASSERT_TRUE(root);
  EXPECT_EQ(root->children[1].children.size(), 2U);
  EXPECT_EQ(root->children[1].key, "b");
}

TEST(YamlTree, SyntaxFaultsHaveTheirPlace) {
  const Fault fault = Refused("a: 1\nb: [1, 2\nc: 3\n");
  EXPECT_THAT(fault.message, HasSubstr("no valid YAML"));
  EXPECT_EQ(fault.file, "test.yaml");
  EXPECT_GE(fault.place.line, 2);
  EXPECT_EQ(Refused("a: b: c\n").place.line, 1);
  EXPECT_THAT(Refused("a: *unknown\n").message, HasSubstr("no valid YAML"));
}

TEST(YamlTree, RefusesAliasBombsWithoutExpandingThem) {
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c <= 'p'; ++c) {
    const std::string alias = std::string("*") + static_cast<char>(c - 1);
    bomb += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 10; ++i) bomb += alias + (i < 9 ? ", " : "]\n");
  }
  const Fault fault = Refused(bomb);
  EXPECT_THAT(fault.message, HasSubstr("more than 10000 values"));
  EXPECT_EQ(fault.place.line, 4);
}

TEST(YamlTree, RefusesTextMultipliedByAliases) {
  std::string bomb = "a: &a " + std::string(500'000, 'x') + "\nb: [";
  for (int i = 0; i < 5000; ++i) bomb += "*a, ";
  EXPECT_THAT(Refused(bomb + "]\n").message, HasSubstr("bytes, aliases expanded"));
}

TEST(YamlTree, RefusesAnAliasInItself) {
  EXPECT_THAT(Refused("a: &a [1, *a]\n").message, HasSubstr("inside its own anchor"));
}

TEST(YamlTree, BoundsDepth) {
  std::vector<Fault> faults;
  const std::string good = std::string(31, '[') + "x" + std::string(31, ']');
  EXPECT_TRUE(ParseYaml(good, "test.yaml", faults));
  EXPECT_THAT(Refused("[" + good + "]").message, HasSubstr("nested deeper than 32"));
  EXPECT_THAT(Refused(std::string(100'000, '[')).message, HasSubstr("nested deeper than 32"));
  // Depth that only an alias brings in.
  const std::string half = std::string(20, '[') + "x" + std::string(20, ']');
  const std::string doubled = "a: &a " + half + "\nb: " + std::string(20, '[') + "*a" +
                              std::string(20, ']') + "\n";
  EXPECT_THAT(Refused(doubled).message, HasSubstr("nested deeper than 32"));
}

TEST(YamlTree, BoundsSizeAndNodes) {
  EXPECT_THAT(Refused(std::string(kYamlBytesMax + 1, 'x')).message, HasSubstr("larger than"));
  std::string many = "[";
  for (int i = 0; i < 10'000; ++i) many += "x,";
  EXPECT_THAT(Refused(many + "]").message, HasSubstr("more than 10000 values"));
}

TEST(YamlTree, RefusesWhatIsNoText) {
  const Fault bad = Refused("a: 1\nb: \xff\n");
  EXPECT_THAT(bad.message, HasSubstr("not UTF-8"));
  EXPECT_EQ(bad.place.line, 2);
  EXPECT_EQ(bad.place.column, 4);
  for (const char* text : {"a: \xc0\xaf", "a: \xed\xa0\x80", "a: \xf4\x90\x80\x80",
                           "a: \xe2\x82"}) {
    EXPECT_THAT(Refused(text).message, HasSubstr("not UTF-8")) << text;
  }
  EXPECT_EQ(Refused("a: \x04 b").message, "a control character, code 4");
  EXPECT_EQ(Refused("a: \x7f").message, "a control character, code 127");
  EXPECT_EQ(Refused(std::string_view("a: \0b", 5)).message, "a control character, code 0");
  std::vector<Fault> faults;
  EXPECT_TRUE(ParseYaml("a: Bedürfnis – \xf0\x9f\x9a\x80", "test.yaml", faults));
}

TEST(YamlTree, RefusesEmptyAndSeveralDocuments) {
  EXPECT_THAT(Refused("").message, HasSubstr("empty"));
  EXPECT_THAT(Refused("# only words\n").message, HasSubstr("empty"));
  const Fault second = Refused("a: 1\n---\nb: 2\n");
  EXPECT_THAT(second.message, HasSubstr("more than one document"));
  EXPECT_EQ(second.place.line, 2);
}

TEST(YamlTree, RefusesKeysThatAreNoText) {
  EXPECT_THAT(Refused("[1, 2]: x\n").message, HasSubstr("a key must be text"));
  EXPECT_THAT(Refused("~: x\n").message, HasSubstr("a key must be text"));
}

TEST(YamlTree, ReportsRepeatedKeysAndTags) {
  std::vector<Fault> faults;
  EXPECT_TRUE(ParseYaml("a: 1\nb: 2\n  \na: 3\nc: !!binary abc\n", "test.yaml", faults));
  ASSERT_EQ(faults.size(), 2U);
  EXPECT_EQ(faults[0].message, "key 'a' is repeated");
  EXPECT_EQ(faults[0].place.line, 4);
  EXPECT_EQ(faults[0].place.column, 1);
  EXPECT_THAT(faults[1].message, HasSubstr("tags"));
}

}  // namespace
}  // namespace waymark::model
