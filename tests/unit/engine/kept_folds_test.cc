#include "engine/kept_folds.h"

#include <gtest/gtest.h>

#include "engine/keys.h"
#include "support/interactions.h"

namespace waymark::engine {
namespace {

using base::Timestamp;

constexpr base::Millis kLateness{1000};

journey::State StateAt(int64_t interactions, Timestamp fired = Timestamp::min()) {
  journey::State state;
  state.profile_id = "ann";
  state.interactions = interactions;
  state.position = {interactions * 100, 0, "shop", std::to_string(interactions)};
  state.fired_until = fired;
  state.ids.Insert(1);
  return state;
}

KeptFold FoldAt(int64_t interactions, Timestamp fired = Timestamp::min()) {
  journey::State state = StateAt(interactions, fired);
  return Keep(state, codec::kStateFormatNewest);
}

std::string PlaceAt(int64_t time) {
  std::string order;
  AppendOrderBytes({time, 0, "shop", "x"}, order);
  return order;
}

int64_t Before(const KeptFolds& folds, int64_t time) {
  const KeptFold* const fold = folds.Before(PlaceAt(time), {time});
  return fold == nullptr ? -1 : fold->interactions;
}

TEST(KeptFolds, AFoldLeavesTheFilterWhereItIs) {
  journey::State state = StateAt(3);
  const KeptFold with = Keep(state, codec::kStateFormatNewest);
  EXPECT_TRUE(state.ids.MaybeContains(1));
  state.ids = {};
  EXPECT_EQ(Keep(state, codec::kStateFormatNewest).bytes, with.bytes);
}

TEST(KeptFolds, TheNewestBeforeAPlaceIsFound) {
  KeptFolds folds;
  EXPECT_EQ(Before(folds, 5000), -1);
  folds.Add(FoldAt(10));
  folds.Add(FoldAt(20));
  EXPECT_EQ(Before(folds, 5000), 20);
  EXPECT_EQ(Before(folds, 1500), 10);
  EXPECT_EQ(Before(folds, 999), -1);
}

// A timer fired between its last interaction and the place: with the interaction it may not fire.
TEST(KeptFolds, OneThatFiredATimerBehindThePlaceIsNotBeforeIt) {
  KeptFolds folds;
  folds.Add(FoldAt(10));
  folds.Add(FoldAt(20, {2500}));
  EXPECT_EQ(Before(folds, 2500), 10);
  EXPECT_EQ(Before(folds, 2501), 20);
  folds.DropFrom(PlaceAt(2400), {2400});
  EXPECT_EQ(Before(folds, 5000), 10);
}

TEST(KeptFolds, OneIsDueEverySixteenInteractionsAndOnceInSixtyFourForTheStore) {
  KeptFolds folds;
  EXPECT_FALSE(folds.IsDue(15));
  EXPECT_TRUE(folds.IsDue(16));
  folds.Add(FoldAt(16));
  EXPECT_FALSE(folds.IsDue(31));
  EXPECT_TRUE(folds.IsDue(32));
  // Read and written again every few interactions, each time with a timer fired behind the last.
  for (int64_t n = 20; n <= 79; n += 5) {
    EXPECT_FALSE(folds.IsDue(n)) << n;
    folds.Rotate(StateAt(n, {n * 100 + 50}), "bytes", kLateness);
  }
  EXPECT_TRUE(folds.IsDue(80));
  folds.Add(FoldAt(80));
  EXPECT_FALSE(folds.IsDue(81));
  const auto stored = folds.TakeForStore();
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_EQ(stored[0]->interactions, 80);
  EXPECT_EQ(folds.stored_at(), 80);
  EXPECT_TRUE(folds.TakeForStore().empty());
}

TEST(KeptFolds, LargeOnesLieFurtherApart) {
  KeptFolds folds;
  KeptFold large = FoldAt(100);
  large.bytes.resize(12'800);
  folds.Add(std::move(large));
  folds.TakeForStore();
  EXPECT_FALSE(folds.IsDue(215));
  EXPECT_TRUE(folds.IsDue(216));
}

TEST(KeptFolds, AfterAWriteTheHeadStaysAndOneBehindTheLateness) {
  KeptFolds folds;
  for (const int64_t n : {10, 20, 30, 40}) folds.Add(FoldAt(n));
  folds.Rotate(StateAt(45), "head", kLateness);
  EXPECT_EQ(Before(folds, 9999), 45);
  EXPECT_TRUE(folds.Before(PlaceAt(9999), {9999})->is_store_head);
  EXPECT_EQ(Before(folds, 4400), 30) << "a second behind the head";
  EXPECT_EQ(Before(folds, 2900), -1);
  folds.Rotate(StateAt(46), "head", kLateness);
  EXPECT_EQ(Before(folds, 4500), 30) << "there is none nearer that is far enough behind";
  EXPECT_GT(folds.bytes(), 0U);
}

TEST(KeptFolds, WhatBecameWrongInTheStoreIsTold) {
  KeptFolds folds;
  folds.SetStoredAt(128);
  folds.MarkWrongFrom(PlaceAt(13'000), 130);
  EXPECT_TRUE(folds.wrong_from().empty()) << "the store has none behind it";
  folds.MarkWrongFrom(PlaceAt(7000), 70);
  folds.MarkWrongFrom(PlaceAt(6000), 60);
  EXPECT_EQ(folds.wrong_from(), PlaceAt(6000));
  EXPECT_EQ(folds.stored_at(), 60);
  folds.TakeForStore();
  EXPECT_TRUE(folds.wrong_from().empty());
}

}  // namespace
}  // namespace waymark::engine
