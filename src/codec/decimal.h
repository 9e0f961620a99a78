#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace waymark::codec {

// A decimal number ("12.34", "-0.5", "1e3") in millionths; nothing where the text is no such
// number, is not a whole number of millionths, or does not fit.
std::optional<int64_t> ParseMicros(std::string_view text);

// A whole number as JSON gives it: 1, but also 1.0 and 1e3; nothing where the text is no such
// number or does not fit.
std::optional<int64_t> ParseWhole(std::string_view text);

}  // namespace waymark::codec
