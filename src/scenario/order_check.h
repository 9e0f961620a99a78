#pragma once

#include <optional>
#include <string>

#include "scenario/result.h"
#include "scenario/test_file.h"

namespace waymark::scenario {

// Law 1: the order of arrival does not show. A failure that names the first rows which differ,
// where `other` is not what the test's own order gave.
std::optional<Failure> CompareOrders(const TestCase& test, const Result& stated,
                                     const Result& other, const std::string& order);

}  // namespace waymark::scenario
