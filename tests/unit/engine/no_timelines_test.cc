// A task without timelines (timeline.enabled: false).
#include <gtest/gtest.h>

#include "engine/restore.h"
#include "support/bare_machine.h"
#include "support/interactions.h"

namespace waymark::engine {
namespace {

using test::At;
using test::BareMachine;
using test::Minute;
using test::Send;

TaskSettings WithoutTimelines() {
  TaskSettings settings;
  settings.timeline.enabled = false;
  return settings;
}

class NoTimelinesTest : public ::testing::Test {
 protected:
  size_t Steps() { return driver_.output().Count(OutputTopic::kSteps); }

  journey::CompiledModels models_ = test::Compile({test::kSimpleModel});
  journey::Fold fold_{models_, {}};
  store::MemoryStore store_;
  test::TaskDriver driver_{fold_, store_, WithoutTimelines()};
};

TEST_F(NoTimelinesTest, InOrderTheOutcomeIsTheSameAsWithThem) {
  const std::vector<test::Sent> sent = {Send(At(0, "a", "view")), Send(At(1, "b", "order")),
                                        Send(At(50, "c", "view")), Send(At(2, "d", "view"), "bob")};
  driver_.Batch(sent);
  store::MemoryStore store;
  test::TaskDriver with(fold_, store, {});
  with.Batch(sent);
  const test::View without = driver_.Look();
  EXPECT_TRUE(without.timeline.empty());
  EXPECT_EQ(without.steps, with.Look().steps);
  EXPECT_EQ(without.signals, with.Look().signals);
  EXPECT_EQ(without.summaries, with.Look().summaries);
}

TEST_F(NoTimelinesTest, WhatComesBehindItsCustomersLastIsADeadLetter) {
  driver_.Begin();
  EXPECT_TRUE(driver_.Accept(Send(At(10, "a", "view"))));
  EXPECT_FALSE(driver_.Accept(Send(At(9, "b", "view"))));
  EXPECT_TRUE(driver_.Accept(Send(At(9, "b", "view"), "bob")));
  driver_.End();
  EXPECT_EQ(Steps(), 2U);
  const auto reason = static_cast<size_t>(model::DeadLetterReason::kOlderThanTimeline);
  EXPECT_EQ(driver_.totals().dead_letters[reason], 1);
  EXPECT_EQ(driver_.totals().duplicates, 0);
}

TEST_F(NoTimelinesTest, SoIsWhatComesBehindATimerThatHasFired) {
  driver_.Batch({Send(At(0, "a", "view"))}, Minute(60));
  driver_.Begin();
  EXPECT_FALSE(driver_.Accept(Send(At(20, "b", "view"))));
  EXPECT_TRUE(driver_.Accept(Send(At(40, "c", "view"))));
  driver_.End(Minute(60));
}

TEST_F(NoTimelinesTest, ACopyOfTheLastInteractionIsADuplicateAlsoAfterARestore) {
  driver_.Batch({Send(At(0, "a", "view")), Send(At(0, "a", "view"))});
  EXPECT_EQ(driver_.totals().duplicates, 1);
  driver_.Snapshots(true);
  driver_.MoveToBareMachine();
  driver_.Batch({Send(At(0, "a", "view"))});
  EXPECT_EQ(driver_.totals().duplicates, 2);
  EXPECT_EQ(Steps(), 1U);
}

TEST_F(NoTimelinesTest, ABareMachineGoesOnFromSnapshotsAndTheStepsBehindThem) {
  driver_.Batch({Send(At(0, "a", "view"))});
  driver_.Snapshots(true);
  driver_.Batch({Send(At(20, "b", "order")), Send(At(30, "c", "view"), "bob")});
  const test::View before = driver_.Look();
  driver_.MoveToBareMachine();
  EXPECT_EQ(driver_.Look(), before);
  driver_.Batch({Send(At(25, "d", "view"))});
  EXPECT_EQ(driver_.totals().steps, 4);
  EXPECT_EQ(driver_.totals().refolds, 0);
}

TEST_F(NoTimelinesTest, ADeploymentKeepsToWhatItBeganWith) {
  driver_.Batch({Send(At(0, "a", "view"))});
  driver_.Snapshots(true);
  const TaskMark mark = *TaskMark::Parse(driver_.task().mark().ToText());
  EXPECT_FALSE(mark.has_timelines);
  BareMachine with(fold_, driver_.output());
  EXPECT_EQ(with.Restore(mark).code(), base::StatusCode::kConfig);
  BareMachine without(fold_, driver_.output(), WithoutTimelines());
  EXPECT_TRUE(without.Restore(mark).ok());
}

TEST_F(NoTimelinesTest, SignalsThatNobodyReadsAreCountedOnly) {
  TaskSettings settings = WithoutTimelines();
  settings.publish_signals = false;
  store::MemoryStore store;
  test::TaskDriver driver(fold_, store, settings);
  driver.Batch({Send(At(0, "a", "view")), Send(At(1, "b", "order"))});
  driver_.Batch({Send(At(0, "a", "view")), Send(At(1, "b", "order"))});
  EXPECT_EQ(driver.output().Count(OutputTopic::kSignals), 0U);
  EXPECT_GT(driver_.output().Count(OutputTopic::kSignals), 0U);
  EXPECT_EQ(driver.totals().signals, driver_.totals().signals);
}

}  // namespace
}  // namespace waymark::engine
