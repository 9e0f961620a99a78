#include "kafka/consumer.h"

#include <cstring>
#include <string_view>
#include <utility>

#include "base/crash_point.h"
#include "base/log.h"
#include "kafka/errors.h"
#include "kafka/partitions.h"
#include "kafka/retry.h"
#include "kafka/watermarks.h"

namespace waymark::kafka {
namespace {

constexpr base::Millis kSeekTimeout{10'000};
constexpr base::Millis kLeaveTimeout{10'000};
constexpr int kLeavePollMs = 100;
}  // namespace

base::Result<std::unique_ptr<stream::Consumer>> Consumer::Make(const ClientSettings& settings,
                                                                metrics::Metrics* metrics) {
  std::unique_ptr<Consumer> consumer(new Consumer());
  Client::Callbacks callbacks;
  callbacks.rebalance = [self = consumer.get()](rd_kafka_resp_err_t code,
                                                rd_kafka_topic_partition_list_t* list) {
    self->OnRebalance(code, list);
  };
  if (metrics != nullptr) {
    consumer->meter_.emplace(*metrics, settings.queued_bytes);
    consumer->broker_meter_.emplace(*metrics, BrokerMeter::RoundTrips::kLeftOut);
    callbacks.statistics = [self = consumer.get()](std::string_view json) {
      self->meter_->OnStatistics(json);
      self->broker_meter_->OnStatistics(json);
    };
  }
  WAYMARK_ASSIGN_OR_RETURN(
      consumer->client_, Client::Make(settings, ClientRole::kConsumer, std::move(callbacks)));
  // Errors and rebalances come out of the same queue as the records.
  WAYMARK_RETURN_IF_ERROR(
      MakeStatus(rd_kafka_poll_set_consumer(consumer->handle()), "setting up a consumer"));
  return std::unique_ptr<stream::Consumer>(std::move(consumer));
}

base::Status Consumer::Subscribe(const std::vector<std::string>& topics,
                                 stream::RebalanceListener& listener) {
  listener_ = &listener;
  const int count = static_cast<int>(topics.size());
  const PartitionListHandle list(rd_kafka_topic_partition_list_new(count));
  for (const std::string& topic : topics) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  }
  return MakeStatus(rd_kafka_subscribe(handle(), list.get()), "subscribing");
}

base::Result<std::span<const stream::Record>> Consumer::Poll(base::Millis timeout, size_t limit) {
  base::AtCrashPoint("consumer.poll");
  batch_.Clear();
  rebalanced_ = false;
  const Deadline deadline(timeout);
  if (!has_joined_) HastenJoining();
  while (batch_.size() < limit && !rebalanced_ && pending_.ok()) {
    if (TakeOne(batch_.empty() ? deadline.left() : base::Millis(0))) continue;
    if (!batch_.empty() || deadline.passed()) break;
  }
  // Records at hand go first; what else there is to say waits for the next call.
  if (batch_.empty()) {
    if (!pending_.ok()) return std::exchange(pending_, base::Status());
    WAYMARK_RETURN_IF_ERROR(client_->TakeFault());
  }
  return batch_.Records();
}

// The library's main thread looks after the group once a second, and whenever it is asked
// something: so it is asked something, and joins a second or two earlier.
void Consumer::HastenJoining() {
  rd_kafka_topic_partition_list_t* topics = nullptr;
  rd_kafka_subscription(handle(), &topics);
  const PartitionListHandle released(topics);
}

bool Consumer::TakeOne(base::Millis timeout) {
  MessageHandle message(rd_kafka_consumer_poll(handle(), ToTimeout(timeout)));
  if (!message) return false;
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    OnMessageFault(*message);
    return true;
  }
  if (!drained_.empty()) {
    drained_.erase({rd_kafka_topic_name(message->rkt), base::Partition(message->partition)});
  }
  batch_.Add(std::move(message));
  return true;
}

void Consumer::OnMessageFault(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    drained_[{rd_kafka_topic_name(message.rkt), base::Partition(message.partition)}] =
        base::Offset(message.offset);
    return;
  }
  if (message.err == RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED) {
    // The library has left the group; the listener is told of the loss, and it joins again.
    WAYMARK_WARN("{}", MakeStatus(message.err, "consumer").text());
    return;
  }
  std::string what = "reading";
  if (message.rkt != nullptr) {
    what += " ";
    what += rd_kafka_topic_name(message.rkt);
    if (message.partition >= 0) what += "[" + std::to_string(message.partition) + "]";
  }
  const base::Status fatal = FatalStatus(handle(), what);
  Note(fatal.ok() ? MakeStatus(message.err, what, rd_kafka_message_errstr(&message)) : fatal);
}

void Consumer::TellGeneration() {
  if (!meter_) return;
  const GroupMetadataHandle metadata(rd_kafka_consumer_group_metadata(handle()));
  if (metadata) meter_->OnGeneration(GenerationOf(*metadata));
}

// Keeps the first fault, unless a final one follows.
void Consumer::Note(base::Status status) {
  if (pending_.ok() || status.code() == base::StatusCode::kKafka) pending_ = std::move(status);
}

bool Consumer::IsCooperative() const {
  const char* protocol = rd_kafka_rebalance_protocol(handle());
  return protocol != nullptr && std::string_view(protocol) == "COOPERATIVE";
}

void Consumer::OnRebalance(rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* list) {
  rebalanced_ = true;
  has_joined_ = true;
  if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    Assign(list);
    TellGeneration();
  } else {
    if (code != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) Note(MakeStatus(code, "rebalancing"));
    Unassign(list);
  }
  // Makes the library's poll return, so that our caller learns of the change at once.
  rd_kafka_yield(handle());
}

void Consumer::Assign(rd_kafka_topic_partition_list_t* list) {
  const std::vector<stream::TopicPartition> partitions = ToPartitions(*list);
  assigning_ = true;
  pauses_on_assign_.clear();
  if (listener_ != nullptr) {
    if (base::Status told = listener_->OnAssigned(partitions); !told.ok()) Note(std::move(told));
  }
  assigning_ = false;
  if (IsCooperative()) {
    const ErrorHandle error(rd_kafka_incremental_assign(handle(), list));
    if (error) Note(MakeStatus(error, "taking over partitions"));
  } else if (const auto code = rd_kafka_assign(handle(), list); code != 0) {
    Note(MakeStatus(code, "taking over partitions"));
  }
  if (!pauses_on_assign_.empty()) {
    if (base::Status paused = Pause(pauses_on_assign_); !paused.ok()) Note(std::move(paused));
  }
}

void Consumer::Unassign(rd_kafka_topic_partition_list_t* list) {
  const std::vector<stream::TopicPartition> partitions = ToPartitions(*list);
  batch_.Drop(partitions);
  for (const stream::TopicPartition& partition : partitions) drained_.erase(partition);
  if (listener_ != nullptr && !partitions.empty()) {
    base::Status told = IsAssignmentLost() ? listener_->OnLost(partitions)
                                           : listener_->OnRevoked(partitions);
    if (!told.ok()) Note(std::move(told));
  }
  if (IsCooperative()) {
    const ErrorHandle error(rd_kafka_incremental_unassign(handle(), list));
    if (error) Note(MakeStatus(error, "giving partitions back"));
  } else if (const auto code = rd_kafka_assign(handle(), nullptr); code != 0) {
    Note(MakeStatus(code, "giving partitions back"));
  }
}

base::Result<std::vector<stream::CommittedOffset>> Consumer::Committed(
    std::span<const stream::TopicPartition> partitions, base::Millis timeout) {
  base::AtCrashPoint("consumer.committed");
  const Deadline deadline(timeout);
  std::vector<stream::CommittedOffset> offsets;
  const auto ask = [&](base::Millis left) -> base::Status {
    const PartitionListHandle list = ToList(partitions);
    const char* what = "asking for committed offsets";
    WAYMARK_RETURN_IF_ERROR(
        MakeStatus(rd_kafka_committed(handle(), list.get(), ToTimeout(left)), what));
    WAYMARK_RETURN_IF_ERROR(FirstFault(*list, what));
    offsets = ToOffsets(*list);
    return {};
  };
  WAYMARK_RETURN_IF_ERROR(Retry(deadline, ask));
  return offsets;
}

base::Result<stream::OffsetRange> Consumer::Offsets(const stream::TopicPartition& partition,
                                                    base::Millis timeout) {
  return QueryWatermarks(handle(), partition, timeout);
}

base::Status Consumer::Seek(std::span<const stream::CommittedOffset> positions) {
  WAYMARK_CHECK(!assigning_, "what is being assigned starts at its committed offset");
  std::vector<stream::TopicPartition> moved;
  for (const stream::CommittedOffset& position : positions) {
    WAYMARK_CHECK(position.offset.has_value(), "a position to seek to has an offset");
    moved.push_back(position.at);
    drained_.erase(position.at);
  }
  batch_.Drop(moved);
  return Retry(Deadline(kSeekTimeout), [&](base::Millis left) -> base::Status {
    const PartitionListHandle list = ToList(positions);
    const ErrorHandle error(rd_kafka_seek_partitions(handle(), list.get(), ToTimeout(left)));
    if (error) return MakeStatus(error, "seeking");
    // Right after an assignment the library refuses to seek until its fetcher has started.
    for (const rd_kafka_topic_partition_t& entry : view(*list)) {
      if (entry.err == RD_KAFKA_RESP_ERR__STATE) {
        return {base::StatusCode::kRetriable, "seeking: the fetcher has not started"};
      }
    }
    return FirstFault(*list, "seeking");
  });
}

base::Status Consumer::Pause(std::span<const stream::TopicPartition> partitions) {
  if (assigning_) {
    pauses_on_assign_.insert(pauses_on_assign_.end(), partitions.begin(), partitions.end());
    return {};
  }
  const PartitionListHandle list = ToList(partitions);
  WAYMARK_RETURN_IF_ERROR(
      MakeStatus(rd_kafka_pause_partitions(handle(), list.get()), "pausing partitions"));
  return FirstFault(*list, "pausing");
}

base::Status Consumer::Resume(std::span<const stream::TopicPartition> partitions) {
  if (assigning_) {
    for (const stream::TopicPartition& partition : partitions) {
      std::erase(pauses_on_assign_, partition);
    }
    return {};
  }
  const PartitionListHandle list = ToList(partitions);
  WAYMARK_RETURN_IF_ERROR(
      MakeStatus(rd_kafka_resume_partitions(handle(), list.get()), "resuming partitions"));
  return FirstFault(*list, "resuming");
}

base::Result<std::unique_ptr<stream::GroupMetadata>> Consumer::FetchGroupMetadata() {
  GroupMetadataHandle metadata(rd_kafka_consumer_group_metadata(handle()));
  // The broker takes offsets with a generation below 0 from anybody once the group is empty, so an
  // evicted member would overwrite its successor's.
  if (!metadata || IsAssignmentLost() || GenerationOf(*metadata) < 0) {
    return base::Status(base::StatusCode::kAbort,
                        "this consumer is no member of its group at present");
  }
  return std::unique_ptr<stream::GroupMetadata>(
      std::make_unique<GroupMetadata>(std::move(metadata)));
}

bool Consumer::IsAssignmentLost() const { return rd_kafka_assignment_lost(handle()) != 0; }

std::optional<base::Offset> Consumer::DrainedAt(const stream::TopicPartition& partition) const {
  const auto at = drained_.find(partition);
  if (at == drained_.end()) return std::nullopt;
  return at->second;
}

base::Status Consumer::Close() {
  batch_.Clear();
  base::Status left = LeaveGroup();
  listener_ = nullptr;
  if (!pending_.ok()) return std::exchange(pending_, base::Status());
  return left;
}

// Within bounds: librdkafka before 2.10 may wait for ever while cooperative assignment is under
// way. The group then notices by the session's timeout; nothing is left to be committed.
base::Status Consumer::LeaveGroup() {
  const QueueHandle queue(rd_kafka_queue_new(handle()));
  const ErrorHandle error(rd_kafka_consumer_close_queue(handle(), queue.get()));
  if (error) return MakeStatus(error, "leaving the group");
  const Deadline deadline(kLeaveTimeout);
  while (rd_kafka_consumer_closed(handle()) == 0) {
    if (deadline.passed()) {
      WAYMARK_WARN("the group was not left within {} s: it will notice by the session's timeout",
                   kLeaveTimeout.count() / 1000);
      return {};
    }
    // Serves the rebalance; a record that still comes is for the next owner.
    const MessageHandle dropped(rd_kafka_consume_queue(queue.get(), kLeavePollMs));
  }
  return {};
}

int32_t GenerationOf(const rd_kafka_consumer_group_metadata_t& metadata) {
  // The library has no accessor before 2.4, but it writes the generation behind this word.
  constexpr std::string_view kMagic = "CGMDv2:";
  void* raw = nullptr;
  size_t size = 0;
  const ErrorHandle error(rd_kafka_consumer_group_metadata_write(&metadata, &raw, &size));
  if (error) return -1;
  const std::string_view bytes(static_cast<const char*>(raw), size);
  int32_t generation = 0;
  if (bytes.starts_with(kMagic) && bytes.size() >= kMagic.size() + sizeof generation) {
    std::memcpy(&generation, bytes.data() + kMagic.size(), sizeof generation);
  }
  rd_kafka_mem_free(nullptr, raw);
  return generation;
}

}  // namespace waymark::kafka
