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
  EXPECT_EQ(table.in_memory(), 2U);
}

// Keeps what is taken to be stored.
class Shelf final : public StoredCells {
 public:
  base::Status ReadDay(int32_t day, const Visit& visit) const override {
    ++reads;
    for (const auto& [at, cell] : rows) {
      if (at.first == day) visit(at.second, cell);
    }
    return fault;
  }
  void Take(CellTable& table) {
    table.TakeChanged([](std::string_view, const Cell&) {});
    table.TakeUnstored([&](int32_t day, std::string_view key, const Cell& cell) {
      const std::pair at{day, std::string(key)};
      std::string bytes;
      cell.AppendTo(bytes);
      if (cell.IsZero()) {
        rows.erase(at);
      } else {
        rows.insert_or_assign(at, bytes);
      }
    });
  }

  std::map<std::pair<int32_t, std::string>, std::string> rows;
  base::Status fault;
  mutable int reads = 0;
};

TEST(CellTableTest, DaysThatLieStillAreLetGoOfAndBroughtUp) {
  Shelf shelf;
  CellTable table(2, &shelf);
  for (const int32_t day : {1, 2, 3}) table.Add(Contact(day, "a"), Slot::kCount);
  table.Evict(0);
  EXPECT_EQ(table.in_memory(), 3U) << "nobody has heard of them yet";
  shelf.Take(table);
  table.Evict(3);
  table.Add(Contact(1, "a"), Slot::kCount);
  shelf.Take(table);
  table.Evict(1);
  EXPECT_EQ(table.in_memory(), 1U);
  EXPECT_EQ(shelf.reads, 0);
  table.Add(Contact(1, "a"), Slot::kCount);
  EXPECT_EQ(shelf.reads, 0) << "the one that was met last is still there";
  for (const char* name : {"b", "c"}) table.Add(Contact(3, name), Slot::kCount);
  EXPECT_EQ(shelf.reads, 1);
  shelf.Take(table);
  table.Evict(0);
  EXPECT_EQ(table.in_memory(), 0U);
  // Another one, which finds them: full days are full, counts go on, and what is taken back goes.
  CellTable next(2, &shelf);
  for (const auto& [at, cell] : shelf.rows) next.NoteStored(at.second);
  Reader reader;
  next.Add(Contact(3, "d"), Slot::kCount);
  next.Add(Contact(1, "a"), Slot::kCount, -3);
  const size_t rows = shelf.rows.size();
  next.TakeChanged([&](std::string_view key, const Cell& cell) {
    CellKey parsed;
    ASSERT_TRUE(ParseKey(key, parsed));
    const int64_t count = cell.At(Slot::kCount);
    EXPECT_EQ(count, parsed.day == 3 ? 2 : 0) << "c and d, as others";
  });
  shelf.Take(next);
  EXPECT_EQ(shelf.rows.size(), rows - 1);
}

TEST(CellTableTest, AFaultOfTheStoreIsTold) {
  Shelf shelf;
  CellTable table(2, &shelf);
  table.Add(Contact(1, "a"), Slot::kCount);
  shelf.Take(table);
  table.Evict(0);
  shelf.fault = {base::StatusCode::kStore, "the disk is gone"};
  table.Add(Contact(1, "a"), Slot::kCount);
  EXPECT_EQ(table.status().message(), "the disk is gone");
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
