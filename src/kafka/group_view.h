#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/time.h"
#include "kafka/settings.h"
#include "stream/consumer.h"

namespace waymark::kafka {

// The id that the brokers give to their cluster.
base::Result<std::string> ClusterId(const ClientSettings& settings, base::Millis timeout);

// What a group has committed of a partition, and which records there still are.
struct GroupInput {
  stream::CommittedOffset committed;
  stream::OffsetRange range;  // left empty where nothing was committed
};

// Looks at a group (settings.group_id) without joining it; one answer for each partition. Offsets
// of a transaction that is still open do not show.
base::Result<std::vector<GroupInput>> LookAtGroup(
    const ClientSettings& settings, std::span<const stream::TopicPartition> partitions,
    base::Millis timeout);

}  // namespace waymark::kafka
