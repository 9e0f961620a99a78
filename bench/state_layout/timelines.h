#pragma once

#include <string>

#include "report.h"
#include "store.h"

namespace waymark::bench {

enum class Layout { kArrivals, kSortedPuts, kIngested, kPages };

// Writes what the buffer holds and empties it.
void FlushBuffer(Layout layout, Store& store, SortBuffer* buffer);
Digest ScanAll(Layout layout, Store& store);

// Every layout must give the digest that is expected.
void MeasureTimelines(const Workload& workload, const Digest& expected, const std::string& folder,
                      Report* report);

}  // namespace waymark::bench
