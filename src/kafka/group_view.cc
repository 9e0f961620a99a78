#include "kafka/group_view.h"

#include <memory>

#include "kafka/client.h"
#include "kafka/errors.h"
#include "kafka/partitions.h"
#include "kafka/retry.h"
#include "kafka/watermarks.h"

namespace waymark::kafka {
namespace {

using TextHandle = std::unique_ptr<char, decltype([](char* text) {
                                     rd_kafka_mem_free(nullptr, text);
                                   })>;

base::Result<std::vector<stream::CommittedOffset>> Committed(
    rd_kafka_t* client, std::span<const stream::TopicPartition> partitions,
    const Deadline& deadline) {
  std::vector<stream::CommittedOffset> offsets;
  const auto ask = [&](base::Millis left) -> base::Status {
    const PartitionListHandle list = ToList(partitions);
    const char* what = "asking for committed offsets";
    WAYMARK_RETURN_IF_ERROR(
        MakeStatus(rd_kafka_committed(client, list.get(), ToTimeout(left)), what));
    WAYMARK_RETURN_IF_ERROR(FirstFault(*list, what));
    offsets = ToOffsets(*list);
    return {};
  };
  WAYMARK_RETURN_IF_ERROR(Retry(deadline, ask));
  return offsets;
}

}  // namespace

base::Result<std::string> ClusterId(const ClientSettings& settings, base::Millis timeout) {
  WAYMARK_ASSIGN_OR_RETURN(const auto client, Client::Make(settings, ClientRole::kAdmin));
  const TextHandle id(rd_kafka_clusterid(client->get(), ToTimeout(timeout)));
  if (!id) return MakeStatus(RD_KAFKA_RESP_ERR__TIMED_OUT, "asking for the id of the cluster");
  return std::string(id.get());
}

base::Result<std::vector<GroupInput>> LookAtGroup(
    const ClientSettings& settings, std::span<const stream::TopicPartition> partitions,
    base::Millis timeout) {
  const Deadline deadline(timeout);
  ClientSettings looking = settings;
  // Clients that look and manage have no group but here.
  looking.raw["group.id"] = settings.group_id;
  WAYMARK_ASSIGN_OR_RETURN(const auto client, Client::Make(looking, ClientRole::kAdmin));
  WAYMARK_ASSIGN_OR_RETURN(auto committed, Committed(client->get(), partitions, deadline));
  std::vector<GroupInput> inputs;
  for (stream::CommittedOffset& offset : committed) {
    GroupInput& input = inputs.emplace_back();
    if (offset.offset) {
      WAYMARK_ASSIGN_OR_RETURN(input.range,
                               QueryWatermarks(client->get(), offset.at, deadline.left()));
    }
    input.committed = std::move(offset);
  }
  return inputs;
}

}  // namespace waymark::kafka
