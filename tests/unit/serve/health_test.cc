#include "serve/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waymark::serve {
namespace {

using testing::HasSubstr;

class HealthTest : public testing::Test {
 protected:
  base::ManualClock clock_{base::Timestamp{1'000'000}};
  HealthState health_{clock_, base::Millis(10'000)};
};

TEST_F(HealthTest, StartsLiveButNotReady) {
  EXPECT_TRUE(health_.IsLive());
  EXPECT_FALSE(health_.IsReady());
  EXPECT_EQ(health_.ReadyResponse().code, 503);
  EXPECT_EQ(health_.ReadyResponse().body, "{\"ready\":false,\"reason\":\"starting\"}\n");
  EXPECT_EQ(health_.LiveResponse().body, "{\"live\":true,\"components\":{}}\n");
}

TEST_F(HealthTest, ASilentComponentIsNeitherLiveNorReady) {
  health_.SetReady();
  health_.Beat("worker-0");
  health_.Beat("worker-1");
  clock_.Advance(base::Millis(10'000));
  health_.Beat("worker-1");
  EXPECT_TRUE(health_.IsLive());
  clock_.Advance(base::Millis(1));
  EXPECT_FALSE(health_.IsLive());
  EXPECT_FALSE(health_.IsReady());
  EXPECT_EQ(health_.LiveResponse().code, 503);
  EXPECT_THAT(health_.LiveResponse().body,
              HasSubstr("\"reason\":\"no sign of life from worker-0\""));
  EXPECT_THAT(health_.LiveResponse().body, HasSubstr("\"worker-0\":{\"age_seconds\":10.001}"));
  EXPECT_THAT(health_.ReadyResponse().body, HasSubstr("worker-0"));
  health_.Beat("worker-0");
  EXPECT_TRUE(health_.IsReady());
}

TEST_F(HealthTest, AForgottenComponentIsNotWaitedFor) {
  health_.Beat("worker-0");
  health_.Forget("worker-0");
  clock_.Advance(base::Millis(60'000));
  EXPECT_TRUE(health_.IsLive());
}

TEST_F(HealthTest, ReadyComesAndGoes) {
  health_.SetReady();
  EXPECT_TRUE(health_.IsReady());
  EXPECT_EQ(health_.ReadyResponse().body, "{\"ready\":true}\n");
  health_.SetNotReady("restoring", R"({"partitions":3})");
  EXPECT_FALSE(health_.IsReady());
  EXPECT_EQ(health_.ReadyResponse().body,
            "{\"ready\":false,\"reason\":\"restoring\",\"detail\":{\"partitions\":3}}\n");
  health_.SetNotReady("restoring", "no json");
  EXPECT_THAT(health_.ReadyResponse().body, HasSubstr("\"detail\":\"no json\""));
  EXPECT_TRUE(health_.IsLive());
}

TEST_F(HealthTest, FatalIsForGood) {
  health_.SetReady();
  health_.SetFatal("fenced");
  health_.SetFatal("what follows");
  health_.SetReady();
  health_.Beat("worker-0");
  EXPECT_FALSE(health_.IsLive());
  EXPECT_FALSE(health_.IsReady());
  EXPECT_THAT(health_.LiveResponse().body, HasSubstr("\"reason\":\"fenced\""));
  EXPECT_THAT(health_.ReadyResponse().body, HasSubstr("\"reason\":\"fenced\""));
}

}  // namespace
}  // namespace waymark::serve
