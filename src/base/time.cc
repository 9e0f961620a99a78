#include "base/time.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace waymark::base {
namespace {

// Days since 1970-01-01 of a proleptic Gregorian date (H. Hinnant, "chrono-Compatible Low-Level
// Date Algorithms").
constexpr int64_t DaysFromCivil(int64_t y, unsigned m, unsigned d) {
  y -= m <= 2;
  const int64_t era = (y >= 0 ? y : y - 399) / 400;
  const auto yoe = static_cast<unsigned>(y - era * 400);
  const unsigned doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
  const unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + static_cast<int64_t>(doe) - 719468;
}

struct Digits {
  std::string_view text;
  size_t at = 0;
  bool failed = false;

  int64_t Take(size_t count) {
    int64_t value = 0;
    for (size_t i = 0; i < count; ++i, ++at) {
      if (at >= text.size() || text[at] < '0' || text[at] > '9') {
        failed = true;
        return 0;
      }
      value = value * 10 + (text[at] - '0');
    }
    return value;
  }
  bool Skip(char c) {
    if (at < text.size() && text[at] == c) {
      ++at;
      return true;
    }
    return false;
  }
  void Expect(char c) { failed |= !Skip(c); }
};

int64_t TakeFractionMs(Digits& in) {
  int64_t ms = 0;
  int64_t scale = 100;
  size_t digits = 0;
  while (in.at < in.text.size() && in.text[in.at] >= '0' && in.text[in.at] <= '9') {
    ms += (in.text[in.at++] - '0') * scale;
    scale /= 10;
    ++digits;
  }
  in.failed |= digits == 0 || digits > 9;
  return ms;
}

int64_t TakeZoneMinutes(Digits& in) {
  if (in.Skip('Z') || in.Skip('z')) return 0;
  const bool minus = in.Skip('-');
  if (!minus) in.Expect('+');
  const int64_t hours = in.Take(2);
  in.Expect(':');
  const int64_t minutes = in.Take(2);
  in.failed |= hours > 23 || minutes > 59;
  return (minus ? -1 : 1) * (hours * 60 + minutes);
}

unsigned DaysInMonth(int64_t year, int64_t month) {
  constexpr std::array<unsigned, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[static_cast<size_t>(month - 1)];
}

struct Unit {
  std::string_view name;
  int64_t ms;
};
// Longest first, so that formatting takes the greatest that divides.
constexpr std::array<Unit, 7> kUnits = {{{"y", 31'536'000'000},
                                         {"w", 604'800'000},
                                         {"d", 86'400'000},
                                         {"h", 3'600'000},
                                         {"m", 60'000},
                                         {"s", 1000},
                                         {"ms", 1}}};

std::optional<int64_t> UnitMs(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return unit.ms;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Timestamp> ParseRfc3339(std::string_view text) {
  Digits in{text};
  const int64_t year = in.Take(4);
  in.Expect('-');
  const int64_t month = in.Take(2);
  in.Expect('-');
  const int64_t day = in.Take(2);
  if (!in.Skip('T') && !in.Skip('t')) in.Expect(' ');
  const int64_t hour = in.Take(2);
  in.Expect(':');
  const int64_t minute = in.Take(2);
  in.Expect(':');
  const int64_t second = in.Take(2);
  const int64_t ms = in.Skip('.') ? TakeFractionMs(in) : 0;
  const int64_t zone = TakeZoneMinutes(in);
  if (in.failed || in.at != text.size()) return std::nullopt;
  if (month < 1 || month > 12 || day < 1 || day > DaysInMonth(year, month)) return std::nullopt;
  if (hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const int64_t days =
      DaysFromCivil(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
  const int64_t seconds = days * 86'400 + hour * 3600 + minute * 60 + second - zone * 60;
  return Timestamp{seconds * 1000 + ms};
}

std::string FormatRfc3339(Timestamp time) {
  using namespace std::chrono;
  const sys_time<milliseconds> point{milliseconds(time.ms)};
  const auto day = floor<days>(point);
  const year_month_day date(day);
  const hh_mm_ss<milliseconds> clock(point - day);
  std::array<char, 64> text{};
  int size = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  std::string out(text.data(), static_cast<size_t>(size));
  if (const auto ms = clock.subseconds().count(); ms != 0) {
    size = std::snprintf(text.data(), text.size(), ".%03d", static_cast<int>(ms));
    out.append(text.data(), static_cast<size_t>(size));
  }
  return out + "Z";
}

std::optional<Millis> ParseDuration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  int64_t total = 0;
  while (!text.empty()) {
    int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number < 0) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    const size_t letters = std::min(text.find_first_of("0123456789"), text.size());
    const auto unit = UnitMs(text.substr(0, letters));
    int64_t part = 0;
    if (!unit || __builtin_mul_overflow(number, *unit, &part)) return std::nullopt;
    if (__builtin_add_overflow(total, part, &total)) return std::nullopt;
    text.remove_prefix(letters);
  }
  return Millis(total);
}

std::string FormatDuration(Millis duration) {
  for (const Unit& unit : kUnits) {
    if (duration.count() != 0 && duration.count() % unit.ms == 0) {
      return std::to_string(duration.count() / unit.ms) + std::string(unit.name);
    }
  }
  return "0s";
}

Timestamp SystemClock::Now() const {
  // The one place where the wall clock is read.
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<Millis>(since).count()};
}

std::chrono::nanoseconds SystemClock::Monotonic() const {
  return std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace waymark::base
