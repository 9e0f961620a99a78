// Customers that never come back, and some that do.
#include <gtest/gtest.h>

#include <chrono>

#include "codec/fold_state.h"
#include "support/bare_machine.h"
#include "support/interactions.h"

namespace waymark::engine {
namespace {

using test::At;
using test::BareMachine;
using test::Minute;
using test::Send;

constexpr std::string_view kModel = R"(
family: purchase
model: simple
journey: {abandon_after: 1h}
stages:
  - name: look
    enter: {action: view}
  - name: buy
    enter: {action: order}
)";

// Silent from minute 0, Ann lapses at minute 120, and is forgotten behind minute 420.
class ForgetTest : public ::testing::Test {
 protected:
  static journey::FoldSettings FoldSettingsHere() {
    journey::FoldSettings settings;
    settings.profile_retention = std::chrono::hours(2);
    return settings;
  }
  size_t Rows(store::Family family) const {
    size_t rows = 0;
    EXPECT_TRUE(store_.Scan(family, {}, {}, [&](auto, auto) { return ++rows > 0; }).ok());
    return rows;
  }
  // What a reader that was there all the time knows is what a new owner finds.
  void ExpectBareMachineAgrees() {
    BareMachine bare(fold_, driver_.output(), settings_);
    const base::Status restored = bare.Restore(driver_.task().mark());
    ASSERT_TRUE(restored.ok()) << restored.text();
    EXPECT_EQ(bare.task().totals().profiles, driver_.totals().profiles);
    std::vector<std::string> keys[2];
    const store::Store* const stores[2] = {&store_, &bare.store()};
    driver_.Flush();
    ASSERT_TRUE(bare.task().Flush().ok());
    for (int i = 0; i < 2; ++i) {
      ASSERT_TRUE(stores[i]->Scan(store::Family::kProfiles, {}, {}, [&](auto key, auto) {
        keys[i].emplace_back(key);
        return true;
      }).ok());
    }
    EXPECT_EQ(keys[0], keys[1]);
  }

  journey::CompiledModels models_ = test::Compile({kModel});
  journey::Fold fold_{models_, FoldSettingsHere()};
  TaskSettings settings_{.timeline = {std::chrono::hours(5)}};
  store::MemoryStore store_;
  test::TaskDriver driver_{fold_, store_, settings_};
};

TEST_F(ForgetTest, NothingIsLeftOfWhoIsForgotten) {
  for (int i = 0; i < 200; ++i) {
    driver_.Batch({Send(At(0, "v" + std::to_string(i), "view"))});
  }
  driver_.Snapshots(true);
  driver_.Flush();
  EXPECT_GT(Rows(store::Family::kFolds), 0U);
  driver_.Batch({}, Minute(420));
  EXPECT_EQ(driver_.totals().profiles, 1);
  driver_.Batch({}, Minute(421));
  EXPECT_EQ(driver_.totals().profiles, 0);
  EXPECT_EQ(driver_.totals().forgotten, 1);
  EXPECT_TRUE(driver_.output().journeys.empty());
  driver_.Flush();
  EXPECT_EQ(Rows(store::Family::kProfiles), 0U);
  EXPECT_EQ(Rows(store::Family::kFolds), 0U);
  EXPECT_EQ(Rows(store::Family::kTimers), 0U);
  EXPECT_EQ(Rows(store::Family::kTimelines), 200U) << "left to the store";
  driver_.Snapshots(true);
  EXPECT_EQ(driver_.task().cached_profiles(), 1U) << "what waited for a snapshot points to it";
  driver_.Batch({Send(At(500, "b", "view"), "bob")});
  driver_.Batch({}, Minute(1000));
  driver_.Snapshots(true);
  driver_.Flush();
  EXPECT_EQ(driver_.task().cached_profiles(), 1U);
}

TEST_F(ForgetTest, RowsGoOnceTheTrimIsDurable) {
  for (int i = 0; i < 100; ++i) {
    driver_.Batch({Send(At(i * 5, "v" + std::to_string(i), "view"))});
  }
  driver_.Flush();
  driver_.FlushStore();
  const size_t before = Rows(store::Family::kTimelines);
  driver_.Batch({}, Minute(700));
  driver_.Flush();
  EXPECT_EQ(Rows(store::Family::kTimelines), before);
  driver_.FlushStore();
  EXPECT_EQ(Rows(store::Family::kTimelines), 100U - 340 / 5) << "700 less five hours and one";
}

// A task that has taken over has not fired all that is due, however far its horizon.
TEST_F(ForgetTest, NoRowGoesBeforeATrimThatARestoreHeldUp) {
  for (int i = 0; i < 60; ++i) {
    driver_.Batch({Send(At(i * 5, "v" + std::to_string(i), "view"))});
  }
  driver_.Flush();
  driver_.FlushStore();
  driver_.Batch({Send(At(300, "w", "view"))}, Minute(500));
  EXPECT_EQ(driver_.totals().trims, 1);
  driver_.Crash();
  driver_.Flush();
  driver_.FlushStore();
  EXPECT_EQ(Rows(store::Family::kTimelines), 61U);
  driver_.Batch({}, Minute(500));
  EXPECT_EQ(driver_.totals().trims, 1);
  driver_.Flush();
  driver_.FlushStore();
  EXPECT_EQ(Rows(store::Family::kTimelines), 61U - 140 / 5) << "500 less five hours and one";
}

TEST_F(ForgetTest, AnOpenJourneyKeepsAProfile) {
  const journey::CompiledModels models = test::Compile({R"(
family: contract
model: long
stages: [{name: runs, enter: {action: view}}]
)"});
  const journey::Fold fold(models, FoldSettingsHere());
  store::MemoryStore store;
  test::TaskDriver driver(fold, store, settings_);
  driver.Batch({Send(At(0, "a", "view"))});
  driver.Snapshots(true);
  driver.Batch({}, Minute(100'000));
  EXPECT_EQ(driver.totals().profiles, 1);
  EXPECT_EQ(driver.output().journeys.size(), 1U);
}

TEST_F(ForgetTest, ABareMachineForgetsWithTheLog) {
  driver_.Batch({Send(At(0, "a", "view")), Send(At(100, "b", "view"), "bob")});
  driver_.Batch({Send(At(430, "c", "view"), "bob")}, Minute(430));
  ASSERT_EQ(driver_.totals().forgotten, 1);
  ExpectBareMachineAgrees();
}

// The steps from before lie behind what the snapshots hold, the mark does not.
TEST_F(ForgetTest, ASnapshotThatWaitsDoesNotBringTheForgottenBack) {
  driver_.Batch({Send(At(0, "a", "view"))});
  driver_.Snapshots(true);
  driver_.Batch({Send(At(100, "b", "view"), "bob"), Send(At(1, "l", "order"))});
  driver_.Batch({}, Minute(430));
  ASSERT_EQ(driver_.totals().forgotten, 1);
  EXPECT_LT(driver_.task().mark().restore_from, driver_.task().mark().steps_end);
  ExpectBareMachineAgrees();
}

TEST_F(ForgetTest, ACrashAfterTheCommitForgetsByTheLog) {
  driver_.Batch({Send(At(0, "a", "view"))});
  driver_.Snapshots(true);
  driver_.Flush();
  driver_.FlushStore();
  driver_.Batch({Send(At(100, "b", "view"), "bob")}, Minute(430));
  ASSERT_EQ(driver_.totals().forgotten, 1);
  driver_.Crash();
  EXPECT_EQ(driver_.Look().summaries.size(), 1U);
  EXPECT_EQ(driver_.totals().profiles, 1);
}

TEST_F(ForgetTest, AWarmCopyForgets) {
  driver_.Batch({Send(At(0, "a", "view"))});
  BareMachine copy(fold_, driver_.output(), settings_);
  ASSERT_TRUE(copy.Restore(driver_.task().mark()).ok());
  driver_.Batch({Send(At(100, "b", "view"), "bob")}, Minute(430));
  driver_.Batch({Send(At(440, "c", "view"))});
  ASSERT_TRUE(copy.Follow(driver_.task().mark()).ok());
  ASSERT_TRUE(copy.task().Flush().ok());
  EXPECT_EQ(copy.task().mark().ToText(), driver_.task().mark().ToText());
  Profile ann;
  const auto row =
      copy.store().Get(store::Family::kProfiles, ProfileKey(base::Partition(0), "ann"));
  ASSERT_TRUE(ProfileCache::DecodeRow(fold_, **row, ann).ok());
  EXPECT_EQ(ann.state.interactions, 1);
}

// Rows of the one who was forgotten still lie in the timelines, here some of them.
TEST_F(ForgetTest, WhoComesBackShowsNothingOfWhatWasBefore) {
  for (const bool restores : {false, true}) {
    store::MemoryStore store;
    test::TaskDriver driver(fold_, store, settings_);
    driver.Batch({Send(At(0, "a", "view")), Send(At(1, "b", "order"))});
    driver.Snapshots(true);
    driver.Flush();
    driver.Batch({}, Minute(430));
    driver.Batch({Send(At(440, "c", "view"))});
    driver.Snapshots(true);
    if (restores) driver.MoveToBareMachine();
    driver.Begin();
    EXPECT_FALSE(driver.Accept(Send(At(120, "old", "order"))));
    EXPECT_TRUE(driver.Accept(Send(At(435, "late", "order"))));
    driver.End(Minute(440));
    store::MemoryStore other;
    test::TaskDriver in_order(fold_, other, settings_);
    in_order.Batch({Send(At(435, "late", "order")), Send(At(440, "c", "view"))}, Minute(440));
    EXPECT_EQ(driver.Look().summaries, in_order.Look().summaries);
    driver.ForEachStored([](const Profile& ann) { EXPECT_EQ(ann.state.interactions, 2); });
  }
}

TEST_F(ForgetTest, OldProcessesAreNotLedAstray) {
  settings_.state_format = codec::kStateFormatWithForgetting - 1;
  test::TaskDriver old(fold_, store_, settings_);
  old.Batch({Send(At(0, "a", "view"))});
  old.Snapshots(true);
  old.Batch({}, Minute(430));
  EXPECT_EQ(old.totals().forgotten, 0);
  EXPECT_EQ(old.output().journeys.size(), 1U);
  // Once all know of it, what was due meanwhile comes up at once.
  old.Flush();
  settings_.state_format = codec::kStateFormatNewest;
  const TopicNames topics("test");
  test::LogOfOutput reader(old.output(), topics);
  const RestoreSource source{reader, topics, store_, base::Millis(1)};
  Task raised(base::Partition(0), fold_, store_, old.output(), settings_);
  ASSERT_TRUE(RestoreTask(raised, old.task().mark(), source).ok());
  raised.Begin(base::Timestamp{1});
  ASSERT_TRUE(raised.EndBatch(Minute(430), Minute(430)).ok());
  EXPECT_EQ(raised.totals().forgotten, 1);
  EXPECT_TRUE(old.output().journeys.empty());
}

}  // namespace
}  // namespace waymark::engine
