#pragma once

#include "base/status.h"
#include "engine/totals.h"
#include "journey/fold.h"
#include "scenario/collector.h"
#include "scenario/result.h"
#include "scenario/test_file.h"
#include "store/store.h"

namespace waymark::scenario {

// Turns what a task has written, and the profiles in its store, into facts.
base::Result<Result> ReadResult(const TestCase& test, const journey::Fold& fold,
                                const store::Store& store, const Collector& output,
                                const engine::Totals& totals);

}  // namespace waymark::scenario
