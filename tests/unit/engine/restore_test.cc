#include "engine/restore.h"

#include <gtest/gtest.h>

#include "support/interactions.h"

namespace waymark::engine {
namespace {

using model::SignalKind;
using test::At;
using test::Minute;
using test::Send;

constexpr std::string_view kModel = R"(
family: purchase
model: simple
journey: {abandon_after: 2h}
stages:
  - name: look
    enter: {action: view}
  - name: buy
    enter: {action: order}
)";

class RestoreTest : public ::testing::Test {
 protected:
  RestoreTest() { settings_.snapshot_interval = base::Millis(10'000); }

  journey::CompiledModels models_ = test::Compile({kModel});
  journey::Fold fold_{models_, {}};
  TaskSettings settings_;
  store::MemoryStore store_;
  test::TaskDriver driver_{fold_, store_, settings_};
};

// The timeline is durable at once, the profile with the store's next flush only.
TEST_F(RestoreTest, ALateInteractionWhoseTimelineOutlivedTheProfileIsFoldedIn) {
  driver_.Batch({Send(At(0, "a", "view")), Send(At(20, "c", "view"))});
  driver_.Flush();
  driver_.FlushStore();
  driver_.Batch({Send(At(10, "b", "order"))});
  driver_.Flush();
  const test::View before = driver_.Look();
  driver_.Crash();
  const test::View after = driver_.Look();
  EXPECT_EQ(after.summaries, before.summaries);
  EXPECT_EQ(after.timeline, before.timeline);
}

TEST_F(RestoreTest, ASnapshotThatWaitedIsPublishedAfterARestart) {
  driver_.Batch({Send(At(0, "a", "view"))});
  driver_.Flush();
  driver_.FlushStore();
  driver_.Crash();
  driver_.Snapshots(true);
  EXPECT_EQ(driver_.output().journeys, driver_.Look().summaries);
}

TEST_F(RestoreTest, ABareMachineComesToTheSameState) {
  driver_.Batch({Send(At(0, "a", "view")), Send(At(20, "c", "view"))});
  driver_.Snapshots(true);
  driver_.Batch({Send(At(10, "b", "order")), Send(At(30, "d", "view"), "bob")});
  const test::View before = driver_.Look();
  const size_t records = driver_.output().records.size();
  driver_.MoveToBareMachine();
  EXPECT_EQ(driver_.output().records.size(), records);
  EXPECT_EQ(driver_.Look(), before);
  EXPECT_EQ(driver_.totals().steps, 4);
  // And goes on: what came before the restore is known as a duplicate.
  driver_.Batch({Send(At(10, "b", "order"))}, Minute(400));
  EXPECT_EQ(driver_.totals().duplicates, 1);
  EXPECT_EQ(driver_.output().SignalsByKind()[static_cast<size_t>(SignalKind::kAbandoned)], 2);
}

// Both copies are in the log, and their rows in the restored timeline; the one that lost is never
// folded again.
TEST_F(RestoreTest, ACopyThatLostIsNotFoldedAfterARestore) {
  driver_.Batch({Send(At(0, "a", "view")), Send(At(20, "b", "order"))});
  driver_.Batch({Send(At(10, "b", "view"))});
  driver_.Snapshots(true);
  driver_.MoveToBareMachine();
  driver_.Batch({Send(At(5, "c", "view"))});
  const test::View view = driver_.Look();
  EXPECT_EQ(view.steps.size(), 3U);
  EXPECT_EQ(view.timeline.size(), 3U);
  EXPECT_EQ(driver_.output().SignalsByKind()[static_cast<size_t>(SignalKind::kStageEntered)], 1);
}

TEST_F(RestoreTest, OtherModelsAreRefused) {
  TaskMark mark;
  mark.models = models_.fingerprint() + 1;
  const TopicNames topics("test");
  test::LogOfOutput reader(driver_.output(), topics);
  const RestoreSource source{reader, topics, store_, fold_, base::Millis(1), {}};
  EXPECT_EQ(RestoreTask(driver_.task(), mark, source).code(), base::StatusCode::kConfig);
}

}  // namespace
}  // namespace waymark::engine
