// More timers than a batch takes.
#include <gtest/gtest.h>

#include "support/interactions.h"

namespace waymark::engine {
namespace {

using base::Timestamp;
using model::SignalKind;
using test::At;
using test::Minute;
using test::Send;
using test::TaskDriver;

constexpr size_t kBatchMax = 4;
constexpr int64_t kGap = 30;  // minutes of silence that close a session

class TaskTimersTest : public ::testing::Test {
 protected:
  static TaskSettings Settings(size_t batch_max) {
    TaskSettings settings;
    settings.cache_bytes_max = 0;
    settings.timers_batch_max = batch_max;
    return settings;
  }
  // Customers whose sessions end one a minute, in the store alone.
  void Fill(TaskDriver& driver, int customers) {
    for (int i = 0; i < customers; ++i) {
      driver.Batch({Send(At(i, "a", "view"), "customer-" + std::to_string(i))});
    }
    driver.Snapshots(true);
    driver.Flush();
    ASSERT_EQ(driver.task().cached_profiles(), 0U);
  }
  int64_t Closed(const TaskDriver& driver) {
    return driver.SignalTotals()[static_cast<size_t>(SignalKind::kSessionClosed)];
  }
  void EndAt(TaskDriver& driver, Timestamp horizon) {
    driver.Begin();
    driver.End(horizon, horizon);
  }

  journey::CompiledModels models_ = test::Compile({});
  journey::Fold fold_{models_, {}};
  store::MemoryStore store_;
};

TEST_F(TaskTimersTest, ABatchTakesItsShareAndTheHorizonWaitsForTheRest) {
  TaskDriver driver(fold_, store_, Settings(kBatchMax));
  Fill(driver, 10);
  const Timestamp all = Minute(1'000);
  EndAt(driver, all);
  EXPECT_EQ(Closed(driver), 4);
  EXPECT_TRUE(driver.task().has_timers_left());
  EXPECT_EQ(driver.task().horizon(), Minute(4 + kGap)) << "where the fifth is due";
  EXPECT_EQ(driver.task().cached_profiles(), kBatchMax);
  EndAt(driver, all);
  EXPECT_EQ(Closed(driver), 8);
  EndAt(driver, all);
  EXPECT_EQ(Closed(driver), 10);
  EXPECT_FALSE(driver.task().has_timers_left());
  EXPECT_EQ(driver.task().horizon(), all);
  driver.Flush();
  driver.CheckCounts();
}

TEST_F(TaskTimersTest, WhatIsDueInOneMillisecondComesTogether) {
  TaskDriver driver(fold_, store_, Settings(kBatchMax));
  for (int i = 0; i < 7; ++i) {
    driver.Batch({Send(At(i < 6 ? 0 : 1, "a", "view"), "customer-" + std::to_string(i))});
  }
  driver.Snapshots(true);
  driver.Flush();
  EndAt(driver, Minute(1'000));
  EXPECT_EQ(Closed(driver), 6);
  EXPECT_EQ(driver.task().horizon(), Minute(1 + kGap));
}

TEST_F(TaskTimersTest, WhatIsLeftIsFiredAndPublishedOnceAfterACrash) {
  TaskDriver driver(fold_, store_, Settings(kBatchMax));
  Fill(driver, 10);
  driver.FlushStore();
  const Timestamp all = Minute(1'000);
  EndAt(driver, all);
  const size_t published = driver.output().Count(OutputTopic::kSignals);
  driver.Crash();
  EXPECT_EQ(driver.task().horizon(), Minute(4 + kGap));
  EXPECT_EQ(driver.output().Count(OutputTopic::kSignals), published) << "restored in silence";
  while (driver.task().horizon() < all) EndAt(driver, all);
  EXPECT_EQ(driver.output().Count(OutputTopic::kSignals), published + 6);
  EXPECT_EQ(driver.output().SignalsByKind()[static_cast<size_t>(SignalKind::kSessionClosed)], 10);
}

// Law 1 at equal horizons, with late arrivals between the batches: before and behind what fired.
TEST_F(TaskTimersTest, LateArrivalsBetweenTheBatchesGiveWhatOneBatchGives) {
  const std::vector<test::Sent> late = {
      Send(At(20, "b", "view"), "customer-1"), Send(At(33, "b", "view"), "customer-3"),
      Send(At(34, "b", "view"), "customer-4"), Send(At(50, "b", "view"), "customer-9")};
  std::vector<test::View> views;
  for (const size_t batch_max : {kBatchMax, size_t{1'000}}) {
    store::MemoryStore store;
    TaskDriver driver(fold_, store, Settings(batch_max));
    Fill(driver, 10);
    EndAt(driver, Minute(100));
    for (const test::Sent& sent : late) {
      driver.Begin();
      driver.Accept(sent);
      driver.End(Minute(100), Minute(100));
    }
    do {
      EndAt(driver, Minute(200));
    } while (driver.task().has_timers_left());
    EXPECT_EQ(driver.task().horizon(), Minute(200));
    views.push_back(driver.Look());
  }
  EXPECT_EQ(views[0], views[1]);
}

TEST_F(TaskTimersTest, ARestoreBringsTheHorizonToWhereItWasCommitted) {
  TaskDriver driver(fold_, store_, Settings(kBatchMax));
  Fill(driver, 10);
  driver.FlushStore();  // without what fires now
  while (driver.task().horizon() < Minute(1'000)) EndAt(driver, Minute(1'000));
  const test::View before = driver.Look();
  driver.Crash();
  EXPECT_EQ(driver.task().horizon(), Minute(1'000));
  EXPECT_EQ(driver.Look(), before);
}

}  // namespace
}  // namespace waymark::engine
