#include "base/calendar.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace waymark::base {
namespace {

constexpr Millis kNine = std::chrono::hours(9);

TimeZone Zone(std::string_view name) {
  static const TimeZones zones;
  const auto zone = zones.Find(name);
  EXPECT_TRUE(zone) << name;
  return zone.value_or(TimeZone());
}

std::string At(std::string_view zone, std::string_view date, int32_t year, int64_t days_before = 0,
               Millis time_of_day = kNine) {
  const auto parsed = ParseDate(date);
  EXPECT_TRUE(parsed) << date;
  return FormatRfc3339(Zone(zone).At(parsed.value_or(CivilDate()), year, days_before, time_of_day));
}

TEST(ParseDate, TakesDatesWithAndWithoutYear) {
  EXPECT_EQ(ParseDate("1990-05-04"), (CivilDate{1990, 5, 4}));
  EXPECT_EQ(ParseDate("--05-04"), (CivilDate{std::nullopt, 5, 4}));
  EXPECT_EQ(ParseDate("--02-29"), (CivilDate{std::nullopt, 2, 29}));
  EXPECT_EQ(ParseDate("2000-02-29"), (CivilDate{2000, 2, 29}));
  EXPECT_EQ(ParseDate("9999-12-31"), (CivilDate{9999, 12, 31}));
}

TEST(ParseDate, RefusesWhatIsNone) {
  for (const char* text : {"", "-", "--", "-05-04", "1990", "1990-5-4", "1990-05-04T00:00:00Z",
                           "1990-13-01", "1990-00-01", "1990-05-00", "1990-05-32", "1990-02-29",
                           "--02-30", "04.05.1990", "199O-05-04", "--05-04 ", "---05-04"}) {
    EXPECT_FALSE(ParseDate(text)) << text;
  }
}

TEST(TimeZone, ADayHasItsTimeThereInSummerAndWinter) {
  EXPECT_EQ(At("UTC", "1990-07-01", 2024), "2024-07-01T09:00:00Z");
  EXPECT_EQ(At("Europe/Berlin", "1990-07-01", 2024), "2024-07-01T07:00:00Z");
  EXPECT_EQ(At("Europe/Berlin", "--12-01", 2024), "2024-12-01T08:00:00Z");
  EXPECT_EQ(At("America/New_York", "--12-01", 2024), "2024-12-01T14:00:00Z");
  EXPECT_EQ(At("Pacific/Kiritimati", "--01-01", 2024, 0, Millis(0)), "2023-12-31T10:00:00Z");
}

TEST(TimeZone, FebruaryTwentyNinthIsTheTwentyEighthInOtherYears) {
  EXPECT_EQ(At("UTC", "--02-29", 2024), "2024-02-29T09:00:00Z");
  EXPECT_EQ(At("UTC", "--02-29", 2023), "2023-02-28T09:00:00Z");
  EXPECT_EQ(At("UTC", "2000-02-29", 1900), "1900-02-28T09:00:00Z");
}

// The days before are days of the calendar: clocks show the same time though the offset differs.
TEST(TimeZone, DaysBeforeAreThoseOfTheCalendar) {
  EXPECT_EQ(At("Europe/Berlin", "2024-04-02", 2024, 30), "2024-03-03T08:00:00Z");
  EXPECT_EQ(At("Europe/Berlin", "2024-01-01", 2024, 1), "2023-12-31T08:00:00Z");
}

TEST(TimeZone, WhatClocksSkipOrShowTwice) {
  const Millis half_past_two = std::chrono::minutes(150);
  EXPECT_EQ(At("Europe/Berlin", "2024-03-31", 2024, 0, half_past_two), "2024-03-31T01:00:00Z");
  EXPECT_EQ(At("Europe/Berlin", "2024-10-27", 2024, 0, half_past_two), "2024-10-27T00:30:00Z");
}

TEST(TimeZone, YearsAreThoseOfThePlace) {
  const Timestamp midnight{1'704'067'200'000};  // 2024-01-01T00:00:00Z
  EXPECT_EQ(Zone("UTC").YearOf(midnight), 2024);
  EXPECT_EQ(Zone("America/New_York").YearOf(midnight), 2023);
  EXPECT_GT(Zone("Europe/Berlin").YearOf(Timestamp::max()), kYearMax);
  EXPECT_LT(Zone("Europe/Berlin").YearOf(Timestamp::min()), 0);
}

TEST(TimeZones, OnlyNamesOfTheDatabaseAreZones) {
  const TimeZones zones;
  for (const char* name :
       {"", "Europe/Berlln", "europe/berlin", "../../etc/passwd", "/etc/localtime", "Europe/",
        "file:/etc/localtime", "tzdata.zi", "posix/UTC", "Europe", "Europe//Berlin", "UTC:"}) {
    EXPECT_FALSE(zones.Find(name)) << name;
  }
  EXPECT_TRUE(zones.Find("UTC"));
  const auto names = TimeZones::Names();
  EXPECT_TRUE(std::binary_search(names.begin(), names.end(), std::string("Europe/Berlin")));
}

TEST(TimeZones, ManyThreadsMayAsk) {
  const TimeZones zones;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (const std::string& name : TimeZones::Names()) EXPECT_TRUE(zones.Find(name)) << name;
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace waymark::base
