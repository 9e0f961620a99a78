#include "journey/id_filter.h"

#include <gtest/gtest.h>

#include <string>

#include "journey/fold.h"

namespace waymark::journey {
namespace {

uint64_t HashOf(std::string_view prefix, int number) {
  return RowHash("shop", std::string(prefix) + std::to_string(number));
}

TEST(IdFilter, ForgetsNoneOfManyIds) {
  IdFilter filter;
  for (int i = 0; i < 100'000; ++i) filter.Insert(HashOf("id-", i));
  for (int i = 0; i < 100'000; ++i) ASSERT_TRUE(filter.MaybeContains(HashOf("id-", i))) << i;
}

// Each false "maybe" costs a re-fold, so their share must not grow with the profile.
TEST(IdFilter, IsSeldomWrongWhateverTheNumberOfIds) {
  IdFilter filter;
  int inserted = 0;
  for (const int size : {5, 50, 500, 5'000, 100'000}) {
    for (; inserted < size; ++inserted) filter.Insert(HashOf("id-", inserted));
    int wrong = 0;
    for (int i = 0; i < 100'000; ++i) wrong += filter.MaybeContains(HashOf("other-", i)) ? 1 : 0;
    EXPECT_LT(wrong, 400) << size << " ids";
    EXPECT_LE(filter.words().size() * 8, 16U + static_cast<size_t>(size) * 8) << size << " ids";
  }
}

TEST(IdFilter, AnEmptyOneHoldsNothing) {
  const IdFilter filter;
  EXPECT_FALSE(filter.MaybeContains(0));
  EXPECT_FALSE(filter.MaybeContains(HashOf("id-", 1)));
  EXPECT_TRUE(filter.words().empty());
}

TEST(IdFilter, GoesOnAfterItWasRestored) {
  IdFilter filter;
  for (int i = 0; i < 1000; ++i) {
    filter.Insert(HashOf("id-", i));
    IdFilter restored;
    ASSERT_TRUE(IdFilter::IsValid(filter.words().size(), filter.last_count()));
    restored.Restore(filter.words(), filter.last_count());
    filter = restored;
  }
  IdFilter whole;
  for (int i = 0; i < 1000; ++i) whole.Insert(HashOf("id-", i));
  EXPECT_EQ(filter.words(), whole.words());
}

TEST(IdFilter, RefusesSizesThatItNeverHas) {
  EXPECT_TRUE(IdFilter::IsValid(0, 0));
  EXPECT_FALSE(IdFilter::IsValid(0, 1));
  EXPECT_TRUE(IdFilter::IsValid(2, 8));
  EXPECT_FALSE(IdFilter::IsValid(2, 9));
  EXPECT_FALSE(IdFilter::IsValid(1, 1));
  EXPECT_FALSE(IdFilter::IsValid(5, 1));
  EXPECT_TRUE(IdFilter::IsValid(6, 1));
}

TEST(RowHash, KnowsTheSystem) {
  EXPECT_NE(RowHash("a", "1"), RowHash("b", "1"));
  EXPECT_NE(RowHash("a", "b1"), RowHash("ab", "1"));
}

}  // namespace
}  // namespace waymark::journey
