#include "base/time.h"

#include <gtest/gtest.h>

namespace waymark::base {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

int64_t Parsed(std::string_view text) {
  const auto time = ParseRfc3339(text);
  EXPECT_TRUE(time) << text;
  return time ? time->ms : -1;
}

TEST(Rfc3339, IsReadWithFractionAndZone) {
  EXPECT_EQ(Parsed("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(Parsed("2024-04-01T15:56:22.054Z"), 1711986982054);
  EXPECT_EQ(Parsed("2024-04-01T17:56:22.054+02:00"), 1711986982054);
  EXPECT_EQ(Parsed("2024-04-01T10:26:22.054-05:30"), 1711986982054);
  EXPECT_EQ(Parsed("2024-04-01 15:56:22z"), 1711986982000);
  EXPECT_EQ(Parsed("1969-12-31T23:59:59.9Z"), -100);
  EXPECT_EQ(Parsed("0001-01-01T00:00:00Z"), -62135596800000);
  EXPECT_EQ(Parsed("2024-04-01T15:56:22.0549999Z"), 1711986982054);
}

TEST(Rfc3339, KnowsTheCalendar) {
  EXPECT_EQ(Parsed("2024-02-29T00:00:00Z"), 1709164800000);
  EXPECT_EQ(Parsed("2000-02-29T00:00:00Z"), 951782400000);
  for (const char* text : {"2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2024-04-31T00:00:00Z",
                           "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z",
                           "2024-01-00T00:00:00Z"}) {
    EXPECT_FALSE(ParseRfc3339(text)) << text;
  }
}

TEST(Rfc3339, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "now", "2024-04-01", "2024-04-01T15:56:22", "2024-04-01T24:00:00Z",
        "2024-04-01T15:60:00Z", "2024-04-01T15:56:61Z", "2024-04-01T15:56:22.Z",
        "2024-04-01T15:56:22.1234567890Z", "2024-04-01T15:56:22Zx", "24-04-01T15:56:22Z",
        "2024-04-01T15:56:22+0200", "2024-04-01T15:56:22+24:00", "2024-4-1T15:56:22Z",
        "+024-04-01T15:56:22Z", "2024-04-01T15:56:22+02:60"}) {
    EXPECT_FALSE(ParseRfc3339(text)) << text;
  }
}

TEST(Rfc3339, IsWrittenWithoutAnEmptyFraction) {
  EXPECT_EQ(FormatRfc3339({0}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(FormatRfc3339({1711986982054}), "2024-04-01T15:56:22.054Z");
  EXPECT_EQ(FormatRfc3339({-100}), "1969-12-31T23:59:59.900Z");
  EXPECT_EQ(FormatRfc3339({1709164800000}), "2024-02-29T00:00:00Z");
}

TEST(Rfc3339, ReadsBackWhatItWrites) {
  for (int64_t ms = -62135596800000; ms < 253402300800000; ms += 7'654'321'987'651) {
    EXPECT_EQ(Parsed(FormatRfc3339({ms})), ms);
  }
}

TEST(Duration, IsReadInAllUnitsAndSums) {
  EXPECT_EQ(ParseDuration("30m"), minutes(30));
  EXPECT_EQ(ParseDuration("1h30m"), minutes(90));
  EXPECT_EQ(ParseDuration("250ms"), Millis(250));
  EXPECT_EQ(ParseDuration("2w"), hours(24 * 14));
  EXPECT_EQ(ParseDuration("2y"), hours(24 * 730));
  EXPECT_EQ(ParseDuration("400d"), hours(24 * 400));
  EXPECT_EQ(ParseDuration("0s"), seconds(0));
}

TEST(Duration, RefusesWhatIsNone) {
  for (const char* text : {"", "30", "m", "-5m", "1.5h", "5 m", "5min", "5M", "1h-5m",
                           "9223372036854775807y", "99999999999999999999s",
                           "292471208y292471208y"}) {
    EXPECT_FALSE(ParseDuration(text)) << text;
  }
}

TEST(Duration, IsWrittenInTheGreatestUnitThatDivides) {
  EXPECT_EQ(FormatDuration(minutes(90)), "90m");
  EXPECT_EQ(FormatDuration(hours(24 * 7)), "1w");
  EXPECT_EQ(FormatDuration(hours(24 * 400)), "400d");
  EXPECT_EQ(FormatDuration(Millis(1500)), "1500ms");
  EXPECT_EQ(FormatDuration(Millis(0)), "0s");
}

TEST(Timestamp, SumsStayAtTheEnds) {
  EXPECT_EQ(Timestamp::max() + Millis(1), Timestamp::max());
  EXPECT_EQ(Timestamp::min() - Millis(1), Timestamp::min());
  EXPECT_EQ(Timestamp{5} + Millis(3), Timestamp{8});
  EXPECT_EQ(Timestamp{5} - Millis(8), Timestamp{-3});
  EXPECT_EQ(Timestamp{5} - Timestamp{2}, Millis(3));
}

TEST(ManualClock, MovesOnlyWhenTold) {
  ManualClock clock(Timestamp{1000});
  EXPECT_EQ(clock.Now(), Timestamp{1000});
  const auto before = clock.Monotonic();
  clock.Advance(seconds(2));
  EXPECT_EQ(clock.Now(), Timestamp{3000});
  EXPECT_EQ(clock.Monotonic() - before, seconds(2));
  clock.Set(Timestamp{7});
  EXPECT_EQ(clock.Now(), Timestamp{7});
}

TEST(SystemClock, RunsForward) {
  const SystemClock clock;
  const auto before = clock.Monotonic();
  EXPECT_GT(clock.Now(), Timestamp{1'500'000'000'000});
  EXPECT_GE(clock.Monotonic(), before);
}

}  // namespace
}  // namespace waymark::base
