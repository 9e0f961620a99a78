#include "api/dates.h"

#include "base/time.h"
#include "measure/cell_key.h"

namespace waymark::api {
namespace {
constexpr int64_t kDayMs = 86'400'000;
}  // namespace

std::string DayText(int32_t day) {
  const std::string text = base::FormatRfc3339({day * kDayMs});
  return text.substr(0, text.find('T'));
}

std::optional<int32_t> ParseDay(std::string_view text) {
  const auto time = base::ParseRfc3339(std::string(text) + "T00:00:00Z");
  if (!time) return std::nullopt;
  const int32_t day = measure::DayOf(*time);
  return DayText(day) == text ? std::optional(day) : std::nullopt;
}

}  // namespace waymark::api
