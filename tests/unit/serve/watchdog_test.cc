#include "serve/watchdog.h"

#include <gtest/gtest.h>

namespace waymark::serve {
namespace {

constexpr base::Millis kPatience{60'000};

class WatchdogTest : public testing::Test {
 protected:
  // Time passes and the watchdog is asked each second; what it said last.
  std::optional<HealthState::Silence> Pass(int seconds) {
    std::optional<HealthState::Silence> said;
    for (int i = 0; i < seconds; ++i) {
      clock_.Advance(base::Millis(1'000));
      said = watchdog_.Check();
    }
    return said;
  }

  base::ManualClock clock_{base::Timestamp{1'000'000}};
  HealthState health_{clock_, base::Millis(10'000)};
  Watchdog watchdog_{health_, clock_, kPatience};
};

TEST_F(WatchdogTest, NobodyIsMissedWhoNeverSpoke) { EXPECT_FALSE(Pass(1'000)); }

TEST_F(WatchdogTest, NamesTheMostSilentOnceThePatienceIsOver) {
  health_.Beat("worker-0");
  health_.Beat("worker-1");
  Pass(1);
  health_.Beat("worker-0");
  EXPECT_FALSE(Pass(59));
  const auto silence = Pass(1);
  ASSERT_TRUE(silence);
  EXPECT_EQ(silence->component, "worker-1");
  EXPECT_EQ(silence->length, std::chrono::seconds(61));
}

TEST_F(WatchdogTest, ASignOfLifeStartsThePatienceAnew) {
  health_.Beat("worker-0");
  EXPECT_FALSE(Pass(60));
  health_.Beat("worker-0");
  EXPECT_FALSE(Pass(60));
  EXPECT_TRUE(Pass(1));
}

TEST_F(WatchdogTest, WhoEndedInGoodOrderIsNotMissed) {
  health_.Beat("worker-0");
  health_.Forget("worker-0");
  EXPECT_FALSE(Pass(100));
}

TEST_F(WatchdogTest, AStandstillOfTheWholeProcessIsNobodysSilence) {
  health_.Beat("worker-0");
  Pass(50);
  clock_.Advance(base::Millis(3'600'000));  // as of a machine that was suspended
  EXPECT_FALSE(watchdog_.Check());
  EXPECT_FALSE(Pass(60));
  EXPECT_TRUE(Pass(1));
}

}  // namespace
}  // namespace waymark::serve
