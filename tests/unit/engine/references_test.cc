// What is about another interaction: late ratings cost no re-fold, corrections fold again from
// where they count.
#include <gtest/gtest.h>

#include "engine/task.h"
#include "journey/correction.h"
#include "support/interactions.h"

namespace waymark::engine {
namespace {

using model::SignalKind;
using test::At;
using test::Minute;
using test::Send;
using test::Sent;
using test::TaskDriver;

constexpr std::string_view kModel = R"(
family: purchase
model: simple
stages:
  - {name: look, enter: {action: view}}
  - {name: buy, enter: {action: order}}
  - {name: use, enter: {action: use}}
)";

class ReferencesTest : public ::testing::Test {
 protected:
  static TaskSettings Settings() {
    TaskSettings settings;
    settings.cache_bytes_max = 64u << 20;
    settings.snapshot_interval = base::Millis(10'000);
    return settings;
  }
  static Sent Rating(int minute, std::string_view id, std::string_view about) {
    model::Interaction out = At(minute, id, "rate");
    out.rating.emplace().satisfaction = 2;
    out.refers_to.emplace().id = about;
    return Send(out);
  }
  static Sent Correction(int minute, std::string_view id, std::string_view about,
                         std::string_view action, std::string_view product = {}) {
    model::Interaction out = At(minute, id, action);
    out.command = model::Command::kCorrect;
    out.refers_to.emplace().id = about;
    out.product = product;
    return Send(out);
  }
  test::View Expected(const std::vector<Sent>& in_order) {
    store::MemoryStore store;
    TaskDriver driver(fold_, store, Settings());
    driver.Batch(in_order, Minute(0));
    return driver.Look();
  }
  size_t Steps() { return driver_.output().Count(OutputTopic::kSteps); }
  // The last published step of an interaction.
  model::Step StepOf(std::string_view id) {
    for (auto at = driver_.output().records.rbegin(); at != driver_.output().records.rend();
         ++at) {
      if (at->topic != OutputTopic::kSteps) continue;
      model::Step step;
      TaskDriver::Must(codec::Decode(*at->value, step));
      if (step.interaction.id == id) return step;
    }
    ADD_FAILURE() << id;
    return {};
  }
  void ExpectLike(const std::vector<Sent>& in_order) {
    const test::View want = Expected(in_order);
    const test::View have = driver_.Look();
    EXPECT_EQ(have.steps, want.steps);
    EXPECT_EQ(have.signals, want.signals);
    EXPECT_EQ(have.timeline, want.timeline);
    EXPECT_EQ(have.summaries, want.summaries);
  }

  journey::CompiledModels models_ = test::Compile({kModel});
  journey::Fold fold_{models_, {}};
  store::MemoryStore store_;
  TaskDriver driver_{fold_, store_, Settings()};
};

TEST_F(ReferencesTest, ALateRatingFoldsNothingAgain) {
  std::vector<Sent> batch = {Send(At(0, "bought", "order"))};
  for (int i = 1; i <= 50; ++i) batch.push_back(Send(At(i, "u" + std::to_string(i), "use")));
  driver_.Batch(batch);
  const size_t before = Steps();
  driver_.Batch({Rating(10'000, "stars", "bought")});
  EXPECT_EQ(Steps(), before + 1);
  EXPECT_EQ(driver_.totals().refolds, 0);
  EXPECT_EQ(driver_.totals().ratings_resolved, 1);
  ASSERT_TRUE(StepOf("stars").rated);
  EXPECT_EQ(StepOf("stars").rated->time, At(0, "bought", "order").time);
}

TEST_F(ReferencesTest, RatingsAreCountedNetOfWhatLaterTurnsUp) {
  driver_.Batch({Send(At(0, "a", "view")), Rating(20, "stars", "bought")});
  driver_.Batch({}, Minute(8 * 24 * 60));
  EXPECT_EQ(driver_.totals().ratings_unresolved, 1);
  EXPECT_EQ(driver_.totals().ratings_resolved, 0);
  driver_.Reload();
  EXPECT_EQ(driver_.totals().ratings_unresolved, 0) << "a task counts what it has seen";
  driver_.Batch({Send(At(10, "bought", "order"))}, Minute(8 * 24 * 60));
  EXPECT_EQ(driver_.totals().ratings_unresolved, -1);
  EXPECT_EQ(driver_.totals().ratings_resolved, 1);
}

TEST_F(ReferencesTest, ACorrectionCountsWhereTheOtherStands) {
  const std::vector<Sent> all = {Send(At(0, "a", "view")), Send(At(10, "b", "view")),
                                 Send(At(20, "c", "ask")),
                                 Correction(5000, "fix", "b", "order", "X1")};
  driver_.Batch({all[0], all[1], all[2]});
  EXPECT_EQ(StepOf("c").placements[0].stage, "look");
  driver_.Batch({all[3]});
  EXPECT_EQ(StepOf("c").placements[0].stage, "buy");
  EXPECT_EQ(StepOf("b").interaction.action, "view") << "what was said stays";
  ASSERT_TRUE(StepOf("b").corrected);
  EXPECT_EQ(StepOf("b").corrected->action, "order");
  EXPECT_EQ(StepOf("b").corrected->product, "X1");
  EXPECT_EQ(StepOf("b").corrected->id, "b");
  EXPECT_FALSE(StepOf("c").corrected);
  EXPECT_TRUE(StepOf("fix").placements.empty());
  EXPECT_EQ(driver_.totals().steps, 4);
  EXPECT_EQ(driver_.totals().steps_revised, 2);
  ExpectLike(all);
}

TEST_F(ReferencesTest, WhatACorrectionDoesNotChangeIsNotPublishedAgain) {
  driver_.Batch({Send(At(0, "a", "view")), Send(At(10, "b", "view")), Send(At(20, "c", "view"))});
  const size_t before = Steps();
  driver_.Batch({Correction(5000, "fix", "b", "correct", "X1")});
  EXPECT_EQ(Steps(), before + 2) << "the correction, and what it corrects";
  driver_.Batch({Correction(5001, "none", "nowhere", "correct", "X1")});
  EXPECT_EQ(Steps(), before + 3);
}

TEST_F(ReferencesTest, ACorrectionMayComeFirst) {
  const std::vector<Sent> all = {Send(At(0, "a", "view")), Correction(5, "fix", "b", "order"),
                                 Send(At(10, "b", "view")), Send(At(20, "c", "ask"))};
  driver_.Batch({all[1]});
  driver_.Batch({all[3]});
  driver_.Batch({all[0]});
  driver_.Batch({all[2]});
  EXPECT_EQ(StepOf("c").placements[0].stage, "buy");
  ExpectLike(all);
}

TEST_F(ReferencesTest, OfTwoCorrectionsTheLaterInTimeWins) {
  const std::vector<Sent> all = {Send(At(0, "a", "view")), Correction(10, "f1", "a", "use", "X1"),
                                 Correction(20, "f2", "a", "order")};
  driver_.Batch({all[0], all[2]});
  driver_.Batch({all[1]});
  EXPECT_EQ(StepOf("a").corrected->action, "order");
  EXPECT_EQ(StepOf("a").corrected->product, "X1");
  ExpectLike(all);
}

// Of its copies the least counts, as of all interactions; the other one's words are taken back.
TEST_F(ReferencesTest, ACorrectionTakesThePlaceOfItsCopy) {
  const std::vector<Sent> all = {Send(At(0, "a", "view")), Send(At(1, "b", "view")),
                                 Correction(10, "fix", "b", "order")};
  driver_.Batch({all[0], all[1], Correction(20, "fix", "a", "order")});
  EXPECT_EQ(StepOf("a").placements[0].stage, "buy");
  driver_.Batch({all[2]});
  EXPECT_FALSE(StepOf("a").corrected);
  EXPECT_EQ(StepOf("a").placements[0].stage, "look");
  EXPECT_EQ(StepOf("b").placements[0].stage, "buy");
  ExpectLike(all);
}

TEST_F(ReferencesTest, ByTouchpointAndTimeEveryOneThatStandsThere) {
  model::Interaction first = At(0, "a", "view");
  first.touchpoint = "till";
  model::Interaction second = At(10, "b", "view");
  second.touchpoint = "till";
  model::Interaction fix = At(5000, "fix", "order");
  fix.command = model::Command::kCorrect;
  fix.refers_to = model::RefersTo{{}, {}, "till", second.time, {}};
  driver_.Batch({Send(first), Send(second)});
  driver_.Batch({Send(fix)});
  EXPECT_EQ(StepOf("a").placements[0].stage, "look");
  EXPECT_EQ(StepOf("b").placements[0].stage, "buy");
}

TEST_F(ReferencesTest, AreThereAfterEveryRestore) {
  const std::vector<Sent> all = {Send(At(0, "a", "view")), Send(At(10, "b", "view")),
                                 Correction(20, "fix", "b", "order"), Rating(25, "early", "d"),
                                 Send(At(30, "c", "ask")), Send(At(40, "d", "view"))};
  for (int restore = 0; restore < 3; ++restore) {
    store::MemoryStore store;
    TaskDriver driver(fold_, store, Settings());
    for (const size_t i : {4U, 2U, 3U, 0U, 5U, 1U}) {
      driver.Batch({all[i]});
      if (restore == 0) driver.Reload();
      if (restore == 1) driver.Crash();
      if (restore == 2) driver.MoveToBareMachine();
    }
    driver.End(Minute(0));
    const test::View want = Expected(all);
    const test::View have = driver.Look();
    EXPECT_EQ(have.steps, want.steps) << restore;
    EXPECT_EQ(have.signals, want.signals) << restore;
    EXPECT_EQ(have.summaries, want.summaries) << restore;
  }
}

// Nobody was seen yet: the snapshot has no first time.
TEST_F(ReferencesTest, ACorrectionAloneIsRestoredFromItsSnapshot) {
  const std::vector<Sent> all = {Correction(5, "fix", "b", "order"), Send(At(10, "b", "view"))};
  driver_.Batch({all[0]});
  driver_.Snapshots(true);
  EXPECT_EQ(driver_.output().journeys.size(), 1U);
  driver_.MoveToBareMachine();
  int64_t oldest = 0;
  driver_.Flush();
  driver_.ForEachStored([&](const Profile& profile) { oldest = profile.oldest.ms; });
  EXPECT_LE(oldest, At(5, "fix", "order").time.value());
  driver_.Batch({all[1]});
  EXPECT_EQ(StepOf("b").placements[0].stage, "buy");
  EXPECT_EQ(driver_.Look().summaries, Expected(all).summaries);
}

TEST_F(ReferencesTest, ThereIsABoundToCorrections) {
  driver_.Batch({Send(At(0, "a", "view"))});
  driver_.Batch({Correction(10, "fix", "a", "order", std::string(5000, 'x'))});
  EXPECT_FALSE(StepOf("a").corrected) << "too long";
  for (int i = 0; i < 100; ++i) {
    driver_.Batch({Correction(20 + i, "f" + std::to_string(100 + i), "a", "order",
                              std::to_string(i))});
  }
  EXPECT_EQ(StepOf("a").corrected->product, "63");
}

}  // namespace
}  // namespace waymark::engine
