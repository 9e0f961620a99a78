#include "measure/picture.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "measure/figures.h"

namespace waymark::measure {
namespace {

std::string KeyBytes(const CellKey& key) {
  std::string bytes;
  AppendKey(key, bytes);
  return bytes;
}

std::string CellBytes(Slot slot, int64_t value) {
  Cell cell;
  cell.Add(slot, value);
  std::string bytes;
  cell.AppendTo(bytes);
  return bytes;
}

const CellKey kEntered{.kind = CellKind::kStage,
                       .day = 10,
                       .family = "f",
                       .model = "m",
                       .model_version = 1,
                       .persona = "young",
                       .parts = {"use"}};

TEST(PictureTest, PartitionsAddUpAndTheLastWordOfEachCounts) {
  Picture picture;
  const std::string key = KeyBytes(kEntered);
  ASSERT_TRUE(picture.Take(0, key, CellBytes(Slot::kEntered, 3)));
  ASSERT_TRUE(picture.Take(1, key, CellBytes(Slot::kEntered, 4)));
  ASSERT_TRUE(picture.Take(0, key, CellBytes(Slot::kEntered, 1)));
  const auto entered = [&] {
    return Collect(picture, {.model = "m"}).stages["use"].stays.At(Slot::kEntered);
  };
  EXPECT_EQ(entered(), 5);
  ASSERT_TRUE(picture.Take(1, key, std::nullopt));
  EXPECT_EQ(entered(), 1);
  ASSERT_TRUE(picture.Take(0, key, std::nullopt));
  EXPECT_EQ(picture.size(), 0U);
}

// Days and the whole agree whatever comes and goes, of however many partitions.
TEST(PictureTest, TheWholeIsTheSumOfItsDays) {
  Picture picture;
  uint64_t random = 7;
  for (int i = 0; i < 3'000; ++i) {
    random = base::Mix64(random + 0x9e3779b97f4a7c15ULL);
    CellKey key = kEntered;
    key.day = static_cast<int32_t>(random % 5);
    const char* const stages[] = {"use", "buy", "look"};
    key.parts[0] = stages[random / 8 % 3];
    const auto partition = static_cast<int32_t>(random / 64 % 3);
    const auto value = static_cast<int64_t>(random / 1024 % 4);
    ASSERT_TRUE(picture.Take(partition, KeyBytes(key), CellBytes(Slot::kEntered, value)));
    if (i % 100 != 0) continue;
    Figures whole = Collect(picture, {.model = "m"});
    Figures days = Collect(picture, {.model = "m", .from = 0, .to = 4});
    ASSERT_EQ(whole.first_day, days.first_day);
    ASSERT_EQ(whole.last_day, days.last_day);
    for (const char* stage : stages) {
      ASSERT_EQ(whole.stages[stage].stays, days.stages[stage].stays);
    }
  }
  for (const int32_t partition : {0, 1, 2}) {
    for (int32_t day = 0; day < 5; ++day) {
      for (const char* stage : {"use", "buy", "look"}) {
        CellKey key = kEntered;
        key.day = day;
        key.parts[0] = stage;
        ASSERT_TRUE(picture.Take(partition, KeyBytes(key), std::nullopt));
      }
    }
  }
  EXPECT_EQ(picture.size(), 0U);
  EXPECT_TRUE(KnownModels(picture).empty());
}

TEST(PictureTest, MalformedRecordsChangeNothing) {
  Picture picture;
  ASSERT_TRUE(picture.Take(0, KeyBytes(kEntered), CellBytes(Slot::kEntered, 3)));
  const int64_t revision = picture.revision();
  EXPECT_FALSE(picture.Take(0, "nonsense", CellBytes(Slot::kEntered, 3)));
  EXPECT_FALSE(picture.Take(0, KeyBytes(kEntered), "\xff\xff"));
  EXPECT_EQ(picture.revision(), revision);
}

TEST(PictureTest, ASelectionLeavesOutTheRest) {
  Picture picture;
  ASSERT_TRUE(picture.Take(0, KeyBytes(kEntered), CellBytes(Slot::kEntered, 3)));
  CellKey other = kEntered;
  other.persona = "business";
  other.day = 11;
  other.model_version = 2;
  ASSERT_TRUE(picture.Take(0, KeyBytes(other), CellBytes(Slot::kEntered, 5)));
  const auto entered = [&](const Selection& selection) {
    return Collect(picture, selection).stages["use"].stays.At(Slot::kEntered);
  };
  EXPECT_EQ(entered({.model = "m"}), 8);
  EXPECT_EQ(entered({.model = "n"}), 0);
  EXPECT_EQ(entered({.model = "m", .version = 2}), 5);
  EXPECT_EQ(entered({.model = "m", .persona = "young"}), 3);
  EXPECT_EQ(entered({.model = "m", .persona = ""}), 0);
  EXPECT_EQ(entered({.model = "m", .from = 11}), 5);
  EXPECT_EQ(entered({.model = "m", .to = 10}), 3);
}

}  // namespace
}  // namespace waymark::measure
