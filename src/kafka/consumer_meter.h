#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "metrics/metrics.h"

namespace waymark::kafka {

// Records that the library has fetched and not yet given to us.
struct FetchedAhead {
  int64_t records = 0;
  int64_t bytes = 0;
};

// From the library's statistics (its STATISTICS.md); nothing where they are not of that form.
std::optional<FetchedAhead> ReadStatistics(std::string_view json);

// What one consumer tells of itself. Gauges that the consumers of a process share are moved by what
// is this one's, and moved back at its end. Used on the thread that polls the consumer.
class ConsumerMeter {
 public:
  explicit ConsumerMeter(metrics::Metrics& metrics) : metrics_(metrics) {}
  ~ConsumerMeter() { Show({}); }
  ConsumerMeter(const ConsumerMeter&) = delete;
  ConsumerMeter& operator=(const ConsumerMeter&) = delete;

  void OnGeneration(int32_t generation) { metrics_.group.generation.Set(generation); }
  void OnStatistics(std::string_view json);

 private:
  void Show(const FetchedAhead& now);

  metrics::Metrics& metrics_;
  FetchedAhead shown_;
};

}  // namespace waymark::kafka
