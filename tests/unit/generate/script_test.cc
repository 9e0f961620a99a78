#include "generate/script.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace waymark::generate {
namespace {

TEST(Scripts, HoldEveryExampleOfTheDomain) {
  std::set<std::string> names;
  for (const Script& script : Scripts()) names.emplace(script.name);
  for (int i = 0; i <= 21; ++i) EXPECT_TRUE(names.contains("E" + std::to_string(i))) << i;
}

TEST(Scripts, TheFirstIsTheVisit) {
  EXPECT_EQ(Scripts()[kVisit].name, "E0");
}

// What the walker relies on.
TEST(Scripts, AreWellFormed) {
  for (const Script& script : Scripts()) {
    ASSERT_FALSE(script.steps.empty());
    EXPECT_EQ(script.steps.back().skip, 0) << script.name << ": a run ends with its last step";
    EXPECT_EQ(script.steps.back().back, 0) << script.name;
    bool anchored = false;
    for (size_t i = 0; i < script.steps.size(); ++i) {
      const ScriptStep& step = script.steps[i];
      EXPECT_FALSE(step.action.empty()) << script.name << ' ' << i;
      EXPECT_LE(step.back, i) << script.name << ' ' << i;
      EXPECT_GE(step.times.least, 1) << script.name << ' ' << i;
      EXPECT_LE(step.times.least, step.times.most) << script.name << ' ' << i;
      if ((step.carries & kAboutAnchor) != 0) {
        EXPECT_TRUE(anchored) << script.name;
      }
      if ((step.carries & kAnchor) != 0) {
        anchored = true;
        EXPECT_EQ(step.other, Place::kSame) << "the anchor's source is that of its place";
        EXPECT_EQ(step.skip, 0) << script.name;
      }
      EXPECT_EQ(step.check_type.empty(), step.kind != model::Kind::kMysteryCheck);
    }
  }
}

TEST(Scripts, NeverLeaveOutWhatTheyMark) {
  for (const Script& script : Scripts()) {
    for (const ScriptStep& step : script.steps) {
      const Marks needed =
          step.marks & static_cast<Marks>(~(kMarkHandover | kMarkAdvocacy | kMarkObjective));
      if (needed != 0) {
        EXPECT_EQ(step.skip, 0) << script.name;
      }
    }
  }
}

TEST(Scripts, PlacesAreNamed) {
  for (auto i = static_cast<int>(Place::kSame) + 1; i < static_cast<int>(Place::kEnd); ++i) {
    const PlaceFacts& facts = FactsOf(static_cast<Place>(i));
    EXPECT_FALSE(facts.channel.empty()) << i;
    EXPECT_FALSE(facts.touchpoint.empty()) << i;
    EXPECT_FALSE(facts.source.system.empty()) << i;
  }
}

TEST(Scripts, BusinessCustomersHaveTheirOwn) {
  for (const Script& script : Scripts()) {
    if (script.name == "E2" || script.name == "E3") {
      EXPECT_EQ(script.weight.personal, 0);
      EXPECT_GT(script.weight.business, 0);
    }
  }
}

}  // namespace
}  // namespace waymark::generate
