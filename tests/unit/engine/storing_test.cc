// The store is written in slices, so that rows of profiles may be ahead of the store's mark.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "engine/keys.h"
#include "support/interactions.h"

namespace waymark::engine {
namespace {

using test::At;
using test::Minute;
using test::Send;

class StoringTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store_ = std::make_unique<store::MemoryStore>();
    driver_ = std::make_unique<test::TaskDriver>(fold_, *store_, settings_);
  }
  // The journeys' status as last published, by profile.
  std::map<std::string, model::JourneyStatus> Published() const {
    std::map<std::string, model::JourneyStatus> found;
    for (const auto& record : driver_->output().records) {
      if (record.topic != OutputTopic::kJourneys) continue;
      model::CustomerJourneys snapshot;
      EXPECT_TRUE(codec::Decode(*record.value, snapshot).ok());
      found[record.profile_id] = snapshot.journeys.at(0).status;
    }
    return found;
  }
  size_t ListsOfSnapshots() const {
    const std::string name = MetaKey(base::Partition(0), kWaitingSnapshotsName);
    size_t rows = 0;
    EXPECT_TRUE(store_->Scan(store::Family::kMeta, name, store::PrefixEnd(name),
                            [&](auto, auto) { return ++rows > 0; }).ok());
    return rows;
  }
  void Visit(int minute) {
    driver_->Batch({Send(At(minute, "a" + std::to_string(minute), "view"), "ann"),
                   Send(At(minute, "b" + std::to_string(minute), "view"), "bob")});
  }
  // A round of which one profile is written, durably, after more has come.
  void StoreOneOfTwo() {
    Visit(0);
    driver_->Snapshots(true);
    driver_->Flush();
    driver_->FlushStore();
    Visit(1);
    driver_->Snapshots(true);
    driver_->StoreSome(0);
    Visit(2);
    driver_->Batch({}, Minute(300));  // both journeys are abandoned: nothing comes any more
    driver_->StoreSome(1);
    driver_->FlushStore();
    ASSERT_TRUE(driver_->task().is_storing());
  }

  journey::CompiledModels models_ = test::Compile({test::kSimpleModel});
  journey::Fold fold_{models_, {}};
  TaskSettings settings_;
  std::unique_ptr<store::MemoryStore> store_;
  std::unique_ptr<test::TaskDriver> driver_;
};

TEST_F(StoringTest, ARowAheadOfTheMarkIsNotFoldedTwice) {
  StoreOneOfTwo();
  const Totals before = driver_->totals();
  driver_->Crash();
  EXPECT_EQ(driver_->totals().steps, before.steps);
  EXPECT_EQ(driver_->totals().profiles, before.profiles);
  Visit(301);
  const test::View view = driver_->Look();
  EXPECT_EQ(view.timeline.size(), 8U);
  EXPECT_EQ(driver_->output().steps_repeated, 0);
  driver_->CheckCounts();
}

TEST_F(StoringTest, WhatATimerChangedBeforeACrashIsPublishedAfterIt) {
  for (const int rounds : {1, 2}) {
    SetUp();
    StoreOneOfTwo();
    for (int i = 0; i < rounds; ++i) {
      EXPECT_EQ(Published(), (std::map<std::string, model::JourneyStatus>{
                                 {"ann", model::JourneyStatus::kOpen},
                                 {"bob", model::JourneyStatus::kOpen}}));
      driver_->Crash();
      // Another round is begun, and not ended either.
      driver_->StoreSome(1);
      driver_->FlushStore();
    }
    driver_->Crash();
    driver_->Snapshots(true);
    EXPECT_EQ(Published(), (std::map<std::string, model::JourneyStatus>{
                               {"ann", model::JourneyStatus::kAbandoned},
                               {"bob", model::JourneyStatus::kAbandoned}}));
    driver_->Flush();
    EXPECT_EQ(ListsOfSnapshots(), 1U);
  }
}

TEST_F(StoringTest, WhatComesWhileARoundGoesOnIsStoredByTheNext) {
  Visit(0);
  driver_->StoreSome(0);
  Visit(1);
  driver_->StoreSome(2);
  EXPECT_FALSE(driver_->task().is_storing());
  EXPECT_TRUE(driver_->task().HasUnstored());
  EXPECT_GT(driver_->task().unstored_bytes(), 0U);
  driver_->StoreSome(2);
  EXPECT_FALSE(driver_->task().HasUnstored());
  EXPECT_EQ(driver_->task().unstored_bytes(), 0U);
  EXPECT_EQ(driver_->Look().timeline.size(), 4U);
}

}  // namespace
}  // namespace waymark::engine
