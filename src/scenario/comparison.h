#pragma once

#include <vector>

#include "scenario/result.h"
#include "scenario/test_file.h"

namespace waymark::scenario {

// Adds a failure for each thing expected of a customer that did not come out.
void Compare(const Expectation& expectation, const Result& result, std::vector<Failure>& failures);

// The same for dead letters, of which there are none but those listed, and for duplicates.
void CompareRefused(const TestCase& test, const Result& result, std::vector<Failure>& failures);

}  // namespace waymark::scenario
