#pragma once

#include <vector>

#include "journey/compiled_model.h"
#include "model/journey_model.h"
#include "scenario/test_file.h"

namespace waymark::scenario {

// What must not be is never found under a name that nothing has: such an expectation can't fail.
// Adds a fault for each name in `no_signals` (of signals, families, models and stages) that these
// models never give.
void CheckNames(const TestFile& file, const journey::CompiledModels& models,
                std::vector<model::Fault>& faults);

}  // namespace waymark::scenario
