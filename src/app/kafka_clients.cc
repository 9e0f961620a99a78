#include "app/kafka_clients.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "app/kafka_setup.h"
#include "base/hash.h"
#include "engine/task_mark.h"
#include "kafka/alternating_producer.h"
#include "kafka/consumer.h"
#include "kafka/group_view.h"
#include "kafka/log_reader.h"

namespace waymark::app {
namespace {

constexpr base::Millis kEndLeftOpenMax{5'000};
constexpr int64_t kReaderQueueBytes = 128 << 20;
constexpr int64_t kReaderFetchBytes = 16 << 20;
constexpr int64_t kTailQueueBytes = 4 << 20;
constexpr int64_t kTailFetchBytes = 512 << 10;
constexpr base::Millis kStatisticsInterval{5'000};
constexpr int64_t kFetchBytesMin = 1 << 20;  // the library wants room for its message.max.bytes

// Stable for one state folder on one host, so that a restart fences what it left open.
std::string TransactionalId(const config::Settings& settings, int worker) {
  std::string instance = settings.kafka.instance_id;
  if (instance.empty()) {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    const std::string place = std::string(host.data()) + ":" + settings.state.directory;
    instance = std::string(base::view(base::ToText(base::MakeId96(place)))).substr(0, 12);
  }
  return settings.kafka.transactional_id_prefix + "-" + instance + "-" + std::to_string(worker);
}

// Nothing is seen by readers of committed records before the commit, so that a small part of the
// time until then makes larger batches at no cost.
base::Millis LingerOf(base::Millis commit_interval) {
  return std::clamp(commit_interval / 20, base::Millis(1), base::Millis(20));
}

kafka::ClientSettings WorkerClientSettings(const config::Settings& settings, int worker,
                                           int workers) {
  kafka::ClientSettings client = ClientSettingsOf(settings);
  client.client_id = "waymark-worker-" + std::to_string(worker);
  client.group_id = settings.kafka.group;
  if (!settings.kafka.instance_id.empty()) {
    client.instance_id = settings.kafka.instance_id + "-" + std::to_string(worker);
  }
  client.transactional_id = TransactionalId(settings, worker);
  client.transaction_timeout = settings.kafka.transaction_timeout;
  client.linger = LingerOf(settings.commit.interval);
  client.session_timeout = settings.kafka.session_timeout;
  // Several input topics have to be given out side by side, which only the range strategy does.
  const bool cooperative = settings.kafka.assignment == config::Assignment::kCooperative &&
                           settings.kafka.input_topics.size() == 1;
  client.assignment =
      cooperative ? kafka::AssignmentStrategy::kCooperative : kafka::AssignmentStrategy::kEager;
  client.statistics_interval = kStatisticsInterval;
  client.message_bytes_max = MessageBytesMax(settings);
  client.queued_bytes =
      std::max(settings.inflight.bytes_max / workers, settings.interaction.bytes_max);
  // A response comes on top of that; a partition with a backlog fills but a part of it.
  client.fetch_bytes_max = std::clamp(client.queued_bytes, kFetchBytesMin, client.fetch_bytes_max);
  client.fetch_bytes_partition =
      std::min(client.fetch_bytes_partition, client.fetch_bytes_max / 4);
  return client;
}

// A restore reads faster than anything else, and librdkafka before 2.2 looks at a full queue again
// only after a second: the queue holds what is worked through in that time.
kafka::ClientSettings ReaderSettings(kafka::ClientSettings client) {
  client.queued_bytes = kReaderQueueBytes;
  client.fetch_bytes_partition = kReaderFetchBytes;
  client.fetch_bytes_max = kReaderFetchBytes;
  return client;
}

// A new producer of the same identity ends what the old one has left open, and fences it.
base::Status EndLeftOpen(kafka::ClientSettings client,
                         std::span<const stream::TopicPartition> inputs) {
  WAYMARK_ASSIGN_OR_RETURN(const auto found, kafka::LookAtGroup(client, inputs, kEndLeftOpenMax));
  std::optional<engine::TaskMark> last;
  for (const kafka::GroupInput& input : found) {
    const auto mark = engine::TaskMark::Parse(input.committed.metadata);
    if (mark && (!last || mark->revision > last->revision)) last = mark;
  }
  if (!last || last->producer.empty()) {
    return {base::StatusCode::kNotFound, "its producer is not known"};
  }
  if (last->producer == client.transactional_id) {
    return {base::StatusCode::kNotFound, "it is none of the producer that committed last"};
  }
  client.transactional_id = last->producer;
  WAYMARK_ASSIGN_OR_RETURN(const auto producer, kafka::AlternatingProducer::Make(client));
  return producer->Init(kEndLeftOpenMax);
}

}  // namespace

engine::WorkerClients KafkaWorkerClients(const config::Settings& settings, int worker,
                                         int workers, metrics::Metrics& metrics) {
  const kafka::ClientSettings client = WorkerClientSettings(settings, worker, workers);
  engine::WorkerClients clients;
  clients.transactional_id = client.transactional_id;
  clients.make_consumer = [client, &metrics] { return kafka::Consumer::Make(client, &metrics); };
  clients.make_producer = [client, &metrics] {
    return kafka::AlternatingProducer::Make(client, &metrics);
  };
  clients.make_reader = [reader = ReaderSettings(client)] {
    return kafka::LogReader::Make(reader);
  };
  clients.end_left_open = [client](std::span<const stream::TopicPartition> inputs) {
    return EndLeftOpen(client, inputs);
  };
  return clients;
}

engine::ShadowClients KafkaShadowClients(const config::Settings& settings) {
  kafka::ClientSettings client = ClientSettingsOf(settings);
  client.client_id = "waymark-shadow";
  client.group_id = settings.kafka.group;
  engine::ShadowClients clients;
  clients.make_reader = [reader = ReaderSettings(client)] {
    return kafka::LogReader::Make(reader);
  };
  clients.make_consumer = [client] { return kafka::Consumer::Make(client); };
  return clients;
}

kafka::ClientSettings KafkaTailSettings(const config::Settings& settings) {
  kafka::ClientSettings client = ClientSettingsOf(settings);
  client.client_id = "waymark-events";
  client.queued_bytes = kTailQueueBytes;
  client.fetch_bytes_partition = kTailFetchBytes;
  client.fetch_bytes_max = std::max(kTailQueueBytes, kFetchBytesMin);
  return client;
}

}  // namespace waymark::app
