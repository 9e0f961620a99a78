#include "api/live_picture.h"

#include <gtest/gtest.h>

#include <string>

namespace waymark::api {
namespace {

TEST(LivePicture, WhatIsShownMovesOnceASecond) {
  base::ManualClock clock({1'000'000});
  LivePicture picture(clock);
  const auto change = [&] {
    picture.Update([](measure::Picture& p) {
      std::string key;
      std::string value;
      measure::AppendKey({}, key);
      measure::Cell cell;
      cell.Add(measure::Slot::kCount, p.revision() + 1);
      cell.AppendTo(value);
      EXPECT_TRUE(p.Take(0, key, value));
    });
  };
  EXPECT_EQ(picture.ShownRevision(), 0);
  change();
  EXPECT_EQ(picture.ShownRevision(), 1);  // at once, after a long silence
  change();
  change();
  EXPECT_EQ(picture.ShownRevision(), 1);
  clock.Advance(base::Millis(999));
  EXPECT_EQ(picture.ShownRevision(), 1);
  clock.Advance(base::Millis(1));
  EXPECT_EQ(picture.ShownRevision(), 3);
  EXPECT_EQ(picture.revision(), 3);
}

}  // namespace
}  // namespace waymark::api
