#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waymark::api {

// "2024-01-31" of days since 1970, in UTC.
std::string DayText(int32_t day);
// Nothing where the text is no such day.
std::optional<int32_t> ParseDay(std::string_view text);

}  // namespace waymark::api
