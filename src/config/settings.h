#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/time.h"

namespace waymark::config {

enum class InputFormat { kAuto, kJson, kProtobuf };
enum class Assignment { kCooperative, kEager };
enum class PublishedSignals { kAll, kNone };
enum class StateFormat { kKeep, kNewest, kOldest };

// The effective values, nested as their names are: session.gap is Settings::session.gap. Types,
// defaults, bounds and meaning of each stand in declarations.cc. Plain values; copy freely.
struct Settings {
  struct Session {
    base::Millis gap{};
  } session;
  struct Rating {
    bool references = true;
    base::Millis wait{};
  } rating;
  struct Time {
    base::Millis disorder{};
    base::Millis lateness{};
    base::Millis future_skew{};
    base::Millis idle_timeout{};
    base::Millis stuck_after{};
    base::Timestamp earliest;
  } time;
  struct Timers {
    int64_t batch_max = 0;
  } timers;
  struct Refold {
    int64_t depth_max = 0;
    int64_t batch_max = 0;
    int64_t waiting_max = 0;
  } refold;
  struct Timeline {
    bool enabled = true;
    base::Millis retention{};
  } timeline;
  struct Profile {
    base::Millis retention{};
  } profile;
  struct Signals {
    PublishedSignals publish = PublishedSignals::kAll;
  } signals;
  struct Journeys {
    int64_t closed_max = 0;
  } journeys;
  struct Measures {
    bool enabled = true;
    base::Millis retention{};
    int64_t cells_per_day_max = 0;
  } measures;
  struct Snapshot {
    bool on_stage_change = true;
    base::Millis interval{};
  } snapshot;
  struct Commit {
    base::Millis interval{};
    int64_t records_max = 0;
  } commit;
  struct Interaction {
    int64_t bytes_max = 0;
  } interaction;
  struct Input {
    InputFormat format = InputFormat::kAuto;
  } input;
  struct Kafka {
    std::vector<std::string> brokers;  // host:port
    std::vector<std::string> input_topics;
    std::string prefix;
    std::string group;
    std::string instance_id;  // empty: no static membership
    std::string transactional_id_prefix;
    base::Millis connect_timeout{};
    base::Millis transaction_timeout{};
    base::Millis session_timeout{};
    Assignment assignment = Assignment::kCooperative;
  } kafka;
  struct Workers {
    int64_t count = 0;  // 0: one for each core
    base::Millis stall_timeout{};
  } workers;
  struct Models {
    std::string directory;
    base::Millis follow_interval{};
    base::Millis upgrade_grace{};
  } models;
  struct State {
    std::string directory;
    int64_t flush_bytes = 0;
    base::Millis flush_interval{};
    int64_t block_cache_bytes = 0;
    int64_t write_buffer_bytes = 0;
    StateFormat format = StateFormat::kKeep;
  } state;
  struct Cache {
    int64_t bytes_max = 0;
  } cache;
  struct Standby {
    int64_t partitions_max = 0;
    base::Millis interval{};
    int64_t cache_bytes_max = 0;
  } standby;
  struct Inflight {
    int64_t bytes_max = 0;
  } inflight;
  struct Replay {
    int64_t partitions = 0;
    int64_t batch_records = 0;
  } replay;
  struct Http {
    std::string address;
    int64_t port = 0;  // 0: any free port
    int64_t connections_max = 0;
    int64_t streams_max = 0;
    base::Millis idle_timeout{};
    std::string advertised;  // HOST:PORT; empty: made of address and port
    struct Tls {
      std::string certificate;  // file; empty: no TLS
      std::string key;          // file
      std::string client_ca;    // file; empty: clients need no certificate
      std::string ca;           // file; empty: the system's issuers
    } tls;
    std::string token;  // empty: clients need none
  } http;
  struct Metrics {
    int64_t series_max = 0;  // per metric
  } metrics;
  struct Log {
    std::string level;
    base::LogFormat format = base::LogFormat::kText;
  } log;
  struct Shutdown {
    base::Millis timeout{};
  } shutdown;

  // Handed to the library as they are: names without the leading "librdkafka." or "rocksdb.".
  std::map<std::string, std::string> librdkafka;
  std::map<std::string, std::string> rocksdb;
};

}  // namespace waymark::config
