#include "engine/stream_output.h"

#include <vector>

#include "base/check.h"
#include "codec/protobuf.h"

namespace waymark::engine {

void StreamOutput::Use(stream::TransactionalProducer* producer, base::Timestamp now) {
  producer_ = producer;
  now_ = now;
}

base::Status StreamOutput::Send(const stream::OutputRecord& record) {
  WAYMARK_CHECK(producer_ != nullptr, "records are written within a transaction");
  auto at = written_.find(record.topic);
  if (at == written_.end()) at = written_.emplace(std::string(record.topic), Written()).first;
  ++at->second.records;
  at->second.bytes += static_cast<int64_t>(record.key.size() + record.value.value_or("").size());
  return producer_->Send(record);
}

base::Status StreamOutput::Write(OutputTopic topic, base::Partition partition,
                                 std::string_view profile_id,
                                 std::optional<std::string_view> value) {
  stream::OutputRecord record;
  switch (topic) {
    case OutputTopic::kSteps:
      record.topic = names_.steps;
      break;
    case OutputTopic::kSignals:
      record.topic = names_.signals;
      break;
    case OutputTopic::kJourneys:
      record.topic = names_.journeys;
      break;
  }
  record.partition = partition;
  record.key = profile_id;
  record.value = value;
  record.timestamp = now_;
  return Send(record);
}

base::Status StreamOutput::WriteSignal(base::Partition partition, const model::Signal& signal) {
  signal_.clear();
  codec::Encode(signal, signal_);
  return Write(OutputTopic::kSignals, partition, signal.profile_id, signal_);
}

base::Status StreamOutput::WriteDeadLetter(base::Partition partition,
                                           const model::DeadLetter& letter) {
  const std::string partition_text = std::to_string(letter.partition);
  const std::string offset_text = std::to_string(letter.offset);
  const std::string time_text = letter.time ? std::to_string(*letter.time) : "";
  std::vector<stream::Header> headers = {{"reason", model::ToString(letter.reason)},
                                         {"detail", letter.detail},
                                         {"topic", letter.topic},
                                         {"partition", partition_text},
                                         {"offset", offset_text}};
  if (letter.time) headers.push_back({"time", time_text});
  if (letter.truncated) headers.push_back({"value_hash", letter.value_hash});
  stream::OutputRecord record;
  record.topic = names_.dead_letters;
  record.partition = partition;
  record.key = letter.key.value_or("");
  record.value = letter.value;
  record.headers = headers;
  record.timestamp = now_;
  return Send(record);
}

}  // namespace waymark::engine
