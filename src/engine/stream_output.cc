#include "engine/stream_output.h"

#include <vector>

#include "base/check.h"
#include "codec/protobuf.h"
#include "engine/trace.h"

namespace waymark::engine {
namespace {
constexpr size_t kDeadLetters = 4;
}  // namespace

StreamOutput::StreamOutput(const TopicNames& names) : names_(names) {
  written_[static_cast<size_t>(OutputTopic::kSteps)].topic = names_.steps;
  written_[static_cast<size_t>(OutputTopic::kSignals)].topic = names_.signals;
  written_[static_cast<size_t>(OutputTopic::kJourneys)].topic = names_.journeys;
  written_[static_cast<size_t>(OutputTopic::kMeasures)].topic = names_.measures;
  written_[kDeadLetters].topic = names_.dead_letters;
}

std::array<StreamOutput::Written, 5> StreamOutput::TakeWritten() {
  const auto taken = written_;
  for (Written& written : written_) written = {.topic = written.topic};
  return taken;
}

base::Status StreamOutput::Send(const stream::OutputRecord& record, Written& written) {
  WAYMARK_CHECK(producer_ != nullptr, "records are written within a transaction");
  ++written.records;
  written.bytes += static_cast<int64_t>(record.key.size() + record.value.value_or("").size());
  return producer_->Send(record);
}

base::Status StreamOutput::Write(OutputTopic topic, base::Partition partition,
                                 std::string_view key,
                                 std::optional<std::string_view> value) {
  Written& written = written_[static_cast<size_t>(topic)];
  stream::OutputRecord record;
  record.topic = written.topic;
  record.partition = partition;
  record.key = key;
  record.value = value;
  const stream::Header trace{kTraceparent, traceparent()};
  const bool is_traced = !traceparent().empty() && value &&
                         (topic == OutputTopic::kSteps || topic == OutputTopic::kSignals);
  if (is_traced) record.headers = {&trace, 1};
  return Send(record, written);
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
  if (!letter.traceparent.empty()) headers.push_back({kTraceparent, letter.traceparent});
  stream::OutputRecord record;
  record.topic = names_.dead_letters;
  record.partition = partition;
  record.key = letter.key.value_or("");
  record.value = letter.value;
  record.headers = headers;
  return Send(record, written_[kDeadLetters]);
}

}  // namespace waymark::engine
