// Versions of models that a task takes up while it runs.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "codec/fold_state.h"
#include "rocks/rocks_store.h"
#include "support/bare_machine.h"
#include "support/interactions.h"

namespace waymark::engine {
namespace {

using test::At;
using test::BareMachine;
using test::Minute;
using test::Send;

// In effect from so many minutes after noon.
model::JourneyModel Version(int number, int minute, std::string_view look,
                            model::Fate fate = model::Fate::kPin) {
  const std::string text = "family: purchase\nmodel: simple\nversion: " + std::to_string(number) +
                           "\njourney: {abandon_after: 2h}\nstages:\n  - {name: " +
                           std::string(look) +
                           ", enter: {action: view}}\n  - {name: buy, enter: {action: order}}\n";
  model::JourneyModel model = model::ParseModel(text, "version.yaml").models.at(0);
  model.effective_from = Minute(minute);
  model.fate = fate;
  return model;
}

using SharedFold = std::shared_ptr<const journey::Fold>;

SharedFold With(const SharedFold& fold, const model::JourneyModel& version) {
  return std::make_shared<const journey::Fold>(
      std::make_shared<const journey::CompiledModels>(fold->models().With(version)),
      fold->settings());
}

class TaskModelsTest : public ::testing::Test {
 protected:
  TaskModelsTest() {
    folder_ = (std::filesystem::temp_directory_path() /
               ("waymark-task-models-" + std::to_string(getpid()))).string();
    std::filesystem::remove_all(folder_);
    rocks::RocksSettings small;
    small.block_cache_bytes = 1 << 20;
    small.write_buffer_bytes = 4 << 20;
    auto opened = rocks::RocksStore::Open(folder_, small);
    EXPECT_TRUE(opened.ok());
    store_ = std::move(*opened);
    Start();
  }
  ~TaskModelsTest() override {
    driver_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  void Start() {
    settings_.refold = {.depth_max = 32, .batch_max = 8, .waiting_max = 4, .queued_max = 4};
    driver_ = std::make_unique<test::TaskDriver>(*fold_, *store_, settings_);
    driver_->SetModels(fold_);
  }
  // Customers with a view each at minute 0, 10, 20 and so on.
  void SendViews(int customers, int count) {
    for (int i = 0; i < count; ++i) {
      std::vector<test::Sent> batch;
      for (int c = 0; c < customers; ++c) {
        batch.push_back(Send(At(i * 10, "v" + std::to_string(i), "view"), NameOf(c)));
        sent_.push_back(batch.back());
      }
      driver_->Batch(batch);
    }
  }
  static std::string NameOf(int customer) { return "c" + std::to_string(customer); }
  void Take(const model::JourneyModel& version) {
    fold_ = With(fold_, version);
    driver_->SetModels(fold_);
  }
  void OneBatch() {
    driver_->Begin();
    driver_->End(driver_->task().horizon(), driver_->task().horizon());
  }
  // What one batch shows that has the final models from the beginning.
  void ExpectAsInOrder() {
    store::MemoryStore store;
    TaskSettings settings = settings_;
    settings.refold = {};
    test::TaskDriver expected(*fold_, store, settings);
    expected.Begin();
    for (const test::Sent& sent : sent_) expected.Accept(sent);
    expected.End(driver_->task().horizon(), driver_->task().horizon());
    expected.FoldPending();
    const test::View want = expected.Look();
    const test::View have = driver_->Look();
    EXPECT_TRUE(have.steps == want.steps);
    EXPECT_TRUE(have.signals == want.signals);
    EXPECT_TRUE(have.timeline == want.timeline);
    EXPECT_TRUE(have.summaries == want.summaries);
    EXPECT_NO_THROW(driver_->CheckCounts());
  }
  int64_t CountAt(int64_t epoch) {
    int64_t count = 0;
    driver_->ForEachStored([&](const Profile& profile) {
      count += profile.state.epoch == epoch ? 1 : 0;
    });
    return count;
  }

  SharedFold fold_ = [] {
    auto models = std::make_shared<const journey::CompiledModels>(
        test::Compile({test::kSimpleModel}));
    return std::make_shared<const journey::Fold>(std::move(models), journey::FoldSettings());
  }();
  TaskSettings settings_{.snapshot_interval = base::Millis(0)};
  std::string folder_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<test::TaskDriver> driver_;
  std::vector<test::Sent> sent_;
};

TEST_F(TaskModelsTest, AVersionForTheFutureChangesNothingThatWas) {
  SendViews(3, 5);
  const size_t records = driver_->output().records.size();
  Take(Version(2, 1000, "see"));
  OneBatch();
  EXPECT_FALSE(driver_->task().has_refolds_left());
  EXPECT_EQ(driver_->task().swept(), 1);
  EXPECT_EQ(driver_->output().records.size(), records);
  for (int c = 0; c < 3; ++c) {
    sent_.push_back(Send(At(2000, "w", "view"), NameOf(c)));
    driver_->Batch({sent_.back()});
  }
  ExpectAsInOrder();
}

TEST_F(TaskModelsTest, AVersionForThePastIsFoldedInBySlices) {
  SendViews(30, 6);
  driver_->Flush();
  Take(Version(2, 0, "see"));
  int batches = 0;
  for (; driver_->task().has_refolds_left(); ++batches) OneBatch();
  EXPECT_GT(batches, 20);
  ExpectAsInOrder();
  EXPECT_EQ(CountAt(1), 30);
}

TEST_F(TaskModelsTest, InTheMiddleOfARunOnlyRestartsChangeIt) {
  SendViews(10, 6);
  driver_->Flush();
  Take(Version(2, 25, "see"));
  driver_->FoldPending();
  ExpectAsInOrder();
  Take(Version(3, 35, "behold", model::Fate::kRestart));
  driver_->FoldPending();
  ExpectAsInOrder();
  EXPECT_EQ(driver_->output().SignalsByKind()[static_cast<size_t>(
                model::SignalKind::kJourneyStarted)], 20);
}

// The timers of customers that nothing comes for any more are in the store.
TEST_F(TaskModelsTest, IdleCustomersAreRestartedWhenItIsTime) {
  settings_.cache_bytes_max = 0;
  Start();
  SendViews(30, 2);
  driver_->Snapshots(true);
  driver_->Flush();
  EXPECT_EQ(driver_->task().cached_profiles(), 0U);
  Take(Version(2, 60, "see", model::Fate::kRestart));
  driver_->FoldPending();
  driver_->Flush();
  EXPECT_NO_THROW(driver_->CheckCounts());
  driver_->Reload();
  driver_->Begin();
  driver_->End(Minute(61), Minute(61));
  ExpectAsInOrder();
  EXPECT_EQ(driver_->output().SignalsByKind()[static_cast<size_t>(
                model::SignalKind::kJourneyStarted)], 60);
}

TEST_F(TaskModelsTest, WhatComesMeanwhileIsTakenAsItComes) {
  SendViews(20, 6);
  driver_->Flush();
  Take(Version(2, 0, "see"));
  for (int i = 0; driver_->task().has_refolds_left() && i < 10; ++i) {
    const std::string id = "m" + std::to_string(i);
    // In order, and late.
    sent_.push_back(Send(At(60 + i, id, i % 2 == 0 ? "order" : "view"), NameOf(i)));
    driver_->Batch({sent_.back()});
    sent_.push_back(Send(At(15 + i, id + "-late", "order"), NameOf(19 - i)));
    driver_->Batch({sent_.back()});
  }
  driver_->FoldPending();
  ExpectAsInOrder();
}

TEST_F(TaskModelsTest, SnapshotsSayThatTheyAreStaleMeanwhile) {
  SendViews(20, 2);
  Take(Version(2, 0, "see"));
  const auto count_stale = [&] {
    driver_->Snapshots(true);
    std::map<std::string, bool> stale;
    for (const auto& record : driver_->output().records) {
      model::CustomerJourneys snapshot;
      if (record.topic != OutputTopic::kJourneys) continue;
      EXPECT_TRUE(codec::Decode(*record.value, snapshot).ok());
      stale[record.profile_id] = snapshot.stale;
    }
    return std::count_if(stale.begin(), stale.end(), [](const auto& s) { return s.second; });
  };
  SendViews(1, 1);
  EXPECT_GT(count_stale(), 0);
  driver_->FoldPending();
  EXPECT_EQ(count_stale(), 0);
}

TEST_F(TaskModelsTest, ANextVersionComesBeforeTheFirstIsFoldedIn) {
  SendViews(30, 6);
  driver_->Flush();
  Take(Version(2, 0, "see"));
  for (int i = 0; i < 8; ++i) OneBatch();
  ASSERT_TRUE(driver_->task().has_refolds_left());
  Take(Version(3, 20, "behold", model::Fate::kRestart));
  driver_->FoldPending();
  ExpectAsInOrder();
  EXPECT_EQ(CountAt(2), 30);
}

TEST_F(TaskModelsTest, ARestartInTheMiddleGoesOn) {
  SendViews(30, 6);
  driver_->Flush();
  Take(Version(2, 0, "see"));
  for (int i = 0; i < 20; ++i) OneBatch();
  driver_->Flush();
  EXPECT_GT(CountAt(0), 0);
  EXPECT_GT(CountAt(1), 0);
  ASSERT_EQ(driver_->task().swept(), 0);
  driver_->Reload();
  EXPECT_EQ(driver_->task().swept(), 0);
  driver_->FoldPending();
  EXPECT_EQ(driver_->task().swept(), 1);
  ExpectAsInOrder();
}

TEST_F(TaskModelsTest, EvictedCustomersAreFoundInTheStore) {
  settings_.cache_bytes_max = 0;
  Start();
  SendViews(30, 6);
  driver_->Snapshots(true);
  driver_->Flush();
  Take(Version(2, 0, "see"));
  while (driver_->task().has_refolds_left()) {
    OneBatch();
    driver_->Snapshots(true);
    driver_->Flush();
  }
  ExpectAsInOrder();
}

// The snapshots are of the first epoch, and so is the machine's copy, until it takes over.
TEST_F(TaskModelsTest, ABareMachineGoesOnFromSnapshotsOfAnEarlierEpoch) {
  SendViews(20, 6);
  driver_->Snapshots(true);
  Take(Version(2, 15, "see", model::Fate::kRestart));
  for (int i = 0; i < 6; ++i) OneBatch();
  driver_->MoveToBareMachine();
  driver_->FoldPending();
  ExpectAsInOrder();
}

TEST_F(TaskModelsTest, AfterACrashTheSweepIsDoneAgain) {
  SendViews(20, 6);
  driver_->Snapshots(true);
  Take(Version(2, 0, "see"));
  driver_->FoldPending();
  EXPECT_EQ(driver_->task().swept(), 1);
  driver_->MoveToBareMachine();
  driver_->FoldPending();
  ExpectAsInOrder();
}

TEST_F(TaskModelsTest, WhoKnowsFewerVersionsWaits) {
  SendViews(2, 2);
  driver_->Snapshots(true);
  const SharedFold before = fold_;
  Take(Version(2, 15, "see"));
  driver_->FoldPending();
  BareMachine behind(*before, driver_->output());
  EXPECT_EQ(behind.Restore(driver_->task().mark()).code(), base::StatusCode::kRetriable);
  BareMachine knows(*fold_, driver_->output());
  EXPECT_TRUE(knows.Restore(driver_->task().mark()).ok());
}

TEST_F(TaskModelsTest, OtherVersionsAreRefused) {
  SendViews(2, 2);
  driver_->Snapshots(true);
  const SharedFold before = fold_;
  Take(Version(2, 15, "see"));
  driver_->FoldPending();
  const SharedFold other = With(before, Version(2, 15, "other"));
  BareMachine machine(*other, driver_->output());
  EXPECT_EQ(machine.Restore(driver_->task().mark()).code(), base::StatusCode::kConfig);
}

// Customers view at minutes 0 to 50; version 2 takes effect in the middle.
class TaskMigrationTest : public TaskModelsTest {
 protected:
  static model::JourneyModel Migrating(int number, int minute, std::string_view look) {
    model::JourneyModel model = Version(number, minute, look, model::Fate::kMigrate);
    model.stage_mapping = {{"look", std::string(look), {}}, {"see", std::string(look), {}}};
    return model;
  }
  // The versions that steps were placed under, and how many of each.
  std::map<int32_t, int> VersionsOfSteps() {
    std::map<int32_t, int> count;
    const test::View view = driver_->Look();
    for (const auto& [id, bytes] : view.steps) {
      model::Step step;
      EXPECT_TRUE(codec::Decode(bytes, step).ok());
      for (const model::Placement& placement : step.placements) ++count[placement.model_version];
    }
    return count;
  }
};

TEST_F(TaskMigrationTest, StepsFromTheStartOfAJourneyAreRevised) {
  SendViews(5, 6);
  Take(Migrating(2, 45, "see"));
  driver_->FoldPending();
  ExpectAsInOrder();
  EXPECT_EQ(VersionsOfSteps(), (std::map<int32_t, int>{{2, 30}}));
}

TEST_F(TaskMigrationTest, AVersionThatIsKnownBefore) {
  Take(Migrating(2, 25, "see"));
  SendViews(5, 6);
  driver_->FoldPending();
  ExpectAsInOrder();
  EXPECT_EQ(VersionsOfSteps(), (std::map<int32_t, int>{{2, 30}}));
}

TEST_F(TaskMigrationTest, WhatComesLateMayChangeWhatMigrates) {
  Take(Migrating(2, 25, "see"));
  SendViews(4, 6);
  driver_->FoldPending();
  // A run that began earlier, and one between whose steps lies a longer pause than it may.
  sent_.push_back(Send(At(-60, "earlier", "view"), NameOf(0)));
  driver_->Batch({sent_.back()});
  driver_->FoldPending();
  ExpectAsInOrder();
  sent_.push_back(Send(At(-119, "earliest", "order"), NameOf(0)));
  sent_.push_back(Send(At(12, "late", "order"), NameOf(1)));
  driver_->Batch({sent_[sent_.size() - 2], sent_.back()});
  driver_->FoldPending();
  ExpectAsInOrder();
  EXPECT_EQ(VersionsOfSteps(), (std::map<int32_t, int>{{2, 27}}));
}

TEST_F(TaskMigrationTest, OneMigrationAfterTheOther) {
  SendViews(5, 6);
  Take(Migrating(2, 25, "see"));
  for (int i = 0; i < 3; ++i) OneBatch();
  Take(Migrating(3, 35, "behold"));
  driver_->FoldPending();
  ExpectAsInOrder();
  EXPECT_EQ(VersionsOfSteps(), (std::map<int32_t, int>{{3, 30}}));
}

TEST_F(TaskMigrationTest, IdleCustomersMigrateWhenItIsTime) {
  settings_.cache_bytes_max = 0;
  Start();
  SendViews(30, 2);
  driver_->Snapshots(true);
  driver_->Flush();
  Take(Migrating(2, 60, "see"));
  driver_->FoldPending();
  driver_->Flush();
  driver_->Reload();
  driver_->Begin();
  driver_->End(Minute(61), Minute(61));
  driver_->Flush();
  // Wanted, and stored as such.
  driver_->Reload();
  EXPECT_TRUE(driver_->task().has_refolds_left());
  driver_->FoldPending();
  ExpectAsInOrder();
  EXPECT_EQ(VersionsOfSteps(), (std::map<int32_t, int>{{2, 60}}));
}

TEST_F(TaskMigrationTest, ABareMachineGoesOn) {
  SendViews(20, 6);
  Take(Migrating(2, 45, "see"));
  for (int i = 0; i < 10; ++i) OneBatch();
  driver_->Snapshots(true);
  for (int i = 0; i < 10; ++i) OneBatch();
  EXPECT_TRUE(driver_->task().has_refolds_left());
  driver_->MoveToBareMachine();
  driver_->FoldPending();
  ExpectAsInOrder();
}

// What was published as migrated must be taken back where a late arrival says otherwise.
TEST_F(TaskMigrationTest, AfterACrashWhatWasWantedComesFirst) {
  SendViews(1, 2);
  Take(Migrating(2, 60, "see"));
  driver_->Begin();
  driver_->End(Minute(61), Minute(61));
  driver_->Snapshots(true);
  driver_->FoldPending();
  driver_->MoveToBareMachine();
  sent_.push_back(Send(At(-150, "a", "view"), NameOf(0)));
  sent_.push_back(Send(At(11, "b", "order"), NameOf(0)));
  driver_->Batch({sent_[sent_.size() - 2], sent_.back()}, Minute(61));
  driver_->FoldPending();
  ExpectAsInOrder();
}

// The timeline reaches back to the middle of the run.
TEST_F(TaskMigrationTest, WhatBeganBeforeTheTimelineIsMapped) {
  settings_.timeline.retention = std::chrono::hours(2);
  Start();
  for (int i = 0; i < 60; ++i) {
    driver_->Batch({Send(At(i * 10, "v" + std::to_string(i), "view"), NameOf(0))});
  }
  Take(Migrating(2, 590, "see"));
  driver_->Batch({Send(At(600, "last", "view"), NameOf(0))});
  driver_->FoldPending();
  driver_->Batch({Send(At(605, "behind", "view"), NameOf(0))});
  std::map<int32_t, int> versions = VersionsOfSteps();
  EXPECT_EQ(versions[2], 2);
  EXPECT_EQ(versions[1], 60);
  // Late, before the version took effect.
  driver_->Batch({Send(At(585, "late", "order"), NameOf(0))});
  driver_->FoldPending();
  versions = VersionsOfSteps();
  EXPECT_EQ(versions[2], 2);
  EXPECT_EQ(versions[1], 61);
  EXPECT_NO_THROW(driver_->CheckCounts());
}

}  // namespace
}  // namespace waymark::engine
