#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/strong.h"
#include "kafka/handles.h"
#include "stream/consumer.h"

namespace waymark::kafka {

// Values of stream and the library's lists of partitions, turned into one another.
PartitionListHandle ToList(std::span<const stream::TopicPartition> partitions);
// With offsets and metadata; an entry without an offset stands for the committed one.
PartitionListHandle ToList(std::span<const stream::CommittedOffset> offsets);

std::vector<stream::TopicPartition> ToPartitions(const rd_kafka_topic_partition_list_t& list);
std::vector<stream::CommittedOffset> ToOffsets(const rd_kafka_topic_partition_list_t& list);

// "topic[3]", for messages.
std::string ToText(const stream::TopicPartition& partition);

// The first fault of a partition in the list; ok where there is none.
base::Status FirstFault(const rd_kafka_topic_partition_list_t& list, std::string_view what);

inline std::span<rd_kafka_topic_partition_t> view(const rd_kafka_topic_partition_list_t& list) {
  return {list.elems, static_cast<size_t>(list.cnt)};
}

}  // namespace waymark::kafka
