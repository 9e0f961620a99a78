#pragma once

#include <prometheus/metric_family.h>

#include <map>
#include <string>
#include <vector>

#include "metrics/exemplars.h"

namespace waymark::metrics {

// A metric with its series, and the exemplars of each, in their order. Only for the .cc files of
// this room.
struct CollectedFamily {
  prometheus::MetricFamily family;
  std::vector<std::map<size_t, Exemplar>> exemplars;  // none, or one for each series
};

// The text format of OpenMetrics 1.0.
std::string ToOpenMetrics(const std::vector<CollectedFamily>& families);

}  // namespace waymark::metrics
