#include "kafka/message_batch.h"

#include <algorithm>

#include "kafka/errors.h"

namespace waymark::kafka {
namespace {

std::optional<std::string_view> View(const void* data, size_t size) {
  if (data == nullptr) return std::nullopt;
  return std::string_view(static_cast<const char*>(data), size);
}

}  // namespace

void MessageBatch::Clear() {
  records_.clear();
  headers_.clear();
  header_ranges_.clear();
  messages_.clear();
  last_topic_ = nullptr;
}

void MessageBatch::Drop(std::span<const stream::TopicPartition> partitions) {
  std::erase_if(messages_, [&](const MessageHandle& message) {
    const std::string_view topic = rd_kafka_topic_name(message->rkt);
    return std::any_of(partitions.begin(), partitions.end(),
                       [&](const stream::TopicPartition& partition) {
                         return partition.partition.value == message->partition &&
                                partition.topic == topic;
                       });
  });
}

base::Result<std::span<const stream::Record>> MessageBatch::Records() {
  records_.reserve(messages_.size());
  for (const MessageHandle& message : messages_) WAYMARK_RETURN_IF_ERROR(AddRecord(*message));
  for (const HeaderRange& range : header_ranges_) {
    records_[range.record].headers = {headers_.data() + range.begin, range.end - range.begin};
  }
  return std::span<const stream::Record>(records_);
}

std::string_view MessageBatch::TopicName(rd_kafka_topic_t* topic) {
  if (topic != last_topic_) {
    last_topic_ = topic;
    last_topic_name_ = rd_kafka_topic_name(topic);
  }
  return last_topic_name_;
}

base::Status MessageBatch::AddRecord(const rd_kafka_message_t& message) {
  stream::Record record;
  record.topic = TopicName(message.rkt);
  record.partition = base::Partition(message.partition);
  record.offset = base::Offset(message.offset);
  record.key = View(message.key, message.key_len);
  record.value = View(message.payload, message.len);
  record.timestamp = {rd_kafka_message_timestamp(&message, nullptr)};
  records_.push_back(record);
  return AddHeaders(message);
}

base::Status MessageBatch::AddHeaders(const rd_kafka_message_t& message) {
  rd_kafka_headers_t* headers = nullptr;
  const rd_kafka_resp_err_t code = rd_kafka_message_headers(&message, &headers);
  if (code == RD_KAFKA_RESP_ERR__NOENT) return {};
  WAYMARK_RETURN_IF_ERROR(MakeStatus(code, "reading the headers of a record"));
  const size_t begin = headers_.size();
  const char* name = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  for (size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) ==
                     RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    headers_.push_back({name, View(value, size).value_or(std::string_view())});
  }
  header_ranges_.push_back({records_.size() - 1, begin, headers_.size()});
  return {};
}

}  // namespace waymark::kafka
