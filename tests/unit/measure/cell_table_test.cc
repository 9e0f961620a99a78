#include "measure/cell_table.h"

#include <gtest/gtest.h>

#include <map>

namespace waymark::measure {
namespace {

CellKey Contact(int32_t day, model::Text touchpoint) {
  return {.kind = CellKind::kContact,
          .day = day,
          .family = "f",
          .model = "m",
          .model_version = 1,
          .parts = {"stage", "", touchpoint, "web"}};
}

// All of that day and stage that found no cell.
const CellKey kOthers{.kind = CellKind::kContact,
                      .day = 1,
                      .family = "f",
                      .model = "m",
                      .model_version = 1,
                      .parts = {"stage", "", kOther, kOther}};

// What a reader of the topic would hold.
class Reader {
 public:
  void Take(CellTable& table) {
    table.TakeChanged([&](std::string_view key, const Cell& cell) {
      if (cell.IsZero()) {
        cells_.erase(std::string(key));
      } else {
        cells_.insert_or_assign(std::string(key), cell);
      }
    });
  }
  int64_t Count(const CellKey& key) const {
    std::string bytes;
    AppendKey(key, bytes);
    const auto at = cells_.find(bytes);
    return at == cells_.end() ? 0 : at->second.At(Slot::kCount);
  }
  const std::map<std::string, Cell>& cells() const { return cells_; }

 private:
  std::map<std::string, Cell> cells_;
};

TEST(CellTableTest, ChangedCellsAreTakenOnce) {
  CellTable table;
  Reader reader;
  table.Add(Contact(1, "a"), Slot::kCount);
  table.Add(Contact(1, "a"), Slot::kCount);
  table.Add(Contact(1, "b"), Slot::kCount);
  reader.Take(table);
  EXPECT_EQ(reader.Count(Contact(1, "a")), 2);
  EXPECT_FALSE(table.has_changed());
  table.Add(Contact(1, "a"), Slot::kCount, -2);
  reader.Take(table);
  EXPECT_EQ(reader.cells().size(), 1U);
}

TEST(CellTableTest, WhatIsTooMuchForADayCountsAsOtherForGood) {
  CellTable table(2);
  Reader reader;
  for (const char* name : {"a", "b", "c", "d"}) table.Add(Contact(1, name), Slot::kCount);
  table.Add(Contact(2, "c"), Slot::kCount);
  reader.Take(table);
  EXPECT_EQ(reader.Count(Contact(1, "a")), 1);
  EXPECT_EQ(reader.Count(Contact(1, "c")), 0);
  EXPECT_EQ(reader.Count(kOthers), 2);
  EXPECT_EQ(reader.Count(Contact(2, "c")), 1) << "another day has room of its own";
  // Taken back where it was counted, though there is room now.
  table.Add(Contact(1, "a"), Slot::kCount, -1);
  table.Add(Contact(1, "c"), Slot::kCount, -1);
  table.Add(Contact(1, "d"), Slot::kCount, -1);
  reader.Take(table);
  EXPECT_EQ(reader.Count(kOthers), 0);
  EXPECT_EQ(reader.Count(Contact(1, "b")), 1);
  // Who goes on from what was published knows the day as full.
  CellTable next(2);
  for (const auto& [key, cell] : reader.cells()) {
    std::string bytes;
    cell.AppendTo(bytes);
    ASSERT_TRUE(next.Load(key, bytes));
  }
  next.Add(Contact(1, "e"), Slot::kCount);
  reader.Take(next);
  EXPECT_EQ(reader.Count(Contact(1, "e")), 0);
  EXPECT_EQ(reader.Count(kOthers), 1);
}

TEST(CellTableTest, WhatModelsBoundIsNeverOther) {
  CellTable table(1);
  Reader reader;
  table.Add(Contact(1, "a"), Slot::kCount);
  for (const char* stage : {"x", "y", "z"}) {
    table.Add({.kind = CellKind::kStage, .day = 1, .parts = {stage}}, Slot::kCount);
  }
  reader.Take(table);
  EXPECT_EQ(reader.Count({.kind = CellKind::kStage, .day = 1, .parts = {"z"}}), 1);
}

TEST(CellTableTest, DaysThatAreOverAreLetGoOf) {
  CellTable table;
  Reader reader;
  const CellKey standing{.kind = CellKind::kStanding, .parts = {"use"}};
  table.Set(standing, Slot::kCount, 5);
  for (const int32_t day : {1, 2, 3}) table.Add(Contact(day, "a"), Slot::kCount);
  reader.Take(table);
  table.ForgetBefore(3);
  table.Add(Contact(1, "a"), Slot::kCount);
  Delta late;
  late.Add(Contact(2, "a"), Slot::kCount);
  table.Add(late);
  reader.Take(table);
  EXPECT_EQ(reader.cells().size(), 2U);
  EXPECT_EQ(reader.Count(Contact(3, "a")), 1);
  EXPECT_EQ(reader.Count(standing), 5);
  EXPECT_EQ(table.size(), 2U);
}

TEST(CellTableTest, ADeltaThatCancelsOutIsEmpty) {
  Delta delta;
  delta.Add(Contact(1, "a"), Slot::kCount, 1);
  delta.Add(Contact(1, "a"), Slot::kSum, 4);
  delta.Add(Contact(1, "a"), Slot::kSum, -4);
  delta.Add(Contact(1, "a"), Slot::kCount, -1);
  EXPECT_TRUE(delta.empty());
}

}  // namespace
}  // namespace waymark::measure
