#include "base/calendar.h"

#include <absl/time/civil_time.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace waymark::base {
namespace {

namespace fs = std::filesystem;

std::optional<int> TakeNumber(std::string_view& text, size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool TakeDash(std::string_view& text) {
  if (!text.starts_with('-')) return false;
  text.remove_prefix(1);
  return true;
}

// The date in a year; a day that the year lacks is the last of its month.
absl::CivilDay DayIn(int32_t year, int month, int day) {
  const absl::CivilDay found(year, month, day);
  return found.month() == month ? found
                                : absl::CivilDay(absl::CivilMonth(year, month) + 1) - 1;
}

// IANA names begin with a capital; other files are lists, or a machine's own choice. "posix/" and
// "right/" repeat all zones.
bool MayBeZone(std::string_view name) { return name[0] >= 'A' && name[0] <= 'Z'; }

}  // namespace

std::optional<CivilDate> ParseDate(std::string_view text) {
  CivilDate date;
  if (text.starts_with('-')) {
    if (!TakeDash(text)) return std::nullopt;
  } else {
    const auto year = TakeNumber(text, 4);
    if (!year) return std::nullopt;
    date.year = *year;
  }
  if (!TakeDash(text)) return std::nullopt;
  const auto month = TakeNumber(text, 2);
  if (!month || !TakeDash(text)) return std::nullopt;
  const auto day = TakeNumber(text, 2);
  if (!day || !text.empty()) return std::nullopt;
  constexpr int32_t kLeapYear = 2000;
  const absl::CivilDay found(date.year.value_or(kLeapYear), *month, *day);
  if (found.month() != *month || found.day() != *day) return std::nullopt;
  date.month = *month;
  date.day = *day;
  return date;
}

Timestamp TimeZone::At(const CivilDate& date, int32_t year, int64_t days_before,
                       Millis time_of_day) const {
  const absl::CivilDay day = DayIn(year, date.month, date.day) - days_before;
  const absl::CivilSecond second =
      absl::CivilSecond(day) + std::chrono::duration_cast<std::chrono::seconds>(time_of_day).count();
  return {absl::ToUnixMillis(absl::FromCivil(second, zone_))};
}

int64_t TimeZone::YearOf(Timestamp time) const {
  return absl::ToCivilYear(absl::FromUnixMillis(time.ms), zone_).year();
}

void TimeZones::ReadNames() const {
  if (names_read_) return;
  names_read_ = true;
  const char* const stated = std::getenv("TZDIR");
  const fs::path folder = stated == nullptr ? "/usr/share/zoneinfo" : stated;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    const std::string name = at->path().lexically_relative(folder).generic_string();
    std::error_code ignored;  // What is no file any more is no zone.
    if (!MayBeZone(name)) {
      at.disable_recursion_pending();
    } else if (at->is_regular_file(ignored)) {
      zones_.try_emplace(name);
    }
  }
}

std::optional<TimeZone> TimeZones::Find(std::string_view name) const {
  if (name == "UTC") return TimeZone();
  const std::lock_guard lock(mutex_);
  ReadNames();
  const auto at = zones_.find(name);
  if (at == zones_.end()) return std::nullopt;
  Zone& zone = at->second;
  if (!zone.asked) {
    zone.asked = true;
    absl::TimeZone loaded;
    if (absl::LoadTimeZone(at->first, &loaded)) zone.zone = TimeZone(loaded);
  }
  return zone.zone;
}

std::vector<std::string> TimeZones::Names() const {
  const std::lock_guard lock(mutex_);
  ReadNames();
  std::vector<std::string> names;
  for (const auto& [name, zone] : zones_) names.push_back(name);
  return names;
}

}  // namespace waymark::base
