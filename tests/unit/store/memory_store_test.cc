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

TEST(PrefixEnd, IsTheSmallestKeyAboveThePrefix) {
  EXPECT_EQ(PrefixEnd("a"), "b");
  EXPECT_EQ(PrefixEnd("a\xff"), "b");
  EXPECT_EQ(PrefixEnd(std::string("\0\0", 2)), std::string("\0\1", 2));
  EXPECT_EQ(PrefixEnd("\xff\xff"), "") << "no end";
  EXPECT_EQ(PrefixEnd(""), "");
}

}  // namespace
}  // namespace waymark::store
