#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

// How values of facts are written.
namespace waymark::scenario {

std::string TimeText(std::optional<int64_t> ms);
std::string DurationText(std::optional<int64_t> ms);
// "19.99" for 19990000.
std::string DecimalText(std::optional<int64_t> micros);
// Sorted, joined by commas.
std::string SetText(std::vector<std::string> texts);

}  // namespace waymark::scenario
