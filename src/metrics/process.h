#pragma once

#include <string>

#include "metrics/registry.h"

namespace waymark::metrics {

// Adds the standard process_* metrics (processor time, memory, file descriptors, start time), read
// from `folder` at each exposition. The folder is /proc but in tests.
void AddProcessMetrics(Registry& registry, const std::string& folder = "/proc");

}  // namespace waymark::metrics
