#include "engine/trim.h"

#include <gtest/gtest.h>

#include <chrono>

#include "support/bare_machine.h"
#include "support/interactions.h"

namespace waymark::engine {
namespace {

using test::At;
using test::BareMachine;
using test::Minute;
using test::Send;

class TrimTest : public ::testing::Test {
 protected:
  journey::CompiledModels models_ = test::Compile({test::kSimpleModel});
  journey::Fold fold_{models_, {}};
  TaskSettings settings_{.timeline = {std::chrono::hours(5)}};
  store::MemoryStore store_;
  test::TaskDriver driver_{fold_, store_, settings_};
};

TEST(TimelineSettings, ATimelineIsTrimmedOnceItsOldestStepHasBeenTooOldForAWhile) {
  TimelineSettings timeline;
  EXPECT_FALSE(timeline.is_limited());
  EXPECT_EQ(timeline.TrimDue({0}), base::Timestamp::max());
  EXPECT_EQ(timeline.AcceptedFrom({0}), base::Timestamp::min());
  timeline.retention = std::chrono::hours(24 * 400);
  EXPECT_EQ(timeline.slack(), std::chrono::hours(24 * 5));
  EXPECT_EQ(timeline.TrimDue({0}), base::Timestamp{} + std::chrono::hours(24 * 405));
  EXPECT_EQ(timeline.TrimDue(base::Timestamp::max()), base::Timestamp::max());
  EXPECT_EQ(timeline.ExpiredBefore(timeline.TrimDue({0})), base::Timestamp{});
  EXPECT_EQ(timeline.AcceptedFrom(base::Timestamp::min()), base::Timestamp::min());
}

// What was trimmed is in the snapshot: the steps themselves need not be in the topic any more.
TEST_F(TrimTest, WhatWasTrimmedIsKnownWithoutItsSteps) {
  for (int i = 0; i < 100; ++i) {
    driver_.Batch({Send(At(i, "v" + std::to_string(i), "view"))});
  }
  driver_.Batch({Send(At(460, "w", "view"))});
  driver_.Batch({Send(At(480, "x", "view"))}, Minute(480));
  EXPECT_EQ(driver_.task().totals().trims, 1);
  driver_.Snapshots(true);
  BareMachine bare(fold_, driver_.output(), settings_);
  bare.log().RemoveStepsBefore(base::Offset(100));
  ASSERT_TRUE(bare.Restore(driver_.task().mark()).ok());
  const test::Sent late = Send(At(470, "late", "order"));
  bare.Accept(late);
  driver_.Batch({late});
  EXPECT_EQ(bare.task().totals().steps, driver_.totals().steps);
  ASSERT_TRUE(bare.task().Flush().ok());
  driver_.Flush();
  const auto row_of = [](const store::Store& from) {
    return from.Get(store::Family::kProfiles, ProfileKey(base::Partition(0), "ann")).value();
  };
  Profile have;
  Profile want;
  ASSERT_TRUE(ProfileCache::DecodeRow(fold_, *row_of(bare.store()), have).ok());
  ASSERT_TRUE(ProfileCache::DecodeRow(fold_, *row_of(store_), want).ok());
  EXPECT_EQ(want.state.interactions, 103);
  base::Arena arena;
  std::string views[2];
  for (const Profile* const profile : {&have, &want}) {
    model::CustomerJourneys summary;
    journey::Summarize(profile->state, arena, summary);
    codec::EncodeCanonical(summary, views[profile == &want ? 1 : 0]);
  }
  EXPECT_EQ(views[0], views[1]);
  EXPECT_FALSE(have.floor.empty());
}

TEST_F(TrimTest, AFilterForgetsTheIdsOfTrimmedSteps) {
  for (int i = 0; i < 1000; ++i) {
    driver_.Batch({Send(At(i % 60, "v" + std::to_string(i), "view"))});
  }
  driver_.Batch({Send(At(400, "w", "view")), Send(At(480, "x", "view"))}, Minute(480));
  driver_.Flush();
  driver_.ForEachStored([&](const Profile& profile) {
    EXPECT_LT(profile.state.ids.words().size(), 30U);
    EXPECT_TRUE(profile.state.ids.MaybeContains(journey::RowHash("shop", "w")));
  });
  driver_.Batch({Send(At(400, "w", "view"))});
  EXPECT_EQ(driver_.totals().duplicates, 1);
}

TEST_F(TrimTest, WhatIsOlderThanTheTimelinesIsRefused) {
  driver_.Batch({Send(At(0, "a", "view"))}, Minute(400));
  driver_.Begin();
  EXPECT_TRUE(driver_.Accept(Send(At(100, "b", "view"))));
  EXPECT_FALSE(driver_.Accept(Send(At(99, "c", "view"))));
  driver_.End(Minute(400));
  const auto reason = static_cast<size_t>(model::DeadLetterReason::kOlderThanTimeline);
  EXPECT_EQ(driver_.totals().dead_letters[reason], 1);
  EXPECT_EQ(driver_.totals().steps, 2);
}

}  // namespace
}  // namespace waymark::engine
