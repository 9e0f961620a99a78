#include "base/hash.h"

#include <gtest/gtest.h>

namespace waymark::base {
namespace {

// The values are those of Kafka's own tests: records must land where the Java client puts them.
TEST(Murmur2, IsThatOfTheJavaClient) {
  const struct {
    std::string_view key;
    int32_t hash;
  } cases[] = {{"21", -973932308},
               {"foobar", -790332482},
               {"a-little-bit-long-string", -985981536},
               {"a-little-bit-longer-string", -1486304829},
               {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
               {"abc", 479470107}};
  for (const auto& c : cases) EXPECT_EQ(static_cast<int32_t>(Murmur2(c.key)), c.hash) << c.key;
}

TEST(Murmur2, PartitionClearsTheSignInsteadOfNegating) {
  EXPECT_EQ(Murmur2Partition("21", 1000), (-973932308 & 0x7fffffff) % 1000);
  EXPECT_EQ(Murmur2Partition("abc", 7), 479470107 % 7);
  EXPECT_EQ(Murmur2Partition("anything", 1), 0);
}

// Stored ids rest on these values.
TEST(Hash64, IsXxh3) {
  EXPECT_EQ(Hash64(""), 0x2d06800538d394c2ULL);
  EXPECT_EQ(Hash64("a", 0), Hash64("a"));
  EXPECT_NE(Hash64("a", 1), Hash64("a"));
}

TEST(Hash128, IsXxh3) {
  EXPECT_EQ(MakeHash128("").high, 0x99aa06d3014798d8ULL);
  EXPECT_EQ(MakeHash128("").low, 0x6001c324468d497fULL);
}

TEST(Id96, IsTheFirst24DigitsOfTheHash) {
  EXPECT_EQ(view(ToText(MakeId96(""))), "99aa06d3014798d86001c324");
  EXPECT_EQ(view(ToText(Id96{0, 0x1f})), "00000000000000000000001f");
  EXPECT_EQ(view(ToText(Id96{0xfedcba9876543210, 0})), "fedcba987654321000000000");
}

TEST(Id96, OrdersLikeItsText) {
  const Id96 small{1, 0xffffffff};
  const Id96 large{2, 0};
  EXPECT_LT(small, large);
  EXPECT_LT(view(ToText(small)), view(ToText(large)));
  EXPECT_TRUE(Id96{}.IsZero());
  EXPECT_FALSE(small.IsZero());
  EXPECT_NE(MakeId96("a"), MakeId96("b"));
}

TEST(Mix64, ChangesEveryInputButZeroAndIsPinned) {
  EXPECT_EQ(Mix64(0), 0U);
  // The first output of SplitMix64 seeded with 0 is the finaliser of its increment.
  EXPECT_EQ(Mix64(0x9e3779b97f4a7c15ULL), 0xe220a8397b1dcdafULL);
}

TEST(ToHex, WritesTwoLowerCaseDigitsForEachByte) {
  EXPECT_EQ(ToHex(std::string_view("\x00\x7f\xff", 3)), "007fff");
  EXPECT_EQ(ToHex(""), "");
}

}  // namespace
}  // namespace waymark::base
