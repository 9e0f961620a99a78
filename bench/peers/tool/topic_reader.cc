#include "topic_reader.h"

#include <array>
#include <chrono>

#include "kafka/watermarks.h"
#include "options.h"

namespace waymark::peers {
namespace {
constexpr int kAnswerMs = 10'000;
constexpr size_t kBatchRecords = 5'000;
}  // namespace

kafka::ClientHandle MakeClient(rd_kafka_type_t type, const std::string& brokers,
                               const Conf& settings) {
  std::array<char, 512> reason{};
  kafka::ConfHandle conf(rd_kafka_conf_new());
  const auto set = [&](const std::string& name, const std::string& value) {
    if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), reason.data(), reason.size()) !=
        RD_KAFKA_CONF_OK) {
      Fail(reason.data());
    }
  };
  set("bootstrap.servers", brokers);
  for (const auto& [name, value] : settings) set(name, value);
  kafka::ClientHandle client(rd_kafka_new(type, conf.get(), reason.data(), reason.size()));
  if (!client) Fail(reason.data());
  static_cast<void>(conf.release());  // the client's now
  return client;
}

int CountPartitions(rd_kafka_t* client, const std::string& topic) {
  const kafka::TopicHandle handle(rd_kafka_topic_new(client, topic.c_str(), nullptr));
  const rd_kafka_metadata_t* answer = nullptr;
  const auto error = rd_kafka_metadata(client, 0, handle.get(), &answer, kAnswerMs);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) Fail(topic + ": " + rd_kafka_err2str(error));
  const kafka::MetadataHandle metadata(answer);
  const int count = metadata->topics[0].partition_cnt;
  if (count == 0) Fail(topic + ": no such topic");
  return count;
}

stream::OffsetRange FindRange(rd_kafka_t* client, const std::string& topic, int partition) {
  const auto range = kafka::QueryWatermarks(client, {topic, base::Partition(partition)},
                                            base::Millis(kAnswerMs));
  Must(range.status());
  return *range;
}

int64_t WallMillis() {
  using std::chrono::duration_cast;
  return duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

TopicReader::TopicReader(const std::string& brokers, const std::string& topic, Isolation isolation,
                         From from)
    : client_(
          MakeClient(RD_KAFKA_CONSUMER, brokers,
                     {{"group.id", "peers-reader"},
                      {"enable.auto.commit", "false"},
                      {"enable.partition.eof", "true"},
                      {"isolation.level",
                       isolation == Isolation::kCommitted ? "read_committed" : "read_uncommitted"},
                      {"check.crcs", "false"},
                      {"fetch.wait.max.ms", "50"},
                      {"fetch.error.backoff.ms", "5"},
                      {"fetch.message.max.bytes", "4000000"},
                      {"queued.min.messages", "1000000"},
                      {"queued.max.messages.kbytes", "262144"}})),
      fetched_(kBatchRecords) {
  rd_kafka_poll_set_consumer(client_.get());
  partitions_ = CountPartitions(client_.get(), topic);
  ended_.resize(static_cast<size_t>(partitions_));
  const kafka::PartitionListHandle list(rd_kafka_topic_partition_list_new(partitions_));
  for (int partition = 0; partition < partitions_; ++partition) {
    const stream::OffsetRange range = FindRange(client_.get(), topic, partition);
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset =
        (from == From::kBeginning ? range.begin : range.end).value;
  }
  rd_kafka_assign(client_.get(), list.get());
  queue_.reset(rd_kafka_queue_get_consumer(client_.get()));
}

// A batch call waits until the batch is full, so it comes second and does not wait.
void TopicReader::Fetch(int timeout_ms) {
  kafka::MessageHandle first(rd_kafka_consumer_poll(client_.get(), timeout_ms));
  if (!first) return;
  Accept(std::move(first));
  const ssize_t count =
      rd_kafka_consume_batch_queue(queue_.get(), 0, fetched_.data(), fetched_.size());
  for (ssize_t i = 0; i < count; ++i) {
    Accept(kafka::MessageHandle(fetched_[static_cast<size_t>(i)]));
  }
}

void TopicReader::Accept(kafka::MessageHandle message) {
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    batch_.push_back(std::move(message));
  } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    const auto partition = static_cast<size_t>(message->partition);
    ends_ += ended_[partition] ? 0 : 1;
    ended_[partition] = true;
  }
}

}  // namespace waymark::peers
