#include "base/text_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

namespace waymark::base {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

TEST(TextSet, IsEmptyAtFirst) {
  const TextSet set;
  EXPECT_TRUE(set.empty());
  EXPECT_EQ(set.size(), 0U);
  EXPECT_THAT(set, IsEmpty());
  EXPECT_FALSE(set.Contains(""));
  EXPECT_EQ(set, TextSet());
  EXPECT_EQ(set.memory_bytes(), 0U);
}

TEST(TextSet, HoldsEachTextOnceAndInOrder) {
  TextSet set;
  EXPECT_TRUE(set.Insert("shop"));
  EXPECT_TRUE(set.Insert("app"));
  EXPECT_TRUE(set.Insert("shopping"));
  EXPECT_FALSE(set.Insert("app"));
  EXPECT_TRUE(set.Insert(""));
  EXPECT_THAT(set, ElementsAre("", "app", "shop", "shopping"));
  EXPECT_EQ(set.PlaceOf("shop"), 3U);
  EXPECT_EQ(set.At(3), "shop");
  EXPECT_EQ(set.PlaceOf("sho"), 0U);
}

TEST(TextSet, BytesAboveAsciiComeBehind) {
  TextSet set;
  set.Insert("\xc3\xbc");
  set.Insert("z");
  EXPECT_THAT(set, ElementsAre("z", "\xc3\xbc"));
}

TEST(TextSet, IsAsASetOfStrings) {
  std::mt19937 random(7);  // NOLINT: the same each time
  for (int round = 0; round < 200; ++round) {
    TextSet set;
    std::set<std::string> expected;
    for (int i = 0; i < 60; ++i) {
      const std::string text(random() % (round % 2 == 0 ? 4 : 400),
                             static_cast<char>('a' + random() % 3));
      EXPECT_EQ(set.Insert(text), expected.insert(text).second);
    }
    ASSERT_THAT(set, ElementsAreArray(expected));
    ASSERT_EQ(set.size(), expected.size());
    uint32_t place = 0;
    for (const std::string& text : expected) {
      ASSERT_EQ(set.PlaceOf(text), ++place);
      ASSERT_EQ(set.At(place), text);
    }
  }
}

TEST(TextSet, WhatIsAppendedInOrderIsEqualToWhatIsInserted) {
  TextSet inserted;
  TextSet appended;
  for (const char* text : {"a", "b", "c"}) appended.Append(text);
  for (const char* text : {"c", "a", "b"}) inserted.Insert(text);
  EXPECT_EQ(appended, inserted);
  appended.Append("d");
  EXPECT_NE(appended, inserted);
}

TEST(TextSet, ACopyIsItsOwn) {
  TextSet set;
  set.Insert("a");
  TextSet copy = set;
  copy.Insert("b");
  EXPECT_THAT(set, ElementsAre("a"));
  EXPECT_THAT(copy, ElementsAre("a", "b"));
  set = copy;
  EXPECT_EQ(set, copy);
  const TextSet moved = std::move(copy);
  EXPECT_EQ(moved, set);
  set.clear();
  EXPECT_THAT(set, IsEmpty());
  set = TextSet();
  EXPECT_TRUE(set.empty());
}

}  // namespace
}  // namespace waymark::base
