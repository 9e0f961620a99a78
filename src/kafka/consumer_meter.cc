#include "kafka/consumer_meter.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace waymark::kafka {

std::optional<FetchedAhead> ReadStatistics(std::string_view json) {
  const auto all = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!all.is_object() || !all.contains("topics")) return std::nullopt;
  FetchedAhead found;
  for (const auto& topic : all["topics"]) {
    if (!topic.is_object() || !topic.contains("partitions")) continue;
    for (const auto& partition : topic["partitions"]) {
      if (!partition.is_object()) continue;
      // The partitions of a group's member share one queue, and each shows all that is in it.
      found.records = std::max(found.records, partition.value("fetchq_cnt", int64_t{0}));
      found.bytes = std::max(found.bytes, partition.value("fetchq_size", int64_t{0}));
    }
  }
  return found;
}

void ConsumerMeter::OnStatistics(std::string_view json) {
  if (const auto now = ReadStatistics(json)) Show(*now);
}

void ConsumerMeter::Show(const FetchedAhead& now) {
  metrics_.input.inflight_records.Add(static_cast<double>(now.records - shown_.records));
  metrics_.input.inflight_bytes.Add(static_cast<double>(now.bytes - shown_.bytes));
  shown_ = now;
}

}  // namespace waymark::kafka
