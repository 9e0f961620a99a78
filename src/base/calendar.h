#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/time/time.h>

#include "base/time.h"

namespace waymark::base {

inline constexpr int32_t kYearMax = 9999;  // RFC 3339 has no name for later ones

// A day of the Gregorian calendar, or one that every year has.
struct CivilDate {
  std::optional<int32_t> year;
  int month = 1;
  int day = 1;
  friend bool operator==(const CivilDate&, const CivilDate&) = default;
};

// ISO 8601: "1990-05-04", or "--05-04" where the year is left open; nothing where the text is no
// such date.
std::optional<CivilDate> ParseDate(std::string_view text);

// The rules of a place for its clocks. A value, cheap to copy.
class TimeZone {
 public:
  TimeZone() : zone_(absl::UTCTimeZone()) {}
  explicit TimeZone(absl::TimeZone zone) : zone_(zone) {}

  // When its clocks show `time_of_day`, so many days before the date as it falls in `year`
  // (February 29 is February 28 in other years). What clocks skip in spring is the moment of the
  // change; of what they show twice in autumn, the first.
  Timestamp At(const CivilDate& date, int32_t year, int64_t days_before, Millis time_of_day) const;
  // The year that its calendars show.
  int64_t YearOf(Timestamp time) const;

 private:
  absl::TimeZone zone_;
};

// The time zones of the machine's database (TZDIR, else /usr/share/zoneinfo), by IANA name. A zone
// is read once. Memory is bounded by the database, whatever names are asked for. Any number of
// threads may ask.
class TimeZones {
 public:
  // Nothing where there is no such zone. "UTC" is always there.
  std::optional<TimeZone> Find(std::string_view name) const;
  // The names that the database has.
  static std::vector<std::string> Names();

 private:
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::optional<TimeZone>, std::less<>> read_;
};

}  // namespace waymark::base
