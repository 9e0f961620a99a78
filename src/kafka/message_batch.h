#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "kafka/handles.h"
#include "stream/consumer.h"

namespace waymark::kafka {

// Messages of the library that are kept while the records made of them are in use.
class MessageBatch {
 public:
  void Clear();
  void Add(MessageHandle message) { messages_.push_back(std::move(message)); }
  size_t size() const { return messages_.size(); }
  bool empty() const { return messages_.empty(); }

  // Gives up the messages of partitions that were taken away or are read from elsewhere.
  void Drop(std::span<const stream::TopicPartition> partitions);

  // The messages as records; the views live until Clear(). Fails where headers cannot be parsed.
  base::Result<std::span<const stream::Record>> Records();

 private:
  base::Status AddRecord(const rd_kafka_message_t& message);
  base::Status AddHeaders(const rd_kafka_message_t& message);
  std::string_view TopicName(rd_kafka_topic_t* topic);

  struct HeaderRange {
    size_t record;
    size_t begin;
    size_t end;
  };
  std::vector<MessageHandle> messages_;
  std::vector<stream::Record> records_;
  std::vector<stream::Header> headers_;
  std::vector<HeaderRange> header_ranges_;
  rd_kafka_topic_t* last_topic_ = nullptr;  // name looked up once for a run of one topic's messages
  std::string_view last_topic_name_;
};

}  // namespace waymark::kafka
