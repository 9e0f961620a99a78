#include "kafka/partitions.h"

#include <cstring>

#include "kafka/errors.h"

namespace waymark::kafka {
namespace {

rd_kafka_topic_partition_t* Add(rd_kafka_topic_partition_list_t* list,
                                const stream::TopicPartition& partition) {
  return rd_kafka_topic_partition_list_add(list, partition.topic.c_str(),
                                           partition.partition.value);
}

// The list frees the copy with free().
void SetMetadata(rd_kafka_topic_partition_t* entry, const std::string& metadata) {
  if (metadata.empty()) return;
  entry->metadata = std::malloc(metadata.size());
  WAYMARK_CHECK(entry->metadata != nullptr, "memory for offset metadata");
  std::memcpy(entry->metadata, metadata.data(), metadata.size());
  entry->metadata_size = metadata.size();
}

}  // namespace

PartitionListHandle ToList(std::span<const stream::TopicPartition> partitions) {
  PartitionListHandle list(
      rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const stream::TopicPartition& partition : partitions) Add(list.get(), partition);
  return list;
}

PartitionListHandle ToList(std::span<const stream::CommittedOffset> offsets) {
  PartitionListHandle list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const stream::CommittedOffset& offset : offsets) {
    rd_kafka_topic_partition_t* entry = Add(list.get(), offset.at);
    entry->offset = offset.offset ? offset.offset->value : RD_KAFKA_OFFSET_STORED;
    SetMetadata(entry, offset.metadata);
  }
  return list;
}

std::vector<stream::TopicPartition> ToPartitions(const rd_kafka_topic_partition_list_t& list) {
  std::vector<stream::TopicPartition> partitions;
  partitions.reserve(static_cast<size_t>(list.cnt));
  for (const rd_kafka_topic_partition_t& entry : view(list)) {
    partitions.push_back({entry.topic, base::Partition(entry.partition)});
  }
  return partitions;
}

std::vector<stream::CommittedOffset> ToOffsets(const rd_kafka_topic_partition_list_t& list) {
  std::vector<stream::CommittedOffset> offsets;
  offsets.reserve(static_cast<size_t>(list.cnt));
  for (const rd_kafka_topic_partition_t& entry : view(list)) {
    stream::CommittedOffset offset;
    offset.at = {entry.topic, base::Partition(entry.partition)};
    if (entry.offset >= 0) offset.offset = base::Offset(entry.offset);
    if (entry.metadata_size > 0) {
      offset.metadata.assign(static_cast<const char*>(entry.metadata), entry.metadata_size);
    }
    offsets.push_back(std::move(offset));
  }
  return offsets;
}

std::string ToText(const stream::TopicPartition& partition) {
  return partition.topic + "[" + std::to_string(partition.partition.value) + "]";
}

base::Status FirstFault(const rd_kafka_topic_partition_list_t& list, std::string_view what) {
  for (const rd_kafka_topic_partition_t& entry : view(list)) {
    if (entry.err == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    const std::string where = ToText({entry.topic, base::Partition(entry.partition)});
    return MakeStatus(entry.err, std::string(what) + " of " + where);
  }
  return {};
}

}  // namespace waymark::kafka
