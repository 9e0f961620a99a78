// What comes late and deep: pending first, folded in by later batches.
#include <gtest/gtest.h>

#include "codec/fold_state.h"
#include "support/bare_machine.h"
#include "support/interactions.h"

namespace waymark::engine {
namespace {

using test::At;
using test::BareMachine;
using test::Send;

class TaskLateTest : public ::testing::Test {
 protected:
  struct Published {
    int64_t revision = 0;
    bool pending = false;
    size_t placements = 0;
  };

  void SetUp() override { Start({.depth_max = 32, .batch_max = 36, .waiting_max = 2}); }
  void Start(const RefoldSettings& refold, int format = codec::kStateFormatNewest) {
    settings_.refold = refold;
    settings_.state_format = format;
    store_ = std::make_unique<store::MemoryStore>();
    driver_ = std::make_unique<test::TaskDriver>(fold_, *store_, settings_);
  }
  // One interaction a minute, all in order.
  void SendInOrder(int count, std::string_view profile = "ann") {
    for (int i = 0; i < count; ++i) {
      driver_->Batch({Send(At(i, "v" + std::to_string(i), "view"), profile)});
    }
  }
  // The records of one step, in the order written.
  std::vector<Published> RecordsOf(std::string_view id) const {
    std::vector<Published> found;
    for (const auto& record : driver_->output().records) {
      if (record.topic != OutputTopic::kSteps) continue;
      model::Step step;
      EXPECT_TRUE(codec::Decode(*record.value, step).ok());
      if (step.interaction.id != id) continue;
      found.push_back({step.revision, step.pending, step.placements.size()});
    }
    return found;
  }
  size_t step_records() const { return driver_->output().Count(OutputTopic::kSteps); }
  // What a task shows that gets all of it in order.
  void ExpectAsInOrder(std::vector<std::pair<int, std::string>> rest, int in_order) {
    for (int i = 0; i < in_order; ++i) rest.emplace_back(i * 60, "v" + std::to_string(i));
    std::sort(rest.begin(), rest.end());
    store::MemoryStore store;
    TaskSettings settings = settings_;
    settings.refold = {};
    test::TaskDriver expected(fold_, store, settings);
    expected.Begin();
    for (const auto& [seconds, id] : rest) expected.Accept(Send(InSeconds(seconds, id)));
    expected.End();
    const test::View want = expected.Look();
    const test::View have = driver_->Look();
    EXPECT_TRUE(have.steps == want.steps);
    EXPECT_TRUE(have.signals == want.signals);
    EXPECT_TRUE(have.timeline == want.timeline);
    EXPECT_TRUE(have.summaries == want.summaries);
  }
  static model::Interaction InSeconds(int seconds, std::string_view id) {
    model::Interaction out = At(0, id, id.starts_with("v") ? "view" : "order");
    *out.time += int64_t{1000} * seconds;
    return out;
  }

  journey::CompiledModels models_ = test::Compile({test::kSimpleModel});
  journey::Fold fold_{models_, {}};
  TaskSettings settings_{.snapshot_interval = base::Millis(0)};
  std::unique_ptr<store::MemoryStore> store_;
  std::unique_ptr<test::TaskDriver> driver_;
};

TEST_F(TaskLateTest, ADeepArrivalIsPendingUntilItIsFoldedIn) {
  SendInOrder(100);
  driver_->Begin();
  driver_->Accept(Send(InSeconds(90, "late")));
  ASSERT_TRUE(driver_->task().EndBatch(base::Timestamp::min(), base::Timestamp::max()).ok());
  EXPECT_TRUE(driver_->task().has_refolds_left());
  const auto first = RecordsOf("late");
  ASSERT_EQ(first.size(), 1U);
  EXPECT_TRUE(first[0].pending);
  EXPECT_EQ(first[0].placements, 0U);
  driver_->task().Committed(base::Offset(static_cast<int64_t>(step_records())));
  driver_->FoldPending();
  const auto all = RecordsOf("late");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_FALSE(all[1].pending);
  EXPECT_EQ(all[1].placements, 1U);
  EXPECT_GT(all[1].revision, all[0].revision);
  EXPECT_EQ(driver_->output().steps_repeated, 0);
  EXPECT_EQ(driver_->totals().steps, 101);
  ExpectAsInOrder({{90, "late"}}, 100);
}

TEST_F(TaskLateTest, AShallowArrivalIsFoldedInAtOnce) {
  SendInOrder(100);
  driver_->Batch({Send(InSeconds(98 * 60 + 1, "late"))});
  EXPECT_FALSE(driver_->task().has_refolds_left());
  ASSERT_EQ(RecordsOf("late").size(), 1U);
  EXPECT_FALSE(RecordsOf("late")[0].pending);
}

TEST_F(TaskLateTest, NoBatchFoldsMoreThanItsShare) {
  SendInOrder(100);
  driver_->Batch({Send(InSeconds(90, "late"))});
  int batches = 1;
  for (; driver_->task().has_refolds_left(); ++batches) {
    const size_t before = step_records();
    driver_->Batch({});
    EXPECT_LE(step_records() - before, 37U);
  }
  EXPECT_GE(batches, 3);
}

TEST_F(TaskLateTest, LifeGoesOnBesideAFoldFromBatchToBatch) {
  SendInOrder(100);
  driver_->Batch({Send(InSeconds(90, "late"))});
  driver_->Batch({Send(InSeconds(100 * 60, "v100"))});
  driver_->Batch({Send(InSeconds(30, "early"))});            // the fold has passed it
  driver_->Batch({Send(InSeconds(101 * 60, "v101"))});
  driver_->Flush();
  driver_->Batch({Send(InSeconds(99 * 60 + 5, "later"))});   // the fold comes by
  driver_->Batch({Send(InSeconds(90, "late"))});             // known already
  EXPECT_EQ(driver_->totals().duplicates, 1);
  driver_->FoldPending();
  EXPECT_EQ(driver_->output().steps_repeated, 0);
  ExpectAsInOrder({{90, "late"}, {30, "early"}, {99 * 60 + 5, "later"}}, 102);
}

// The newest fold before what is pending is the stored head, in which a timer has fired; before the
// walk from there takes its first row, another one comes that lies before that timer.
TEST_F(TaskLateTest, AWalkBeginsAnewForWhatLiesBeforeATimerThatItBeganWith) {
  Start({.depth_max = 32, .batch_max = 1, .waiting_max = 2});
  std::vector<std::pair<int, std::string>> sent;
  const auto send = [&](int seconds, const std::string& id) {
    sent.emplace_back(seconds, id);
    driver_->Batch({Send(InSeconds(seconds, id))});
  };
  for (int i = 0; i < 10; ++i) send(i * 60, "v" + std::to_string(i));
  driver_->Batch({}, test::Minute(60));  // its session has closed
  driver_->Flush();
  for (int i = 100; i < 140; ++i) send(i * 60, "v" + std::to_string(i));
  send(70 * 60, "late");
  ASSERT_TRUE(RecordsOf("late").at(0).pending);
  send(20 * 60, "earlier");
  ASSERT_TRUE(RecordsOf("earlier").at(0).pending);
  driver_->FoldPending();
  EXPECT_EQ(driver_->output().steps_repeated, 0);
  ExpectAsInOrder(sent, 0);
}

TEST_F(TaskLateTest, WhatTakesThePlaceOfAFoldedStepIsFoldedInAtOnce) {
  SendInOrder(100);
  driver_->Batch({Send(InSeconds(90, "late"))});
  ASSERT_TRUE(driver_->task().has_refolds_left());
  driver_->Batch({Send(InSeconds(99 * 60 - 1, "v99"))});
  const auto moved = RecordsOf("v99");
  ASSERT_GE(moved.size(), 2U);
  EXPECT_FALSE(moved[1].pending);
  driver_->FoldPending();
  driver_->Flush();
  EXPECT_EQ(driver_->Look().timeline.size(), 101U);
}

TEST_F(TaskLateTest, APendingStepCanBeReplaced) {
  SendInOrder(100);
  driver_->Batch({Send(InSeconds(90, "late")), Send(InSeconds(200, "other"))});
  driver_->Batch({Send(InSeconds(80, "late"))});
  driver_->FoldPending();
  ExpectAsInOrder({{80, "late"}, {200, "other"}}, 100);
}

TEST_F(TaskLateTest, BeyondSoManyProfilesNothingWaits) {
  for (const auto* const profile : {"ann", "bob", "eve"}) SendInOrder(50, profile);
  driver_->Batch({Send(InSeconds(90, "late"), "ann"), Send(InSeconds(90, "late"), "bob"),
                  Send(InSeconds(90, "late"), "eve")});
  size_t pending = 0;
  for (const Published& record : RecordsOf("late")) pending += record.pending ? 1 : 0;
  EXPECT_EQ(pending, 2U);
}

TEST_F(TaskLateTest, AnOlderFormatKnowsNoPendingSteps) {
  Start(settings_.refold, codec::kStateFormatWithPending - 1);
  SendInOrder(100);
  driver_->Batch({Send(InSeconds(90, "late"))});
  EXPECT_FALSE(driver_->task().has_refolds_left());
  EXPECT_FALSE(RecordsOf("late").at(0).pending);
}

TEST_F(TaskLateTest, WhatIsPendingIsSoAfterARestoreAndIsFoldedInThen) {
  for (const bool with_snapshots : {false, true}) {
    SetUp();
    SendInOrder(100);
    driver_->Batch({Send(InSeconds(90, "late")), Send(InSeconds(30, "early"))});
    if (with_snapshots) driver_->Snapshots(true);
    EXPECT_TRUE(driver_->task().has_refolds_left());
    driver_->MoveToBareMachine();
    EXPECT_TRUE(driver_->task().has_refolds_left());
    driver_->Reload();
    EXPECT_TRUE(driver_->task().has_refolds_left());
    driver_->FoldPending();
    EXPECT_EQ(driver_->output().steps_repeated, 0);
    // A restore does not count what is pending: a look into the timeline finds that nothing is.
    driver_->MoveToBareMachine();
    const size_t before = step_records();
    driver_->FoldPending();
    EXPECT_EQ(step_records(), before);
    ExpectAsInOrder({{90, "late"}, {30, "early"}}, 100);
  }
}

TEST_F(TaskLateTest, SnapshotsTellThatTheyAreStale) {
  SendInOrder(100);
  driver_->Batch({Send(InSeconds(90, "late"))});
  driver_->Snapshots(true);
  const auto last_is_stale = [&] {
    model::CustomerJourneys snapshot;
    for (const auto& record : driver_->output().records) {
      if (record.topic != OutputTopic::kJourneys) continue;
      EXPECT_TRUE(codec::Decode(*record.value, snapshot).ok());
    }
    return snapshot.stale;
  };
  EXPECT_TRUE(last_is_stale());
  driver_->FoldPending();
  driver_->Snapshots(true);
  EXPECT_FALSE(last_is_stale());
}

// Their steps are held until the fold's end, so that it takes no more than it has room for.
TEST_F(TaskLateTest, MorePendingStepsThanOneFoldTakes) {
  Start({.depth_max = 1, .batch_max = 3'000, .waiting_max = 2});
  SendInOrder(3);
  std::vector<test::Sent> late;
  std::vector<std::pair<int, std::string>> rest;
  constexpr int kLate = static_cast<int>(Refolding::kPendingMax) + 500;
  for (int i = 0; i < kLate; ++i) {
    model::Interaction one = InSeconds(0, "late" + std::to_string(i));
    *one.time += kLate - i;
    late.push_back(Send(one));
  }
  driver_->Batch(late);
  driver_->FoldPending();
  EXPECT_EQ(driver_->totals().refolds, 2);
  EXPECT_EQ(driver_->output().steps_repeated, 0);
  size_t placed = 0;
  for (const auto& [key, bytes] : driver_->output().Steps()) {
    model::Step step;
    ASSERT_TRUE(codec::Decode(bytes, step).ok());
    placed += step.placements.size();
  }
  EXPECT_EQ(placed, static_cast<size_t>(kLate) + 3);
}

}  // namespace
}  // namespace waymark::engine
