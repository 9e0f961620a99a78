#include "measure/names.h"

#include <gtest/gtest.h>

namespace waymark::measure {
namespace {

TEST(NamesTest, EverySlotComesBackByItsName) {
  for (int32_t number = 1; number < 2'400; ++number) {
    const auto slot = static_cast<Slot>(number);
    EXPECT_EQ(ParseSlot(NameOf(slot)), slot) << NameOf(slot);
  }
}

TEST(NamesTest, NamesSayWhatIsCounted) {
  EXPECT_EQ(NameOf(SlotOf(Slot::kSatisfaction, 4)), "satisfaction_4");
  EXPECT_EQ(NameOf(Slot::kNps), "nps_0");
  EXPECT_EQ(NameOf(SlotOf(Slot::kEmotion, 0)), "emotion_-2");
  EXPECT_EQ(NameOf(SlotOf(Slot::kEnded, 3)), "abandoned");
  EXPECT_EQ(NameOf(HistogramSlot(0)), "bucket_0");
  EXPECT_EQ(NameOf(static_cast<Slot>(500)), "slot_500");
}

TEST(NamesTest, OthersAreRefused) {
  for (const char* name : {"", "counts", "satisfaction_6", "nps_11", "bucket_", "bucket_x"}) {
    EXPECT_FALSE(ParseSlot(name)) << name;
  }
  EXPECT_FALSE(ParseCellKind("UNSPECIFIED"));
  EXPECT_FALSE(ParseCellKind("contact"));
  for (int kind = 1; kind < kCellKinds; ++kind) {
    EXPECT_EQ(ParseCellKind(ToString(static_cast<CellKind>(kind))), static_cast<CellKind>(kind));
  }
}

}  // namespace
}  // namespace waymark::measure
