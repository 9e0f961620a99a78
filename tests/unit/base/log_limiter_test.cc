#include "base/log_limiter.h"

#include <gtest/gtest.h>

namespace waymark::base {
namespace {

constexpr int64_t kLines = 3;

TEST(LogLimiter, AdmitsAFewLinesInAWindowAndCountsTheRest) {
  ManualClock clock({0});
  LogLimiter limiter(clock, kLines);
  for (int64_t i = 0; i < kLines; ++i) EXPECT_TRUE(limiter.Admit("a").write);
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(limiter.Admit("a").write);
  clock.Advance(LogLimiter::kWindow);
  const LogLimiter::Verdict next = limiter.Admit("a");
  EXPECT_TRUE(next.write);
  EXPECT_EQ(next.suppressed_before, 5);
  EXPECT_EQ(limiter.Admit("a").suppressed_before, 0);
}

TEST(LogLimiter, OneCauseDoesNotHideAnother) {
  ManualClock clock({0});
  LogLimiter limiter(clock, kLines);
  for (int i = 0; i < 100; ++i) limiter.Admit("often");
  EXPECT_TRUE(limiter.Admit("rare").write);
  EXPECT_FALSE(limiter.Admit("often").write);
}

TEST(LogLimiter, EndlesslyManyCausesTakeNoMoreMemory) {
  ManualClock clock({0});
  LogLimiter limiter(clock, kLines);
  size_t written = 0;
  for (size_t i = 0; i < 10 * LogLimiter::kCausesMax; ++i) {
    written += limiter.Admit("cause " + std::to_string(i)).write ? 1 : 0;
  }
  EXPECT_EQ(written, LogLimiter::kCausesMax + kLines) << "those beyond are one cause";
}

}  // namespace
}  // namespace waymark::base
