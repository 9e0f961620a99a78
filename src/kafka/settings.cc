#include "kafka/settings.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace waymark::kafka {
namespace {

// Set by role only: the delivery guarantee or the reading of a log would break with other values.
constexpr std::array<std::string_view, 12> kReserved = {
    "auto.offset.reset",    "enable.auto.commit", "enable.auto.offset.store",
    "enable.idempotence",   "enable.partition.eof", "isolation.level",
    "partition.assignment.strategy", "partitioner", "transactional.id", "acks",
    "max.in.flight", "max.in.flight.requests.per.connection"};

bool IsSecret(std::string_view key) {
  return key.find("password") != std::string_view::npos ||
         key.find("secret") != std::string_view::npos || key.ends_with(".pem") ||
         key.ends_with("sasl.oauthbearer.config") || key.ends_with("sasl.jaas.config");
}

// Sets keys and gathers what was refused.
class ConfBuilder {
 public:
  void Set(const std::string& key, const std::string& value) {
    std::array<char, 512> reason{};
    const rd_kafka_conf_res_t result = rd_kafka_conf_set(conf_.get(), key.c_str(), value.c_str(),
                                                         reason.data(), reason.size());
    if (result == RD_KAFKA_CONF_OK) return;
    // The library's reason quotes the value.
    Refuse(key, IsSecret(key) ? "invalid value" : reason.data());
  }
  void Set(const std::string& key, int64_t value) { Set(key, std::to_string(value)); }
  void Set(const std::string& key, base::Millis value) { Set(key, value.count()); }

  void SetRaw(const std::string& key, const std::string& value) {
    if (std::find(kReserved.begin(), kReserved.end(), key) != kReserved.end()) {
      Refuse(key, "set by waymark itself, as exactly-once delivery rests on it");
    } else {
      Set(key, value);
    }
  }

  base::Result<ConfHandle> Finish() {
    if (refused_.empty()) return std::move(conf_);
    return base::Status(base::StatusCode::kConfig, "kafka client settings refused: " + refused_,
                        "see the librdkafka.* settings, and librdkafka's CONFIGURATION.md");
  }

 private:
  void Refuse(std::string_view key, std::string_view reason) {
    if (!refused_.empty()) refused_ += "; ";
    refused_.append("librdkafka.").append(key).append(": ").append(reason);
  }

  ConfHandle conf_{rd_kafka_conf_new()};
  std::string refused_;
};

constexpr base::Millis kHeartbeatMax{250};

void SetCommon(const ClientSettings& settings, ConfBuilder& conf) {
  conf.Set("bootstrap.servers", settings.brokers);
  conf.Set("client.id", settings.client_id);
  conf.Set("socket.nagle.disable", "true");
  conf.Set("socket.keepalive.enable", "true");
  conf.Set("reconnect.backoff.ms", 50);
  conf.Set("reconnect.backoff.max.ms", 2000);
}

void SetAdmin(ConfBuilder& conf) {
  // Looking at a topic must not create it.
  conf.Set("allow.auto.create.topics", "false");
  conf.Set("isolation.level", "read_uncommitted");
}

void SetReading(const ClientSettings& settings, ConfBuilder& conf) {
  conf.Set("allow.auto.create.topics", "false");
  conf.Set("isolation.level", "read_committed");
  conf.Set("enable.auto.commit", "false");
  conf.Set("enable.auto.offset.store", "false");
  conf.Set("enable.partition.eof", "true");
  conf.Set("fetch.wait.max.ms", settings.fetch_wait_max);
  conf.Set("fetch.message.max.bytes", settings.fetch_bytes_partition);
  conf.Set("fetch.max.bytes", settings.fetch_bytes_max);
  conf.Set("queued.max.messages.kbytes", std::max<int64_t>(settings.queued_bytes >> 10, 1));
  // The bytes bound what is fetched ahead, not the records.
  conf.Set("queued.min.messages", 10'000'000);
  conf.Set("fetch.error.backoff.ms", 100);
}

void SetConsumer(const ClientSettings& settings, ConfBuilder& conf) {
  SetReading(settings, conf);
  conf.Set("auto.offset.reset", "earliest");
  conf.Set("group.id", settings.group_id);
  if (!settings.instance_id.empty()) conf.Set("group.instance.id", settings.instance_id);
  const bool eager = settings.assignment == AssignmentStrategy::kEager;
  conf.Set("partition.assignment.strategy", eager ? "range" : "cooperative-sticky");
  conf.Set("session.timeout.ms", settings.session_timeout);
  // Members learn of a rebalance with the answer to a heartbeat.
  conf.Set("heartbeat.interval.ms", std::min(settings.session_timeout / 3, kHeartbeatMax));
  conf.Set("statistics.interval.ms", settings.statistics_interval);
}

void SetLogReader(const ClientSettings& settings, ConfBuilder& conf) {
  SetReading(settings, conf);
  // A reset would silently read a truncated log from its start again.
  conf.Set("auto.offset.reset", "error");
  // Assigning needs a group's name, but no group is joined and nothing is committed.
  conf.Set("group.id", settings.group_id.empty() ? settings.client_id : settings.group_id);
}

void SetProducer(const ClientSettings& settings, ConfBuilder& conf) {
  conf.Set("enable.idempotence", "true");
  conf.Set("acks", "all");
  // A broker that knows nothing of a producer takes any first batch of it (KAFKA-15591): where the
  // first one is refused for a moment, as by a partition just created, and a second is on its way,
  // the first is lost and yet reported as delivered. So a batch waits for the one before it.
  conf.Set("max.in.flight.requests.per.connection", "1");
  conf.Set("partitioner", "murmur2_random");
  conf.Set("linger.ms", settings.linger);
  conf.Set("compression.type", settings.compression);
  conf.Set("batch.size", settings.batch_bytes);
  conf.Set("batch.num.messages", settings.batch_records);
  conf.Set("message.max.bytes", settings.message_bytes_max);
  conf.Set("statistics.interval.ms", settings.statistics_interval);
  conf.Set("queue.buffering.max.messages", settings.queued_output_records);
  conf.Set("queue.buffering.max.kbytes",
           std::max<int64_t>(settings.queued_output_bytes >> 10, 1));
}

void SetTransactional(const ClientSettings& settings, ConfBuilder& conf) {
  SetProducer(settings, conf);
  conf.Set("transactional.id", settings.transactional_id);
  conf.Set("transaction.timeout.ms", settings.transaction_timeout);
}

}  // namespace

base::Result<ConfHandle> MakeConf(const ClientSettings& settings, ClientRole role) {
  ConfBuilder conf;
  SetCommon(settings, conf);
  switch (role) {
    case ClientRole::kConsumer: SetConsumer(settings, conf); break;
    case ClientRole::kLogReader: SetLogReader(settings, conf); break;
    case ClientRole::kTransactional: SetTransactional(settings, conf); break;
    case ClientRole::kPlain: SetProducer(settings, conf); break;
    case ClientRole::kAdmin: SetAdmin(conf); break;
  }
  for (const auto& [key, value] : settings.raw) conf.SetRaw(key, value);
  return conf.Finish();
}

}  // namespace waymark::kafka
