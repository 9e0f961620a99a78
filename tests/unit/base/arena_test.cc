#include "base/arena.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace waymark::base {
namespace {

// Copies texts of many lengths; what was copied stays as it is.
void CopyMany(Arena& arena, int count) {
  std::vector<std::pair<std::string, std::string_view>> copies;
  size_t bytes = 0;
  for (int i = 0; i < count; ++i) {
    const std::string text(static_cast<size_t>(i * 37 % 900), static_cast<char>('a' + i % 26));
    copies.emplace_back(text, arena.Copy(text));
    bytes += text.size();
  }
  for (const auto& [text, copy] : copies) ASSERT_EQ(copy, text);
  ASSERT_EQ(arena.used(), bytes);
}

TEST(Arena, HoldsWhatWasCopiedUntilCleared) {
  Arena arena(256);
  for (const int count : {100, 3, 200, 0, 1, 50}) {
    CopyMany(arena, count);
    arena.Clear();
    EXPECT_EQ(arena.used(), 0U);
  }
}

TEST(Arena, BlocksAreUsedAgain) {
  Arena arena(256);
  const char* const first = arena.Take(200);
  const char* const second = arena.Take(200);
  arena.Clear();
  EXPECT_EQ(arena.Take(200), first);
  EXPECT_EQ(arena.Take(200), second);
}

TEST(Arena, OneLargerThanABlockFindsItsPlace) {
  Arena arena(256);
  CopyMany(arena, 60);
  arena.Clear();
  const std::string large(5'000, 'x');
  const std::string_view small = arena.Copy("small");
  const std::string_view copy = arena.Copy(large);
  EXPECT_EQ(arena.Copy("behind"), "behind");
  EXPECT_EQ(small, "small");
  EXPECT_EQ(copy, large);
}

TEST(Arena, GivesItsBlocksToAnother) {
  Arena arena(256);
  Arena other(256);
  const char* const block = arena.Take(200);
  EXPECT_EQ(other.Copy("kept"), "kept");
  const std::string_view kept = other.Copy("too");
  arena.ClearTo(other);
  EXPECT_EQ(other.Take(250), block);
  EXPECT_EQ(kept, "too");
  CopyMany(arena, 20);
  arena.ClearTo(other);
  EXPECT_EQ(arena.used(), 0U);
  Arena().ClearTo(other);
  EXPECT_EQ(kept, "too");
}

}  // namespace
}  // namespace waymark::base
