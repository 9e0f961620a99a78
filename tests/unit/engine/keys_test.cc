#include "engine/keys.h"

#include <gtest/gtest.h>

#include <random>
#include <tuple>

#include "store/store.h"

namespace waymark::engine {
namespace {

class KeysTest : public ::testing::Test {
 protected:
  // Short texts of few letters, zero bytes and high bytes among them, so that prefixes happen.
  std::string Text() {
    constexpr std::string_view kLetters("\0\x01\xff" "ab", 5);
    std::string text(random_() % 4, ' ');
    for (char& c : text) c = kLetters[random_() % kLetters.size()];
    return text;
  }
  int64_t Number() {
    constexpr int64_t kNumbers[] = {INT64_MIN, -256, -1, 0, 1, 255, 256, 1'700'000'000'000,
                                    INT64_MAX};
    return random_() % 2 == 0 ? kNumbers[random_() % std::size(kNumbers)]
                              : static_cast<int64_t>(random_());
  }
  std::mt19937_64 random_{11};
};

TEST_F(KeysTest, OrderBytesSortAsOrderKeysDo) {
  for (int round = 0; round < 50'000; ++round) {
    const std::string texts[] = {Text(), Text(), Text(), Text()};
    const int64_t time = Number();
    const model::OrderKey a{time, random_() % 2 == 0 ? 0 : Number(), texts[0], texts[1]};
    const model::OrderKey b{random_() % 2 == 0 ? time : Number(),
                            random_() % 2 == 0 ? a.sequence : Number(),
                            random_() % 2 == 0 ? texts[0] : texts[2], texts[3]};
    std::string a_bytes;
    std::string b_bytes;
    AppendOrderBytes(a, a_bytes);
    AppendOrderBytes(b, b_bytes);
    ASSERT_EQ(a_bytes < b_bytes, a < b);
    ASSERT_EQ(a_bytes == b_bytes, a == b);
  }
}

TEST_F(KeysTest, RowsOfOneProfileLieTogetherAndApartFromOthers) {
  for (int round = 0; round < 50'000; ++round) {
    const std::string a = Text();
    const std::string b = Text();
    const std::string prefix = ProfileKey(base::Partition(3), a);
    std::string row = ProfileKey(base::Partition(3), b);
    const std::string id = Text();
    AppendOrderBytes({Number(), Number(), Text(), id}, row);
    const bool inside = row >= prefix && row < store::PrefixEnd(prefix);
    ASSERT_EQ(inside, a == b);
  }
}

TEST_F(KeysTest, ProfilesSortAsTheirIdsDo) {
  for (int round = 0; round < 50'000; ++round) {
    const std::string a = Text();
    const std::string b = Text();
    ASSERT_EQ(ProfileKey(base::Partition(1), a) < ProfileKey(base::Partition(1), b), a < b);
  }
}

TEST_F(KeysTest, PartitionsAreApart) {
  EXPECT_LT(ProfileKey(base::Partition(255), "z"), ProfileKey(base::Partition(256), "a"));
  EXPECT_EQ(PartitionPrefix(base::Partition(0x0102)), "\x01\x02");
  EXPECT_TRUE(MetaKey(base::Partition(7), "mark").starts_with(PartitionPrefix(base::Partition(7))));
}

TEST_F(KeysTest, TimersSortByDueTimeAndEndBeforeTheBound) {
  for (int round = 0; round < 50'000; ++round) {
    const base::Timestamp due{Number()};
    const base::Timestamp bound{Number()};
    const std::string profile = Text();
    const std::string key = TimerKey(base::Partition(2), due, profile);
    ASSERT_EQ(key < TimerBound(base::Partition(2), bound), due < bound);
    ASSERT_EQ(ProfileOfTimerKey(key), profile);
  }
}

TEST_F(KeysTest, GoldenBytes) {
  std::string order;
  AppendOrderBytes({1, -1, std::string_view("s\0", 2), "i"}, order);
  EXPECT_EQ(order, std::string("\x80\0\0\0\0\0\0\x01" "\x7f\xff\xff\xff\xff\xff\xff\xff"
                               "s\0\xff\0\x01" "i", 22));
  EXPECT_EQ(ProfileKey(base::Partition(1), "p"), std::string("\0\x01p\0\x01", 5));
  EXPECT_EQ(TimerKey(base::Partition(1), {0}, "p"), std::string("\0\x01\x80\0\0\0\0\0\0\0p", 11));
}

}  // namespace
}  // namespace waymark::engine
