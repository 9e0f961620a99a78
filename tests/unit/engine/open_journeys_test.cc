#include "engine/open_journeys.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "codec/compact.h"
#include "support/interactions.h"

namespace waymark::engine {
namespace {

using test::At;
using test::Send;

class OpenJourneysTest : public ::testing::Test {
 protected:
  int64_t OpenIn(const char* stage) const { return CountOf({"purchase", "simple", stage}); }
  int64_t sessions() const { return CountOf({}); }
  int64_t CountOf(const OpenJourneys::Place& place) const {
    const OpenJourneys& open = driver_->task().open_journeys();
    const auto at = std::find(open.places().begin(), open.places().end(), place);
    if (at == open.places().end()) return 0;
    return open.counts()[static_cast<size_t>(at - open.places().begin())];
  }

  journey::CompiledModels models_ = test::Compile({test::kSimpleModel});
  journey::Fold fold_{models_, {}};
  store::MemoryStore store_;
  TaskSettings settings_;
  std::unique_ptr<test::TaskDriver> driver_ =
      std::make_unique<test::TaskDriver>(fold_, store_, settings_);
};

TEST_F(OpenJourneysTest, EachJourneyIsCountedInTheStageItIsIn) {
  driver_->Batch({Send(At(0, "a", "view"), "ann"), Send(At(1, "b", "view"), "ben")});
  EXPECT_EQ(OpenIn("look"), 2);
  EXPECT_EQ(sessions(), 2);
  driver_->Batch({Send(At(2, "c", "order"), "ann")});
  EXPECT_EQ(OpenIn("look"), 1);
  EXPECT_EQ(OpenIn("buy"), 1);
}

// Of two copies the earlier one counts.
TEST_F(OpenJourneysTest, WhatComesLateMovesThem) {
  driver_->Batch({Send(At(5, "a", "view"), "ann")});
  driver_->Batch({Send(At(9, "b", "order"), "ann")});
  EXPECT_EQ(OpenIn("buy"), 1);
  driver_->Batch({Send(At(8, "b", "view"), "ann")});
  EXPECT_EQ(OpenIn("buy"), 0);
  EXPECT_EQ(OpenIn("look"), 1);
  driver_->Flush();
  EXPECT_NO_THROW(driver_->CheckCounts());
}

TEST_F(OpenJourneysTest, SilenceClosesSessions) {
  driver_->Batch({Send(At(0, "a", "view"), "ann")});
  EXPECT_EQ(sessions(), 1);
  driver_->Batch({}, test::Minute(60));
  EXPECT_EQ(sessions(), 0);
  EXPECT_EQ(OpenIn("look"), 1);
}

TEST_F(OpenJourneysTest, ARestartKnowsThem) {
  driver_->Batch({Send(At(0, "a", "view"), "ann"), Send(At(1, "b", "order"), "ben")});
  driver_->Reload();
  driver_->Batch({});
  EXPECT_EQ(OpenIn("look"), 1);
  EXPECT_EQ(OpenIn("buy"), 1);
  EXPECT_EQ(sessions(), 2);
  driver_->Batch({Send(At(2, "c", "order"), "ann")});
  EXPECT_EQ(OpenIn("look"), 0);
  EXPECT_EQ(OpenIn("buy"), 2);
  driver_->Flush();
  EXPECT_NO_THROW(driver_->CheckCounts());
}

TEST_F(OpenJourneysTest, AStoreThatDoesNotSayIsGoneThrough) {
  driver_->Batch({Send(At(0, "a", "view"), "ann"), Send(At(1, "b", "order"), "ben")});
  driver_->Reload();
  const std::string key = MetaKey(base::Partition(0), kOpenName);
  ASSERT_TRUE(store_.EraseRange(store::Family::kMeta, key, store::PrefixEnd(key)).ok());
  driver_->Batch({Send(At(2, "c", "order"), "ann")});
  driver_->Flush();
  EXPECT_EQ(OpenIn("buy"), 2);
  EXPECT_NO_THROW(driver_->CheckCounts());
}

// It changes profiles and moves the mark on, and leaves the row as it was.
TEST_F(OpenJourneysTest, WhatAnOlderVersionHasStoredIsGoneThrough) {
  driver_->Batch({Send(At(0, "a", "view"), "ann"), Send(At(1, "b", "order"), "ben")});
  driver_->Reload();
  TaskMark mark = driver_->task().mark();
  mark.revision.value += 1;
  store::Batch older;
  older.Erase(store::Family::kProfiles, ProfileKey(base::Partition(0), "ben"));
  older.Put(store::Family::kMeta, MetaKey(base::Partition(0), kTaskMarkName), mark.ToText());
  ASSERT_TRUE(store_.Write(older).ok());
  driver_->Batch({});
  EXPECT_EQ(OpenIn("look"), 1);
  EXPECT_EQ(OpenIn("buy"), 0);
}

TEST_F(OpenJourneysTest, AnotherMachineFindsThemInTheTopics) {
  driver_->Batch({Send(At(0, "a", "view"), "ann"), Send(At(1, "b", "order"), "ben")});
  driver_->Snapshots(true);
  driver_->Batch({Send(At(2, "c", "order"), "ann")});
  driver_->MoveToBareMachine();
  driver_->Batch({});
  EXPECT_EQ(OpenIn("look"), 0);
  EXPECT_EQ(OpenIn("buy"), 2);
  driver_->Flush();
  EXPECT_NO_THROW(driver_->CheckCounts());
}

TEST_F(OpenJourneysTest, SnapshotsThatComeInPortionsCountOnce) {
  driver_->Batch({Send(At(0, "a", "view"), "ann")});
  driver_->Snapshots(true);
  driver_->Batch({Send(At(1, "b", "order"), "ann"), Send(At(1, "c", "view"), "ben")});
  driver_->Snapshots(true);
  driver_->SetLoadBytesMax(1);
  driver_->MoveToBareMachine();
  driver_->Batch({});
  EXPECT_EQ(OpenIn("look"), 1);
  EXPECT_EQ(OpenIn("buy"), 1);
}

TEST(OpenJourneys, AMalformedRowAddsNothing) {
  OpenJourneys open;
  EXPECT_FALSE(open.ReadStored("\x05" "ab"));
  EXPECT_EQ(open.counts().size(), 2U);
  EXPECT_TRUE(open.ReadStored(""));
}

TEST(OpenJourneys, BeyondThePlacesThatAreKeptItIsOneForAllOthers) {
  std::string row;
  {
    codec::CompactWriter out(row);
    for (size_t i = 0; i < OpenJourneys::kPlacesMax + 5; ++i) {
      out.Text("family");
      out.Text("model");
      out.Text("stage " + std::to_string(i));
      out.Signed(1);
    }
  }
  OpenJourneys open;
  ASSERT_TRUE(open.ReadStored(row));
  EXPECT_EQ(open.places().size(), OpenJourneys::kPlacesMax);
  EXPECT_EQ(open.counts()[OpenJourneys::kOther], 7);
}

}  // namespace
}  // namespace waymark::engine
