#include "engine/task.h"

#include <gtest/gtest.h>

#include "support/interactions.h"

namespace waymark::engine {
namespace {

using model::SignalKind;
using test::At;
using test::CollectingOutput;
using test::Minute;
using test::Send;
using test::TaskDriver;

class TaskTest : public ::testing::Test {
 protected:
  static TaskSettings Settings(size_t cache_bytes = 64u << 20) {
    TaskSettings settings;
    settings.cache_bytes_max = cache_bytes;
    settings.snapshot_interval = base::Millis(10'000);
    return settings;
  }
  // What the same interactions give in one batch, in their order.
  test::View Expected(const std::vector<test::Sent>& in_order, base::Timestamp horizon) {
    store::MemoryStore store;
    TaskDriver driver(fold_, store, Settings());
    driver.Batch(in_order, horizon);
    return driver.Look();
  }
  size_t Steps() { return driver_.output().Count(OutputTopic::kSteps); }
  int64_t Kind(SignalKind kind) {
    return driver_.output().SignalsByKind()[static_cast<size_t>(kind)];
  }

  journey::CompiledModels models_ = test::Compile({test::kSimpleModel});
  journey::Fold fold_{models_, {}};
  store::MemoryStore store_;
  TaskDriver driver_{fold_, store_, Settings()};
};

TEST_F(TaskTest, InOrderEachInteractionIsOneStep) {
  driver_.Batch({Send(At(0, "a", "view")), Send(At(1, "b", "order"))});
  EXPECT_EQ(Steps(), 2U);
  EXPECT_EQ(driver_.totals().steps, 2);
  EXPECT_EQ(driver_.totals().profiles, 1);
  EXPECT_EQ(driver_.totals().late, 0);
  EXPECT_EQ(Kind(SignalKind::kStageEntered), 2);
}

TEST_F(TaskTest, ALateOneRevisesWhatCameAfterAndRetractsWhatIsNoLongerTrue) {
  const auto first = Send(At(0, "a", "view"));
  const auto late = Send(At(20, "b", "view"));
  const auto last = Send(At(40, "c", "view"));
  driver_.Batch({first, last});
  EXPECT_EQ(Kind(SignalKind::kSessionStarted), 2);
  driver_.Batch({late});
  EXPECT_EQ(Kind(SignalKind::kSessionStarted), 1);
  EXPECT_EQ(Kind(SignalKind::kSessionClosed), 0);
  EXPECT_EQ(Steps(), 4U) << "the late one, and the last one again in its other session";
  EXPECT_EQ(driver_.totals().steps_revised, 1);
  EXPECT_EQ(driver_.totals().signals_retracted, 2);
  const test::View expected = Expected({first, late, last}, Minute(0));
  EXPECT_EQ(driver_.Look().steps, expected.steps);
  EXPECT_EQ(driver_.Look().signals, expected.signals);
  EXPECT_EQ(driver_.Look().summaries, expected.summaries);
}

TEST_F(TaskTest, LateOnesOfABatchAreFoldedOnce) {
  driver_.Batch({Send(At(40, "z", "view"))});
  driver_.Batch({Send(At(20, "c", "view")), Send(At(10, "b", "view")), Send(At(0, "a", "view"))});
  EXPECT_EQ(driver_.totals().late, 3);
  EXPECT_EQ(driver_.totals().refolds, 1);
  EXPECT_EQ(driver_.totals().steps, 4);
}

TEST_F(TaskTest, AnIdenticalDuplicateChangesNothing) {
  driver_.Batch({Send(At(0, "a", "view")), Send(At(1, "b", "order"))});
  const size_t records = driver_.output().records.size();
  driver_.Batch({Send(At(0, "a", "view")), Send(At(1, "b", "order"))});
  EXPECT_EQ(driver_.output().records.size(), records);
  EXPECT_EQ(driver_.totals().duplicates, 2);
  EXPECT_EQ(driver_.totals().steps, 2);
}

TEST_F(TaskTest, AChangeOfStageIsPublishedWithTheNextBatchOrByTheClockAlone) {
  for (const bool at_once : {true, false}) {
    TaskSettings settings = Settings();
    settings.snapshot_on_stage_change = at_once;
    store::MemoryStore store;
    TaskDriver driver(fold_, store, settings);
    driver.Batch({Send(At(0, "a", "view"))});
    driver.Snapshots(false);
    EXPECT_EQ(driver.output().Count(OutputTopic::kJourneys), at_once ? 1U : 0U);
    driver.SetNow({10'001});
    driver.Snapshots(false);
    EXPECT_EQ(driver.output().Count(OutputTopic::kJourneys), 1U);
  }
}

TEST_F(TaskTest, OneIdOfTwoSystemsOrTwoProfilesIsNoDuplicate) {
  model::Interaction other = At(1, "a", "view");
  other.source.system = "crm";
  driver_.Batch({Send(At(0, "a", "view")), Send(other), Send(At(0, "a", "view"), "bob")});
  EXPECT_EQ(driver_.totals().steps, 3);
  EXPECT_EQ(driver_.totals().duplicates, 0);
}

// The least (time, sequence, hash) counts, whichever came first, in one batch or in two.
TEST_F(TaskTest, OfDifferingCopiesTheLeastCounts) {
  std::vector<test::Sent> copies = {Send(At(5, "a", "view")), Send(At(10, "a", "order"))};
  model::Interaction sequenced = At(5, "a", "order");
  sequenced.sequence = 1;
  copies.push_back(Send(sequenced));
  const test::View expected = Expected({copies[0], Send(At(20, "z", "view"))}, Minute(0));
  std::sort(copies.begin(), copies.end(),
            [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
  do {
    for (const bool together : {true, false}) {
      store::MemoryStore store;
      TaskDriver driver(fold_, store, Settings());
      driver.Begin();
      for (const test::Sent& copy : copies) {
        driver.Accept(copy);
        if (!together) {
          driver.End();
          driver.Begin();
        }
      }
      driver.Accept(Send(At(20, "z", "view")));
      driver.End();
      EXPECT_EQ(driver.Look(), expected);
      EXPECT_EQ(driver.totals().steps, 2);
      EXPECT_EQ(driver.totals().duplicates, 2);
    }
  } while (std::next_permutation(
      copies.begin(), copies.end(),
      [](const auto& a, const auto& b) { return a.bytes < b.bytes; }));
}

TEST_F(TaskTest, OfCopiesAtOneTimeTheLeastHashCounts) {
  std::vector<test::Sent> copies = {Send(At(5, "a", "view")), Send(At(5, "a", "order"))};
  if (base::MakeHash128(copies[1].bytes) < base::MakeHash128(copies[0].bytes)) {
    std::swap(copies[0], copies[1]);
  }
  const test::View expected = Expected({copies[0]}, Minute(0));
  for (const bool least_first : {true, false}) {
    store::MemoryStore store;
    TaskDriver driver(fold_, store, Settings());
    driver.Batch({copies[least_first ? 0 : 1]});
    driver.Batch({copies[least_first ? 1 : 0]});
    EXPECT_EQ(driver.Look(), expected);
  }
}

TEST_F(TaskTest, EveryRecordIsOneOfStepDuplicateOrDeadLetter) {
  driver_.Begin();
  driver_.Accept(Send(At(0, "a", "view")));
  driver_.Accept(Send(At(0, "a", "view")));
  model::DeadLetter letter;
  letter.reason = model::DeadLetterReason::kNoCustomer;
  letter.detail = "nobody";
  ASSERT_TRUE(driver_.task().Reject(letter).ok());
  driver_.End();
  const Totals& totals = driver_.totals();
  EXPECT_EQ(totals.consumed, 3);
  EXPECT_EQ(totals.steps, 1);
  EXPECT_EQ(totals.duplicates, 1);
  EXPECT_EQ(totals.dead_letters_total(), 1);
  EXPECT_TRUE(totals.AddUp());
  ASSERT_EQ(driver_.output().letters.size(), 1U);
  EXPECT_EQ(driver_.output().letters[0].reason, model::DeadLetterReason::kNoCustomer);
}

TEST_F(TaskTest, TheHorizonIsTheWatermarkTheLeastStatedAndNeverBeyondTheMost) {
  driver_.Batch({Send(At(10, "a", "view"))});
  EXPECT_EQ(driver_.task().horizon(), Minute(10) - base::Millis(30'000));
  driver_.Begin();
  driver_.End(Minute(20));
  EXPECT_EQ(driver_.task().horizon(), Minute(20));
  driver_.Begin();
  driver_.End(Minute(90), Minute(50));
  EXPECT_EQ(driver_.task().horizon(), Minute(50));
  EXPECT_EQ(Kind(SignalKind::kSessionClosed), 1) << "due at 40";
  driver_.Begin();
  driver_.End(Minute(5), Minute(6));
  EXPECT_EQ(driver_.task().horizon(), Minute(50)) << "it only rises";
}

TEST_F(TaskTest, AnInteractionBehindAFiredTimerOpensTheSessionAgain) {
  driver_.Batch({Send(At(0, "a", "view"))}, Minute(31));
  EXPECT_EQ(Kind(SignalKind::kSessionClosed), 1);
  driver_.Batch({Send(At(30, "b", "view"))});
  EXPECT_EQ(Kind(SignalKind::kSessionClosed), 0) << "the close is retracted";
  EXPECT_EQ(driver_.SignalTotals()[static_cast<size_t>(SignalKind::kSessionClosed)], 0);
  driver_.Begin();
  driver_.End(Minute(61));
  EXPECT_EQ(Kind(SignalKind::kSessionClosed), 1);
}

// The timer of an in-order arrival behind the horizon fires in the same batch, beside a late one.
TEST_F(TaskTest, TimersBehindTheHorizonArePublishedOnceBesideALateArrival) {
  driver_.Batch({Send(At(500, "x", "view"), "bob")});
  model::Interaction system = At(0, "s", "note");
  system.kind = model::Kind::kSystem;
  driver_.Batch({Send(At(10, "a", "view")), Send(system)});
  const test::View expected =
      Expected({Send(system), Send(At(10, "a", "view")), Send(At(500, "x", "view"), "bob")},
               Minute(0));
  EXPECT_EQ(driver_.Look().signals, expected.signals);
}

TEST_F(TaskTest, AStoredTimerOfAnEvictedProfileFires) {
  TaskDriver driver(fold_, store_, [] {
    TaskSettings settings = Settings(0);
    settings.publish_snapshots = false;
    return settings;
  }());
  driver.Batch({Send(At(0, "a", "view"))});
  driver.Flush();
  EXPECT_EQ(driver.task().cached_profiles(), 0U);
  EXPECT_EQ(driver.task().timers_pending(), 0U);
  driver.Batch({Send(At(0, "b", "view"), "bob")}, Minute(121));
  const auto by_kind = driver.output().SignalsByKind();
  EXPECT_EQ(by_kind[static_cast<size_t>(SignalKind::kAbandoned)], 2);
  EXPECT_EQ(by_kind[static_cast<size_t>(SignalKind::kSessionClosed)], 2);
  driver.Flush();
  driver.CheckCounts();
}

TEST_F(TaskTest, FlushedReloadedOrEvictedItGoesOnAsWithoutThat) {
  std::vector<test::Sent> sent;
  for (int i = 0; i < 40; ++i) {
    const int minute = (i * 37) % 200;  // out of order
    sent.push_back(Send(At(minute, std::to_string(i), i % 3 == 0 ? "order" : "view"),
                        i % 2 == 0 ? "ann" : "bob"));
  }
  std::vector<test::View> views;
  for (const bool interrupted : {false, true}) {
    store::MemoryStore store;
    TaskDriver driver(fold_, store, Settings(interrupted ? 0 : 64u << 20));
    for (size_t i = 0; i < sent.size(); ++i) {
      driver.Batch({sent[i]});
      if (interrupted && i % 2 == 0) driver.Snapshots(true);
      if (interrupted && i % 3 == 0) driver.Flush();
      if (interrupted && i % 7 == 0) driver.Reload();
    }
    driver.Begin();
    driver.End(Minute(1000));
    views.push_back(driver.Look());
    EXPECT_EQ(driver.totals().steps, 40);
  }
  EXPECT_EQ(views[0], views[1]);
}

TEST_F(TaskTest, SnapshotsWaitForTheIntervalUnlessAStageChanged) {
  driver_.SetNow({0});
  driver_.Batch({Send(At(0, "a", "view"))});
  driver_.SetNow({1});
  driver_.Snapshots(false);
  EXPECT_EQ(driver_.output().Count(OutputTopic::kJourneys), 1U) << "a run began";
  EXPECT_EQ(driver_.output().covers["ann"], 1);
  driver_.Batch({Send(At(1, "b", "view"))});
  driver_.SetNow({9'999});
  driver_.Snapshots(false);
  EXPECT_EQ(driver_.output().Count(OutputTopic::kJourneys), 1U);
  driver_.SetNow({10'001});
  driver_.Snapshots(false);
  EXPECT_EQ(driver_.output().Count(OutputTopic::kJourneys), 2U);
  EXPECT_EQ(driver_.output().covers["ann"], 2);
  driver_.Snapshots(true);
  EXPECT_EQ(driver_.output().Count(OutputTopic::kJourneys), 2U) << "nothing changed since";
  EXPECT_EQ(driver_.output().journeys, driver_.Look().summaries);
}

TEST_F(TaskTest, TheMarkSaysFromWhereASnapshotIsMissing) {
  driver_.Batch({Send(At(0, "a", "view"))});
  EXPECT_EQ(driver_.task().mark().restore_from, base::Offset(0));
  EXPECT_EQ(driver_.task().mark().steps_end, base::Offset(1));
  driver_.Snapshots(true);
  EXPECT_EQ(driver_.task().mark().restore_from, base::Offset(1));
}

TEST_F(TaskTest, WithoutSnapshotsNoneIsWritten) {
  TaskSettings settings = Settings();
  settings.publish_snapshots = false;
  store::MemoryStore store;
  TaskDriver driver(fold_, store, settings);
  driver.Batch({Send(At(0, "a", "view"))});
  driver.Snapshots(true);
  EXPECT_EQ(driver.output().Count(OutputTopic::kJourneys), 0U);
}

TEST_F(TaskTest, AStoreThatKnowsNothingSaysSo) {
  EXPECT_EQ(driver_.task().ReadMark().status().code(), base::StatusCode::kNotFound);
  driver_.Batch({Send(At(0, "a", "view"))});
  driver_.Flush();
  const auto mark = driver_.task().ReadMark();
  ASSERT_TRUE(mark.ok());
  EXPECT_EQ(mark->totals.steps, 1);
  EXPECT_EQ(mark->models, models_.fingerprint());
}

}  // namespace
}  // namespace waymark::engine
