#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "kafka/broker_meter.h"
#include "kafka/client.h"
#include "kafka/consumer_meter.h"
#include "kafka/message_batch.h"
#include "kafka/settings.h"
#include "stream/consumer.h"

namespace waymark::kafka {

// A member of a consumer group. Poll() gives records one by one from the library's queue: its own
// batch calls lose messages around pause, seek and rebalance before version 2.1.
//
// A Status of Poll(): kKafka is final; kRetriable says that no broker can be reached at present,
// the next Poll() goes on by itself. A fault of the listener is returned as it is, after the
// library was told of the new assignment.
class Consumer final : public stream::Consumer {
 public:
  // `metrics`, where given, are told what is fetched ahead, what is left, and the group's
  // generation.
  static base::Result<std::unique_ptr<stream::Consumer>> Make(const ClientSettings& settings,
                                                              metrics::Metrics* metrics = nullptr);

  base::Status Subscribe(const std::vector<std::string>& topics,
                         stream::RebalanceListener& listener) override;
  base::Result<std::span<const stream::Record>> Poll(base::Millis timeout, size_t limit) override;
  base::Result<std::vector<stream::CommittedOffset>> Committed(
      std::span<const stream::TopicPartition> partitions, base::Millis timeout) override;
  base::Result<stream::OffsetRange> Offsets(const stream::TopicPartition& partition,
                                            base::Millis timeout) override;
  base::Status Seek(std::span<const stream::CommittedOffset> positions) override;
  base::Status Pause(std::span<const stream::TopicPartition> partitions) override;
  base::Status Resume(std::span<const stream::TopicPartition> partitions) override;
  base::Result<std::unique_ptr<stream::GroupMetadata>> FetchGroupMetadata() override;
  bool IsAssignmentLost() const override;
  std::optional<base::Offset> DrainedAt(const stream::TopicPartition& partition) const override;
  base::Status Close() override;

 private:
  Consumer() = default;
  rd_kafka_t* handle() const { return client_->get(); }
  bool IsCooperative() const;

  void OnRebalance(rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* list);
  void Assign(rd_kafka_topic_partition_list_t* list);
  void Unassign(rd_kafka_topic_partition_list_t* list);
  void Note(base::Status status);
  void TellGeneration();

  // False where nothing more is at hand.
  bool TakeOne(base::Millis timeout);
  void HastenJoining();
  base::Status LeaveGroup();
  void OnMessageFault(const rd_kafka_message_t& message);

  std::optional<ConsumerMeter> meter_;
  std::optional<BrokerMeter> broker_meter_;
  std::unique_ptr<Client> client_;
  stream::RebalanceListener* listener_ = nullptr;
  MessageBatch batch_;
  base::Status pending_;  // what the next Poll() or Close() has to tell
  bool rebalanced_ = false;
  bool has_joined_ = false;  // the group, once

  // While the listener is told of new partitions they are not yet the library's: what it wants
  // paused is paused with the assignment.
  bool assigning_ = false;
  std::vector<stream::TopicPartition> pauses_on_assign_;

  std::map<stream::TopicPartition, base::Offset> drained_;
};

// The generation of the group that the metadata was taken in; below 0 where there is none.
int32_t GenerationOf(const rd_kafka_consumer_group_metadata_t& metadata);

// What stream::GroupMetadata is here.
struct GroupMetadata final : stream::GroupMetadata {
  explicit GroupMetadata(GroupMetadataHandle from) : handle(std::move(from)) {}
  GroupMetadataHandle handle;
};

}  // namespace waymark::kafka
