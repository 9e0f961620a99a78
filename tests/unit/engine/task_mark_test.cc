#include "engine/task_mark.h"

#include <gtest/gtest.h>

namespace waymark::engine {
namespace {

TaskMark Mark() {
  TaskMark mark;
  mark.steps_end = base::Offset(1);
  mark.restore_from = base::Offset(2);
  mark.horizon = {3};
  mark.time_max = {-4};
  mark.revision = base::Revision(5);
  mark.models = UINT64_MAX;
  mark.partitions = 12;
  mark.all_published = true;
  mark.totals.consumed = 100;
  mark.totals.steps = 90;
  mark.totals.duplicates = 7;
  mark.totals.profiles = 8;
  mark.totals.late = 9;
  mark.totals.ids_derived = 10;
  mark.input = {11, 2, {13}};
  mark.producer = "waymark-0";
  mark.address = "https://host-1.example:8080";
  for (size_t i = 0; i < mark.totals.dead_letters.size(); ++i) {
    mark.totals.dead_letters[i] = static_cast<int64_t>(i);
  }
  return mark;
}

TEST(TaskMark, ComesBackFromItsText) {
  const TaskMark mark = Mark();
  const auto again = TaskMark::Parse(mark.ToText());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->steps_end, mark.steps_end);
  EXPECT_EQ(again->restore_from, mark.restore_from);
  EXPECT_EQ(again->horizon, mark.horizon);
  EXPECT_EQ(again->time_max, mark.time_max);
  EXPECT_EQ(again->revision, mark.revision);
  EXPECT_EQ(again->models, mark.models);
  EXPECT_EQ(again->partitions, mark.partitions);
  EXPECT_EQ(again->all_published, mark.all_published);
  EXPECT_EQ(again->totals.consumed, mark.totals.consumed);
  EXPECT_EQ(again->totals.steps, mark.totals.steps);
  EXPECT_EQ(again->totals.duplicates, mark.totals.duplicates);
  EXPECT_EQ(again->totals.profiles, mark.totals.profiles);
  EXPECT_EQ(again->totals.dead_letters, mark.totals.dead_letters);
  EXPECT_EQ(again->totals.late, mark.totals.late);
  EXPECT_EQ(again->totals.ids_derived, mark.totals.ids_derived);
  EXPECT_EQ(again->input.taken, mark.input.taken);
  EXPECT_EQ(again->input.refused, mark.input.refused);
  EXPECT_EQ(again->input.last, mark.input.last);
  EXPECT_EQ(again->producer, mark.producer);
  EXPECT_EQ(again->address, mark.address);
}

TEST(TaskMark, TheFirstMarkKnowsNoTime) {
  const auto again = TaskMark::Parse(TaskMark().ToText());
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->all_published);
  EXPECT_EQ(again->horizon, base::Timestamp::min());
  EXPECT_EQ(again->time_max, base::Timestamp::min());
}

TEST(TaskMark, GoldenText) {
  TaskMark mark = Mark();
  mark.totals.dead_letters.fill(0);
  mark.totals.dead_letters[static_cast<size_t>(model::DeadLetterReason::kNoCustomer)] = 3;
  EXPECT_EQ(mark.ToText(),
            "waymark1 end=1 from=2 horizon=3 time=-4 revision=5 models=18446744073709551615 "
            "consumed=100 steps=90 duplicates=7 profiles=8 partitions=12 "
            "no_customer=3 published=1 late=9 derived=10 taken=11 refused=2 last=13 "
            "producer=waymark-0 api=https://host-1.example:8080");
}

TEST(TaskMark, StaysBelowItsBound) {
  TaskMark mark = Mark();
  mark.steps_end = mark.restore_from = base::Offset(INT64_MAX);
  mark.totals.consumed = mark.totals.steps = mark.totals.duplicates = mark.totals.profiles =
      INT64_MAX;
  mark.totals.dead_letters.fill(INT64_MAX);
  mark.totals.late = mark.totals.ids_derived = mark.input.taken = mark.input.refused = INT64_MAX;
  mark.input.last = {INT64_MAX};
  mark.producer = std::string(255, 'p');
  mark.address = "https://" + std::string(255, 'h') + ":65535";
  EXPECT_LT(TaskMark().ToText().size(), 2048U);
  EXPECT_LT(mark.ToText().size(), 2048U);
}

TEST(TaskMark, WordsOfNewerVersionsArePassedOver) {
  EXPECT_TRUE(TaskMark::Parse("waymark1 end=1 newer=whatever"));
}

TEST(TaskMark, OtherTextIsNoMark) {
  for (const std::string_view text :
       {"", "waymark", "waymark2 end=1", "waymark1 end", "waymark1 end=", "waymark1 end=1x",
        "waymark1 end=99999999999999999999", "waymark1 steps=1 =", "metadata of somebody else"}) {
    EXPECT_EQ(TaskMark::Parse(text).has_value(), text == "waymark1 steps=1 =") << text;
  }
}

}  // namespace
}  // namespace waymark::engine
