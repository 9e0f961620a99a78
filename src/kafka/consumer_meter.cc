#include "kafka/consumer_meter.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace waymark::kafka {

namespace {

// Of a partition that is read: from the next record for us to the end of what is committed.
std::optional<int64_t> LagOf(const nlohmann::json& partition) {
  if (partition.value("fetch_state", "") != "active") return std::nullopt;
  const int64_t end = partition.value("ls_offset", int64_t{-1});
  int64_t next = partition.value("app_offset", int64_t{-1});
  if (next < 0) next = partition.value("next_offset", int64_t{-1});
  if (end < 0 || next < 0) return std::nullopt;
  return std::max<int64_t>(end - next, 0);
}

}  // namespace

std::optional<ConsumerStatistics> ReadStatistics(std::string_view json) {
  const auto all = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!all.is_object() || !all.contains("topics")) return std::nullopt;
  ConsumerStatistics found;
  found.at_us = all.value("ts", int64_t{0});
  for (const auto& [name, topic] : all["topics"].items()) {
    if (!topic.is_object() || !topic.contains("partitions")) continue;
    for (const auto& partition : topic["partitions"]) {
      if (!partition.is_object()) continue;
      // The partitions of a group's member share one queue, and each shows all that is in it.
      found.records = std::max(found.records, partition.value("fetchq_cnt", int64_t{0}));
      found.bytes = std::max(found.bytes, partition.value("fetchq_size", int64_t{0}));
      if (const auto lag = LagOf(partition)) {
        found.lags[{name, partition.value("partition", -1)}] = *lag;
      }
    }
  }
  return found;
}

void ConsumerMeter::OnStatistics(std::string_view json) {
  const auto now = ReadStatistics(json);
  if (!now) return;
  // Full now, it counts as full since the last look.
  if (now->bytes >= queued_bytes_ && shown_.at_us > 0) {
    metrics_.input.backpressure_seconds.Add(static_cast<double>(now->at_us - shown_.at_us) / 1e6);
  }
  Show(*now);
}

void ConsumerMeter::Show(const ConsumerStatistics& now) {
  metrics_.input.inflight_records.Add(static_cast<double>(now.records - shown_.records));
  metrics_.input.inflight_bytes.Add(static_cast<double>(now.bytes - shown_.bytes));
  for (const auto& [at, lag] : now.lags) {
    metrics_.input.consumer_lag_records.With(at.first, std::to_string(at.second))
        .Set(static_cast<double>(lag));
  }
  for (const auto& [at, lag] : shown_.lags) {
    if (now.lags.contains(at)) continue;
    metrics_.input.consumer_lag_records.Remove(at.first, std::to_string(at.second));
  }
  shown_ = now;
}

}  // namespace waymark::kafka
