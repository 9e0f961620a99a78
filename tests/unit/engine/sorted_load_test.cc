#include "engine/sorted_load.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

namespace waymark::engine {
namespace {

// What is to be sorted, and the bytes that its views need.
struct Rows {
  void Add(const std::string& key) {
    keys.push_back(key);
    values.push_back(std::to_string(keys.size()));
  }
  std::vector<store::Row> Views() const {
    std::vector<store::Row> rows;
    for (size_t i = 0; i < keys.size(); ++i) rows.push_back({keys[i], values[i]});
    return rows;
  }
  std::vector<std::string> keys;
  std::vector<std::string> values;
};

// By a map, which keeps the last of each key and sorts by bytes.
void ExpectSorted(const Rows& given) {
  std::map<std::string, std::string> expected;
  for (size_t i = 0; i < given.keys.size(); ++i) expected[given.keys[i]] = given.values[i];
  std::vector<store::Row> rows = given.Views();
  SortKeepingLast(rows);
  ASSERT_EQ(rows.size(), expected.size());
  size_t i = 0;
  for (const auto& [key, value] : expected) {
    EXPECT_EQ(rows[i].key, key) << "row " << i;
    EXPECT_EQ(rows[i].value, value) << "row " << i;
    ++i;
  }
}

TEST(SortKeepingLast, OfEachKeyTheLastRowStays) {
  Rows rows;
  for (const char* key : {"b", "a", "b", "c", "a", "b"}) rows.Add(key);
  ExpectSorted(rows);
}

TEST(SortKeepingLast, WhatIsSortedStaysAndWhatIsRepeatedInOrderIsKeptOnce) {
  Rows sorted;
  for (const char* key : {"a", "ab", "b"}) sorted.Add(key);
  ExpectSorted(sorted);
  Rows repeated;
  for (const char* key : {"a", "b", "b", "c"}) repeated.Add(key);
  ExpectSorted(repeated);
}

TEST(SortKeepingLast, AKeyThatEndsEarlyComesBeforeThoseThatGoOnWithZeros) {
  using namespace std::string_literals;
  Rows rows;
  for (const auto& key : {"k\0\0"s, "k"s, "k\0"s, "k\xff"s, "k\0\1"s, "k"s}) rows.Add(key);
  ExpectSorted(rows);
}

TEST(SortKeepingLast, KeysThatDifferOnlyBehindManyEqualBytesAreToldApart) {
  Rows rows;
  for (int i = 40; i > 0; --i) {
    rows.Add("customer-" + std::string(i % 3, 'x') + "0000000000" + std::to_string(i % 17));
  }
  ExpectSorted(rows);
}

TEST(SortKeepingLast, AnyKeysInAnyOrder) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    Rows rows;
    const size_t count = random() % 60;
    const std::string shared(random() % 4, 'p');
    for (size_t i = 0; i < count; ++i) {
      std::string key = shared;
      const size_t length = random() % 12;
      for (size_t at = 0; at < length; ++at) {
        key += static_cast<char>(random() % 3 == 0 ? 0xfe : random() % 2);
      }
      rows.Add(key);
    }
    if (count > 0) ExpectSorted(rows);
  }
}

TEST(SortKeepingLast, NothingStaysNothing) {
  std::vector<store::Row> rows;
  SortKeepingLast(rows);
  EXPECT_TRUE(rows.empty());
}

}  // namespace
}  // namespace waymark::engine
