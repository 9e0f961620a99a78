#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "metrics/metrics.h"

namespace waymark::kafka {

// What one broker has done for one client since the client was made.
struct BrokerStatistics {
  int64_t request_timeouts = 0;
  int64_t request_retries = 0;
  // Of requests answered since the statistics before, microseconds; 0: there were none.
  int64_t round_trip_p50_us = 0;
  int64_t round_trip_p99_us = 0;
};

// From the library's statistics (its STATISTICS.md), by "host:port". Brokers that are known by
// address only, until they tell their number, are left out: the same broker comes twice otherwise.
std::map<std::string, BrokerStatistics> ReadBrokerStatistics(std::string_view json);

// What one client tells of the brokers. Counters add up over the clients of a process. Used on the
// thread that polls the client.
class BrokerMeter {
 public:
  enum class RoundTrips { kShown, kLeftOut };
  // Round trips of a consumer say how long the broker was told to wait for records.
  BrokerMeter(const metrics::Metrics& metrics, RoundTrips round_trips)
      : metrics_(metrics), round_trips_(round_trips) {}

  void OnStatistics(std::string_view json);

 private:
  const metrics::Metrics& metrics_;
  const RoundTrips round_trips_;
  std::map<std::string, BrokerStatistics> counted_;
};

}  // namespace waymark::kafka
