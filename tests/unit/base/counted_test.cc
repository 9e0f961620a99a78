#include "base/counted.h"

#include <gtest/gtest.h>

namespace waymark::base {
namespace {

TEST(Counted, OneIsNoPlural) {
  EXPECT_EQ(Counted(0, "record"), "0 records");
  EXPECT_EQ(Counted(1, "record"), "1 record");
  EXPECT_EQ(Counted(size_t{2}, "dead letter"), "2 dead letters");
  EXPECT_EQ(NounFor(int64_t{1}, "model"), "model");
}

}  // namespace
}  // namespace waymark::base
