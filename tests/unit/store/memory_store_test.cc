#include "store/memory_store.h"

#include <gtest/gtest.h>

#include "unit/store/contract.h"

namespace waymark::store {
namespace {

class InMemory : public ::testing::Test {
 protected:
  Store& store() { return store_; }
  void Crash() { store_.LoseUnflushed(); }

 private:
  MemoryStore store_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StoreContract, InMemory);

TEST(Expiry, HoldsFromTheNextFlushOnThatBeginsBehindIt) {
  const auto always = [](std::string_view) { return true; };
  Expiry expiry;
  expiry.Set("a", always);
  const uint64_t begun = expiry.BeginFlush();
  expiry.Set("b", always);
  EXPECT_FALSE(Expiry::IsExpired(*expiry.tests(), "a1"));
  expiry.EndFlush(begun);
  EXPECT_TRUE(Expiry::IsExpired(*expiry.tests(), "a1"));
  EXPECT_FALSE(Expiry::IsExpired(*expiry.tests(), "b1"));
  expiry.Set("b", {});
  expiry.EndFlush(expiry.BeginFlush());
  EXPECT_FALSE(Expiry::IsExpired(*expiry.tests(), "b1")) << "taken back meanwhile";
  expiry.Set("a", {});
  EXPECT_FALSE(Expiry::IsExpired(*expiry.tests(), "a1"));
}

TEST(MemoryStore, DropsWhatHasExpired) {
  MemoryStore store;
  ASSERT_TRUE(store.Ingest(Family::kTimelines, {{"a1", "x"}, {"a2", "x"}, {"b1", "x"}}).ok());
  store.SetExpired("a", [](std::string_view key) { return key == "a1"; });
  EXPECT_TRUE(store.Get(Family::kTimelines, "a1")->has_value());
  ASSERT_TRUE(store.Flush().ok());
  EXPECT_FALSE(store.Get(Family::kTimelines, "a1")->has_value());
  EXPECT_TRUE(store.Get(Family::kTimelines, "a2")->has_value());
  store.LoseUnflushed();
  EXPECT_FALSE(store.Get(Family::kTimelines, "a1")->has_value());
}

TEST(PrefixEnd, IsTheSmallestKeyAboveThePrefix) {
  EXPECT_EQ(PrefixEnd("a"), "b");
  EXPECT_EQ(PrefixEnd("a\xff"), "b");
  EXPECT_EQ(PrefixEnd(std::string("\0\0", 2)), std::string("\0\1", 2));
  EXPECT_EQ(PrefixEnd("\xff\xff"), "") << "no end";
  EXPECT_EQ(PrefixEnd(""), "");
}

}  // namespace
}  // namespace waymark::store
