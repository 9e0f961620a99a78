#include "kafka/broker_meter.h"

#include <nlohmann/json.hpp>

namespace waymark::kafka {
namespace {

int64_t Number(const nlohmann::json& object, const char* name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_number_integer() ? at->get<int64_t>() : 0;
}

BrokerStatistics Read(const nlohmann::json& broker) {
  BrokerStatistics found;
  found.request_timeouts = Number(broker, "req_timeouts");
  found.request_retries = Number(broker, "txretries");
  const auto round_trips = broker.find("rtt");
  if (round_trips != broker.end() && round_trips->is_object()) {
    found.round_trip_p50_us = Number(*round_trips, "p50");
    found.round_trip_p99_us = Number(*round_trips, "p99");
  }
  return found;
}

}  // namespace

std::map<std::string, BrokerStatistics> ReadBrokerStatistics(std::string_view json) {
  std::map<std::string, BrokerStatistics> found;
  const auto all = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!all.is_object()) return found;
  const auto brokers = all.find("brokers");
  if (brokers == all.end() || !brokers->is_object()) return found;
  for (const auto& broker : *brokers) {
    if (!broker.is_object() || Number(broker, "nodeid") < 0) continue;
    const auto name = broker.find("nodename");
    if (name == broker.end() || !name->is_string()) continue;
    found[name->get<std::string>()] = Read(broker);
  }
  return found;
}

void BrokerMeter::OnStatistics(std::string_view json) {
  for (const auto& [broker, now] : ReadBrokerStatistics(json)) {
    BrokerStatistics& before = counted_[broker];
    metrics_.kafka.request_timeouts.With(broker).Add(
        static_cast<double>(now.request_timeouts - before.request_timeouts));
    metrics_.kafka.request_retries.With(broker).Add(
        static_cast<double>(now.request_retries - before.request_retries));
    if (round_trips_ == RoundTrips::kShown && now.round_trip_p99_us > 0) {
      const auto show = [&](const char* quantile, int64_t microseconds) {
        metrics_.kafka.round_trip.With(broker, quantile).Set(
            static_cast<double>(microseconds) / 1e6);
      };
      show("0.5", now.round_trip_p50_us);
      show("0.99", now.round_trip_p99_us);
    }
    before = now;
  }
}

}  // namespace waymark::kafka
