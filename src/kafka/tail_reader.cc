#include "kafka/tail_reader.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "kafka/errors.h"
#include "kafka/partitions.h"
#include "kafka/watermarks.h"

namespace waymark::kafka {

base::Result<std::unique_ptr<stream::TailReader>> TailReader::Make(const ClientSettings& settings,
                                                                    std::string topic,
                                                                    int32_t partitions) {
  std::unique_ptr<TailReader> reader(new TailReader(std::move(topic), partitions));
  WAYMARK_ASSIGN_OR_RETURN(reader->client_, Client::Make(settings, ClientRole::kLogReader));
  WAYMARK_RETURN_IF_ERROR(MakeStatus(rd_kafka_poll_set_consumer(reader->client_->get()),
                                     "setting up a reader of " + reader->topic_));
  return std::unique_ptr<stream::TailReader>(std::move(reader));
}

base::Result<std::vector<stream::OffsetRange>> TailReader::Ranges(base::Millis timeout) {
  const Deadline deadline(timeout);
  std::vector<stream::OffsetRange> ranges;
  for (int32_t p = 0; std::cmp_less(p, positions_.size()); ++p) {
    WAYMARK_ASSIGN_OR_RETURN(
        const stream::OffsetRange range,
        QueryWatermarks(client_->get(), {topic_, base::Partition(p)}, deadline.left()));
    ranges.push_back(range);
  }
  return ranges;
}

base::Status TailReader::Start(std::span<const base::Offset> from) {
  WAYMARK_CHECK(from.size() == positions_.size(), "one offset a partition");
  batch_.Clear();
  std::vector<stream::CommittedOffset> starts;
  for (size_t p = 0; p < from.size(); ++p) {
    if (from[p].value < 0) continue;
    starts.push_back({{topic_, base::Partition(static_cast<int32_t>(p))}, from[p], {}});
  }
  positions_.assign(from.begin(), from.end());
  const PartitionListHandle list = ToList(starts);
  return MakeStatus(rd_kafka_assign(client_->get(), list.get()), "reading " + topic_);
}

base::Status TailReader::Stop() {
  batch_.Clear();
  return MakeStatus(rd_kafka_assign(client_->get(), nullptr), "ending to read " + topic_);
}

base::Result<std::span<const stream::Record>> TailReader::Poll(base::Millis timeout,
                                                               size_t limit) {
  batch_.Clear();
  const Deadline deadline(timeout);
  while (batch_.size() < limit) {
    const base::Millis wait = batch_.empty() ? deadline.left() : base::Millis(0);
    MessageHandle message(rd_kafka_consumer_poll(client_->get(), ToTimeout(wait)));
    if (!message) break;
    WAYMARK_RETURN_IF_ERROR(Accept(std::move(message)));
    if (batch_.empty() && deadline.passed()) break;
  }
  if (batch_.empty()) WAYMARK_RETURN_IF_ERROR(client_->TakeFault());
  return batch_.Records();
}

base::Status TailReader::Accept(MessageHandle message) {
  const base::Offset offset(message->offset);
  const bool is_known = message->partition >= 0 &&
                        std::cmp_less(message->partition, positions_.size());
  switch (message->err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR: {
      base::Offset& position = positions_[static_cast<size_t>(message->partition)];
      if (offset < position) return {};
      position = base::Offset(offset.value + 1);
      batch_.Add(std::move(message));
      return {};
    }
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      // Control records and aborted ones have no message of their own: this is how they are passed.
      if (is_known) {
        base::Offset& position = positions_[static_cast<size_t>(message->partition)];
        position = std::max(position, offset);
      }
      return {};
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
      return {base::StatusCode::kNotFound, "what is to be read of " + topic_ + " is not kept"};
    default: break;
  }
  const std::string what = "reading " + topic_;
  WAYMARK_RETURN_IF_ERROR(FatalStatus(client_->get(), what));
  return MakeStatus(message->err, what, rd_kafka_message_errstr(message.get()));
}

}  // namespace waymark::kafka
