#include "app/redrive.h"

#include <algorithm>

#include "app/dead_letter_record.h"
#include "app/kafka_setup.h"
#include "kafka/consumer.h"
#include "kafka/producer.h"

namespace waymark::app {
namespace {

constexpr base::Millis kPatience{30'000};
constexpr base::Millis kPoll{200};
constexpr size_t kRecordsAtOnce = 1000;
constexpr int64_t kTransactionRecords = 10'000;

}  // namespace

// What of the topic this member has, and whether it was taken away.
class Redrive::Assignment final : public stream::RebalanceListener {
 public:
  base::Status OnAssigned(std::span<const stream::TopicPartition> partitions) override {
    had = true;
    for (const auto& at : partitions) held.push_back(at.partition);
    return {};
  }
  base::Status OnRevoked(std::span<const stream::TopicPartition> partitions) override {
    return OnLost(partitions);
  }
  base::Status OnLost(std::span<const stream::TopicPartition> partitions) override {
    for (const auto& at : partitions) std::erase(held, at.partition);
    return {};
  }

  bool had = false;
  std::vector<base::Partition> held;
};

Redrive::Redrive(const config::Settings& settings, model::DeadLetterReason reason,
                 const std::atomic<bool>& stop)
    : settings_(settings),
      reason_(reason),
      stop_(stop),
      topic_(settings.kafka.prefix + ".dead-letters"),
      client_(ClientSettingsOf(settings)),
      assignment_(std::make_unique<Assignment>()) {
  const std::string name = "redrive-" + std::string(model::ToString(reason));
  client_.client_id = "waymark-" + name;
  client_.group_id = settings.kafka.group + "-" + name;
  client_.transactional_id = settings.kafka.transactional_id_prefix + "-" + name;
  client_.transaction_timeout = settings.kafka.transaction_timeout;
  client_.session_timeout = settings.kafka.session_timeout;
  client_.message_bytes_max = MessageBytesMax(settings);
}

Redrive::~Redrive() = default;

base::Status Redrive::Open() {
  WAYMARK_ASSIGN_OR_RETURN(producer_, kafka::TransactionalProducer::Make(client_));
  WAYMARK_RETURN_IF_ERROR(producer_->Init(kPatience));
  WAYMARK_ASSIGN_OR_RETURN(consumer_, kafka::Consumer::Make(client_));
  return consumer_->Subscribe({topic_}, *assignment_);
}

base::Status Redrive::NoteEnds() {
  std::vector<stream::TopicPartition> partitions;
  for (const base::Partition partition : assignment_->held) {
    partitions.push_back({topic_, partition});
  }
  WAYMARK_ASSIGN_OR_RETURN(const auto committed, consumer_->Committed(partitions, kPatience));
  for (size_t i = 0; i < partitions.size(); ++i) {
    WAYMARK_ASSIGN_OR_RETURN(const auto range, consumer_->Offsets(partitions[i], kPatience));
    const base::Offset from = std::max(committed[i].offset.value_or(range.begin), range.begin);
    if (from < range.end) ends_[partitions[i].partition] = range.end;
  }
  return {};
}

// A partition may end with marks of transactions, which no record shows.
bool Redrive::AtEnd() {
  std::erase_if(ends_, [&](const auto& end) {
    const auto drained = consumer_->DrainedAt({topic_, end.first});
    const auto position = positions_.find(end.first);
    return (drained && *drained >= end.second) ||
           (position != positions_.end() && position->second >= end.second);
  });
  return ends_.empty();
}

base::Status Redrive::Run() {
  WAYMARK_RETURN_IF_ERROR(Open());
  bool noted = false;
  while (!noted || !AtEnd()) {
    if (stop_) return {base::StatusCode::kCancelled, "interrupted"};
    WAYMARK_ASSIGN_OR_RETURN(const auto records, consumer_->Poll(kPoll, kRecordsAtOnce));
    if (!assignment_->had) continue;
    if (!noted) {
      WAYMARK_RETURN_IF_ERROR(NoteEnds());
      noted = true;
    }
    for (const stream::Record& record : records) WAYMARK_RETURN_IF_ERROR(Take(record));
    if (taken_ >= kTransactionRecords) WAYMARK_RETURN_IF_ERROR(Commit());
  }
  WAYMARK_RETURN_IF_ERROR(Commit());
  return consumer_->Close();
}

base::Status Redrive::Take(const stream::Record& record) {
  const auto end = ends_.find(record.partition);
  if (end == ends_.end() || record.offset >= end->second) return {};
  if (!is_open_) {
    WAYMARK_RETURN_IF_ERROR(producer_->Begin());
    is_open_ = true;
  }
  ++taken_;
  positions_[record.partition] = base::Offset(record.offset.value + 1);
  const auto letter = ParseDeadLetter(record);
  if (!letter.ok()) {
    return letter.status().WithContext(topic_ + " partition " +
                                       std::to_string(record.partition.value) + " offset " +
                                       std::to_string(record.offset.value));
  }
  if (letter->reason != reason_) {
    ++pending_.other;
    return {};
  }
  if (letter->truncated) {
    ++pending_.cut;
    return {};
  }
  ++pending_.sent;
  return Send(record, *letter);
}

base::Status Redrive::Send(const stream::Record& record, const model::DeadLetter& letter) {
  if (!known_topics_.contains(letter.topic)) {
    const std::string topic(letter.topic);
    WAYMARK_RETURN_IF_ERROR(RequireTopic(client_, settings_, topic));
    known_topics_[topic] = true;
  }
  stream::OutputRecord out;
  out.topic = letter.topic;
  out.partition = base::Partition(letter.partition);
  out.key = record.key.value_or("");
  out.value = record.value;
  const stream::Header trace{"traceparent", letter.traceparent};
  if (!letter.traceparent.empty()) out.headers = {&trace, 1};
  return producer_->Send(out);
}

// The positions go with what was sent: both count or neither.
base::Status Redrive::Commit() {
  if (!is_open_) return {};
  WAYMARK_RETURN_IF_ERROR(producer_->Flush(kPatience));
  std::vector<stream::CommittedOffset> offsets;
  for (const auto& [partition, offset] : positions_) {
    offsets.push_back({{topic_, partition}, offset, {}});
  }
  WAYMARK_ASSIGN_OR_RETURN(const auto group, consumer_->FetchGroupMetadata());
  WAYMARK_RETURN_IF_ERROR(producer_->SendOffsets(offsets, *group, kPatience));
  WAYMARK_RETURN_IF_ERROR(producer_->Commit(kPatience));
  counts_.sent += pending_.sent;
  counts_.cut += pending_.cut;
  counts_.other += pending_.other;
  pending_ = {};
  is_open_ = false;
  taken_ = 0;
  return {};
}

}  // namespace waymark::app
