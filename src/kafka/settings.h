#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/status.h"
#include "base/time.h"
#include "kafka/handles.h"

namespace waymark::kafka {

// How the partitions of a group are given to its members.
enum class AssignmentStrategy {
  kEager,        // range: all partitions are given back at each rebalance
  kCooperative,  // cooperative-sticky: only what moves is given back
};

// How clients are set up. Defaults are good for one worker on a broker nearby.
struct ClientSettings {
  std::string brokers;  // host:port, separated by commas
  std::string client_id = "waymark";

  // Consumers.
  std::string group_id;
  std::string instance_id;  // static membership; empty: dynamic
  AssignmentStrategy assignment = AssignmentStrategy::kEager;
  base::Millis session_timeout = std::chrono::seconds(45);
  base::Millis fetch_wait_max{100};
  int64_t fetch_bytes_partition = 4 << 20;  // of one partition in one response
  int64_t fetch_bytes_max = 32 << 20;       // of one response
  // Fetched ahead, over which nothing more is asked for; a response may overshoot it. The library
  // counts all partitions of a consumer that is a member of a group together, as they share one
  // queue; a log reader has but one. A full queue is looked at again only after a second
  // (librdkafka before 2.2), so what it holds should last that long.
  int64_t queued_bytes = 64 << 20;
  base::Millis statistics_interval{0};  // 0: none

  // Producers.
  std::string transactional_id;
  base::Millis transaction_timeout = std::chrono::seconds(10);
  base::Millis linger{5};
  std::string compression = "lz4";
  int64_t batch_bytes = 1'000'000;
  int64_t batch_records = 10'000;
  int64_t message_bytes_max = 1'000'000;
  int64_t queued_output_records = 500'000;
  int64_t queued_output_bytes = 256 << 20;

  // Names without the leading "librdkafka."; applied last, so they win.
  std::map<std::string, std::string> raw;
};

// kAdmin looks and manages; where it asks for the end of a partition, that is the high watermark.
enum class ClientRole { kConsumer, kLogReader, kTransactional, kPlain, kAdmin };

// The library's configuration for a role. Faults are kConfig and name every key that was refused,
// with the reason. Raw keys on which exactly-once rests are refused too.
base::Result<ConfHandle> MakeConf(const ClientSettings& settings, ClientRole role);

}  // namespace waymark::kafka
