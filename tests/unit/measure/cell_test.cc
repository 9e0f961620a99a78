#include "measure/cell.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "measure/cell_key.h"
#include "waymark/v1/measures.pb.h"

namespace waymark::measure {
namespace {

TEST(CellTest, WhatIsTakenBackLeavesNothing) {
  std::mt19937 random(1);
  std::vector<std::pair<Slot, int64_t>> added;
  Cell cell;
  for (int i = 0; i < 500; ++i) {
    added.emplace_back(SlotOf(Slot::kCount, static_cast<int32_t>(random() % 60)),
                       static_cast<int64_t>(random() % 100) - 50);
    cell.Add(added.back().first, added.back().second);
  }
  std::shuffle(added.begin(), added.end(), random);
  for (const auto& [slot, amount] : added) cell.Add(slot, -amount);
  EXPECT_TRUE(cell.IsZero());
}

TEST(CellTest, ValuesThatOverflowAreTakenBackAsWell) {
  Cell cell;
  cell.Add(Slot::kValueMicros, 5);
  cell.Add(Slot::kValueMicros, INT64_MAX);
  cell.Add(Slot::kValueMicros, INT64_MAX);
  cell.Add(Slot::kValueMicros, INT64_MIN);
  Cell taken;
  taken.Add(Slot::kValueMicros, INT64_MAX);
  cell.Add(taken, -1);
  cell.Add(taken, -1);
  taken.Add(Slot::kValueMicros, -INT64_MAX);
  taken.Add(Slot::kValueMicros, INT64_MIN);
  cell.Add(taken, -1);
  EXPECT_EQ(cell.At(Slot::kValueMicros), 5);
}

TEST(CellTest, ItsBytesAreTheMessageOfTheContract) {
  Cell cell;
  cell.Add(Slot::kCount, 7);
  cell.Add(SlotOf(Slot::kSatisfaction, 4), -300);
  cell.Add(HistogramSlot(86'400'000), 1'000'000'000'000);
  std::string bytes;
  cell.AppendTo(bytes);
  v1::MeasureCell message;
  ASSERT_TRUE(message.ParseFromString(bytes));
  ASSERT_EQ(message.slots_size(), 3);
  EXPECT_EQ(message.slots(0), 1U);
  EXPECT_EQ(message.slots(0) + message.slots(1), 14U) << "as distances";
  EXPECT_EQ(message.values(1), -300);
  EXPECT_EQ(message.values(2), 1'000'000'000'000);
  EXPECT_EQ(message.SerializeAsString(), bytes);
  Cell again;
  ASSERT_TRUE(again.Parse(bytes));
  EXPECT_EQ(again, cell);
}

TEST(CellTest, HostileBytesAreRefused) {
  Cell cell;
  for (int i = 0; i < 20; ++i) cell.Add(SlotOf(Slot::kCount, 7 * i), i - 30);
  std::string bytes;
  cell.AppendTo(bytes);
  for (size_t size = 1; size < bytes.size(); ++size) {
    Cell cut;
    EXPECT_FALSE(cut.Parse(std::string_view(bytes).substr(0, size))) << size;
  }
  std::mt19937 random(2);
  for (int i = 0; i < 20'000; ++i) {
    std::string changed = bytes;
    changed[random() % changed.size()] = static_cast<char>(random());
    Cell any;
    if (any.Parse(changed)) {
      std::string written;
      any.AppendTo(written);
      Cell same;
      EXPECT_TRUE(same.Parse(written));
      EXPECT_EQ(same, any);
    }
  }
}

TEST(CellKeyTest, ItsBytesAreTheMessageOfTheContract) {
  const CellKey key{.kind = CellKind::kContact,
                    .day = -3,
                    .family = "purchase",
                    .model = "six-stages",
                    .model_version = 2,
                    .persona = "young",
                    .target_group = "private",
                    .parts = {"use", "", "hotline", "phone"}};
  std::string bytes;
  AppendKey(key, bytes);
  v1::MeasureKey message;
  ASSERT_TRUE(message.ParseFromString(bytes));
  EXPECT_EQ(message.kind(), v1::MeasureKey::CONTACT);
  EXPECT_EQ(message.day(), -3);
  EXPECT_EQ(message.model_version(), 2);
  EXPECT_EQ(message.part_1(), "use");
  EXPECT_EQ(message.part_2(), "");
  EXPECT_EQ(message.part_4(), "phone");
  EXPECT_EQ(message.SerializeAsString(), bytes);
  CellKey again;
  ASSERT_TRUE(ParseKey(bytes, again));
  EXPECT_EQ(again, key);
}

TEST(CellKeyTest, UnknownKindsAreRefused) {
  CellKey key;
  EXPECT_FALSE(ParseKey("", key));
  EXPECT_FALSE(ParseKey("\x08\x7f", key));
  EXPECT_FALSE(ParseKey("\x08", key));
}

TEST(CellKeyTest, DaysBeginAtMidnight) {
  EXPECT_EQ(DayOf({0}), 0);
  EXPECT_EQ(DayOf({86'399'999}), 0);
  EXPECT_EQ(DayOf({86'400'000}), 1);
  EXPECT_EQ(DayOf({-1}), -1);
  EXPECT_EQ(DayOf({-86'400'000}), -1);
}

}  // namespace
}  // namespace waymark::measure
