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

fs::path Database() {
  const char* const stated = std::getenv("TZDIR");
  return stated == nullptr ? "/usr/share/zoneinfo" : stated;
}

// IANA names are words behind capitals, with slashes between; whatever else lies in the folder of
// the database, or outside, is not looked at.
bool IsZoneName(std::string_view name) {
  constexpr size_t kLettersMax = 64;
  if (name.size() > kLettersMax) return false;
  bool at_start = true;
  for (const char c : name) {
    const bool capital = c >= 'A' && c <= 'Z';
    const bool other = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '+' ||
                       c == '-' || c == '/';
    if (!capital && (at_start || !other)) return false;
    at_start = c == '/';
  }
  return !at_start;
}

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
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time_of_day).count();
  const absl::CivilSecond second = absl::CivilSecond(day) + seconds;
  return {absl::ToUnixMillis(absl::FromCivil(second, zone_))};
}

int64_t TimeZone::YearOf(Timestamp time) const {
  return absl::ToCivilYear(absl::FromUnixMillis(time.ms), zone_).year();
}

std::optional<TimeZone> TimeZones::Find(std::string_view name) const {
  if (name == "UTC") return TimeZone();
  const std::lock_guard lock(mutex_);
  const auto known = read_.find(name);
  if (known != read_.end()) return known->second;
  std::error_code error;
  if (!IsZoneName(name) || !fs::is_regular_file(Database() / name, error)) return std::nullopt;
  absl::TimeZone zone;
  const std::string text(name);
  const bool good = absl::LoadTimeZone(text, &zone);
  return read_.emplace(text, good ? std::optional(TimeZone(zone)) : std::nullopt).first->second;
}

std::vector<std::string> TimeZones::Names() {
  const fs::path folder = Database();
  std::vector<std::string> names;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    std::string name = at->path().lexically_relative(folder).generic_string();
    std::error_code ignored;  // What is no file any more is no zone.
    if (!IsZoneName(name)) {
      at.disable_recursion_pending();
    } else if (at->is_regular_file(ignored)) {
      names.push_back(std::move(name));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace waymark::base
