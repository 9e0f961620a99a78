#pragma once

#include <vector>

#include "scenario/fields.h"
#include "scenario/test_file.h"

namespace waymark::scenario {

inline constexpr int kUnmatched = -1;

// True where every field that the row gives has that value.
bool Fits(const ExpectedRow& row, const Facts& facts);

// Gives each expected row a found one of its own, such that as many as possible have one (Kuhn's
// algorithm): its index by expected row, or kUnmatched.
std::vector<int> Match(const std::vector<ExpectedRow>& expected, const std::vector<Facts>& found);

}  // namespace waymark::scenario
