#include "model/nearest.h"

#include <gtest/gtest.h>

#include <array>

namespace waymark::model {
namespace {

TEST(Nearest, CountsEdits) {
  EXPECT_EQ(EditDistance("stages", "stages"), 0U);
  EXPECT_EQ(EditDistance("stagse", "stages"), 1U);  // two letters swapped
  EXPECT_EQ(EditDistance("stage", "stages"), 1U);
  EXPECT_EQ(EditDistance("stqges", "stages"), 1U);
  EXPECT_EQ(EditDistance("", "abc"), 3U);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3U);
}

TEST(Nearest, FindsTheTypingErrorOnly) {
  constexpr std::array<std::string_view, 3> kWords = {"stages", "signals", "scope"};
  EXPECT_EQ(Nearest("stagse", kWords), "stages");
  EXPECT_EQ(Nearest("signal", kWords), "signals");
  EXPECT_EQ(Nearest("colour", kWords), "");
  EXPECT_EQ(Nearest(std::string(1000, 's'), kWords), "");
  EXPECT_EQ(DidYouMean("stages"), "did you mean 'stages'?");
  EXPECT_EQ(DidYouMean(""), "");
}

}  // namespace
}  // namespace waymark::model
