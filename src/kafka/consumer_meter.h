#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "metrics/metrics.h"

namespace waymark::kafka {

// What the library has fetched and not yet given to us, and what is left of each partition.
struct ConsumerStatistics {
  int64_t at_us = 0;  // a monotonic clock
  int64_t records = 0;
  int64_t bytes = 0;
  std::map<std::pair<std::string, int>, int64_t> lags;  // in offsets, by topic and partition
};

// From the library's statistics (its STATISTICS.md); nothing where they are not of that form.
std::optional<ConsumerStatistics> ReadStatistics(std::string_view json);

// What one consumer tells of itself. Gauges that the consumers of a process share are moved by what
// is this one's, and moved back at its end. Used on the thread that polls the consumer.
class ConsumerMeter {
 public:
  // `queued_bytes`: of records fetched ahead, beyond which reading pauses.
  ConsumerMeter(metrics::Metrics& metrics, int64_t queued_bytes)
      : metrics_(metrics), queued_bytes_(queued_bytes) {}
  ~ConsumerMeter() { Show({}); }
  ConsumerMeter(const ConsumerMeter&) = delete;
  ConsumerMeter& operator=(const ConsumerMeter&) = delete;

  void OnGeneration(int32_t generation) { metrics_.group.generation.Set(generation); }
  void OnStatistics(std::string_view json);

 private:
  void Show(const ConsumerStatistics& now);

  metrics::Metrics& metrics_;
  const int64_t queued_bytes_;
  ConsumerStatistics shown_;
};

}  // namespace waymark::kafka
