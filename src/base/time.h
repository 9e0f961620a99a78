#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace waymark::base {

using Millis = std::chrono::milliseconds;

// A point in time: milliseconds since the Unix epoch, UTC.
struct Timestamp {
  int64_t ms = 0;

  friend constexpr auto operator<=>(const Timestamp&, const Timestamp&) = default;
  static constexpr Timestamp min() { return {std::numeric_limits<int64_t>::min()}; }
  static constexpr Timestamp max() { return {std::numeric_limits<int64_t>::max()}; }
};

// Sums saturate at the ends, so that "never" stays never.
constexpr Timestamp operator+(Timestamp t, Millis d) {
  int64_t sum = 0;
  if (__builtin_add_overflow(t.ms, static_cast<int64_t>(d.count()), &sum)) {
    return d.count() > 0 ? Timestamp::max() : Timestamp::min();
  }
  return {sum};
}
constexpr Timestamp operator-(Timestamp t, Millis d) { return t + Millis(-d.count()); }
constexpr Millis operator-(Timestamp a, Timestamp b) { return Millis(a.ms - b.ms); }

// RFC 3339 with a zone ("2024-04-01T15:56:22.054Z", "…+02:00"); a fraction beyond milliseconds is
// cut off. Nothing where the text is not such a time.
std::optional<Timestamp> ParseRfc3339(std::string_view text);
// "2024-04-01T15:56:22.054Z"; the fraction is left out where it is zero.
std::string FormatRfc3339(Timestamp time);

// "30m", "12h", "400d", "1h30m", "250ms", "2w", "2y" (365 days); nothing where the text is no such
// duration.
std::optional<Millis> ParseDuration(std::string_view text);
// The shortest exact text that ParseDuration reads back.
std::string FormatDuration(Millis duration);

// Where the time of day comes from; given by constructor, so that tests state their own.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp Now() const = 0;
  // A clock that never goes back, for measuring distances.
  virtual std::chrono::nanoseconds Monotonic() const = 0;
};

class SystemClock final : public Clock {
 public:
  Timestamp Now() const override;
  std::chrono::nanoseconds Monotonic() const override;
};

class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start) : now_(start) {}
  Timestamp Now() const override { return now_; }
  std::chrono::nanoseconds Monotonic() const override { return Millis(now_.ms); }
  void Set(Timestamp now) { now_ = now; }
  void Advance(Millis by) { now_ = now_ + by; }

 private:
  Timestamp now_;
};

}  // namespace waymark::base
