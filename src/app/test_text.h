#pragma once

#include <optional>
#include <string>

#include "scenario/runner.h"

namespace waymark::app {

// A failed test for people: each expectation that did not hold with its place, what was expected
// and what was found; then the journeys of the customers concerned, as a table.
std::string FailureText(const std::string& file, const scenario::TestResult& result,
                        std::optional<size_t> width);

}  // namespace waymark::app
