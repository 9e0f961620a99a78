#include "kafka/produce_batch.h"

#include <algorithm>

namespace waymark::kafka {

void ProduceBatch::Add(std::string_view key, std::optional<std::string_view> value) {
  Place& place = places_.emplace_back();
  rd_kafka_message_t& message = messages_.emplace_back();
  if (!key.empty()) {
    place.key = bytes_.size();
    message.key_len = key.size();
    bytes_.append(key);
  }
  if (value) {
    place.value = bytes_.size();
    message.len = value->size();
    bytes_.append(*value);
  }
}

rd_kafka_resp_err_t ProduceBatch::HandOver() {
  const std::span<rd_kafka_message_t> left = std::span(messages_).subspan(handed_over_);
  if (left.empty()) return RD_KAFKA_RESP_ERR_NO_ERROR;
  for (size_t i = handed_over_; i < messages_.size(); ++i) {
    // An empty value has a pointer too: null would mean "no value".
    if (places_[i].key != kNone) messages_[i].key = bytes_.data() + places_[i].key;
    if (places_[i].value != kNone) messages_[i].payload = bytes_.data() + places_[i].value;
  }
  // Once the queue is full the library takes none of the records behind that either.
  const int taken = rd_kafka_produce_batch(topic_, partition_, RD_KAFKA_MSG_F_COPY, left.data(),
                                           static_cast<int>(left.size()));
  const auto refused = std::ranges::find_if(left, [](const rd_kafka_message_t& message) {
    return message.err != RD_KAFKA_RESP_ERR_NO_ERROR;
  });
  if (refused == left.end()) {
    Clear();
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }
  handed_over_ += static_cast<size_t>(taken);
  return refused->err;
}

void ProduceBatch::Clear() {
  constexpr size_t kKeptBytesMax = 1 << 20;
  if (bytes_.capacity() > kKeptBytesMax) bytes_ = {};
  bytes_.clear();
  places_.clear();
  messages_.clear();
  handed_over_ = 0;
}

}  // namespace waymark::kafka
