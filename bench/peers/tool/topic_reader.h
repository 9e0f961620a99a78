#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kafka/handles.h"
#include "stream/consumer.h"

namespace waymark::peers {

using Conf = std::vector<std::pair<std::string, std::string>>;

// A client of the library with these settings and nothing else; ends the process on a fault.
kafka::ClientHandle MakeClient(rd_kafka_type_t type, const std::string& brokers, const Conf& conf);

int CountPartitions(rd_kafka_t* client, const std::string& topic);

// What the client may read of a partition, tried again while a new topic settles.
stream::OffsetRange FindRange(rd_kafka_t* client, const std::string& topic, int partition);

inline std::string_view ValueOf(const rd_kafka_message_t& message) {
  return {static_cast<const char*>(message.payload), message.len};
}
inline std::string_view KeyOf(const rd_kafka_message_t& message) {
  return {static_cast<const char*>(message.key), message.key_len};
}

// Milliseconds since the epoch.
int64_t WallMillis();

enum class Isolation { kCommitted, kUncommitted };
enum class From { kBeginning, kEnd };

// Reads all partitions of a topic, outside any group. Where it begins is fixed when it is made.
class TopicReader {
 public:
  TopicReader(const std::string& brokers, const std::string& topic, Isolation isolation, From from);

  // Waits for a record, then hands those at hand to `take`, as const rd_kafka_message_t&.
  template <class Take>
  void Poll(int timeout_ms, Take take) {
    Fetch(timeout_ms);
    for (const kafka::MessageHandle& message : batch_) take(*message);
    batch_.clear();
  }

  // True when each partition has been read to its end at least once.
  bool AtEnd() const { return ends_ == partitions_; }

 private:
  void Fetch(int timeout_ms);
  void Accept(kafka::MessageHandle message);

  kafka::ClientHandle client_;
  kafka::QueueHandle queue_;
  int partitions_ = 0;
  int ends_ = 0;
  std::vector<bool> ended_;
  std::vector<rd_kafka_message_t*> fetched_;
  std::vector<kafka::MessageHandle> batch_;
};

// Reads what is committed of a topic from its begin to its end.
template <class Take>
void ReadAll(const std::string& brokers, const std::string& topic, Take take) {
  TopicReader reader(brokers, topic, Isolation::kCommitted, From::kBeginning);
  while (!reader.AtEnd()) reader.Poll(1000, take);
}

}  // namespace waymark::peers
