#pragma once

#include <memory>

#include "kafka/client.h"
#include "kafka/message_batch.h"
#include "kafka/settings.h"
#include "stream/consumer.h"

namespace waymark::kafka {

// Reads committed records up to a high watermark that was taken without regard to transactions: a
// read-committed end would leave out what a transaction still open hides. One reader may open many
// partitions, one after another.
class LogReader final : public stream::LogReader {
 public:
  static base::Result<std::unique_ptr<stream::LogReader>> Make(const ClientSettings& settings);

  base::Result<stream::OffsetRange> Offsets(const stream::TopicPartition& partition,
                                            base::Millis timeout) override;
  base::Status Open(const stream::TopicPartition& partition, base::Offset from) override;
  base::Result<std::span<const stream::Record>> Next(size_t limit,
                                                     base::Millis no_progress) override;
  base::Offset position() const override { return position_; }
  base::Offset end() const override { return end_; }

 private:
  LogReader() = default;
  bool AtEnd() const { return position_ >= end_; }
  // Fetches from this offset on; what was fetched before is dropped.
  base::Status Fetch(base::Offset from);
  base::Status StopFetching();
  MessageHandle Take(base::Millis timeout);
  // Moves on by one message: a record, the end of the partition, or a fault.
  base::Status Accept(MessageHandle message);
  base::Status OnOffsetGone();
  base::Status OnStalled(base::Millis patience);
  base::Status ProbeTail(base::Millis patience);
  base::Result<bool> EndAnswers(base::Millis patience);

  std::unique_ptr<Client> client_;
  std::unique_ptr<Client> probe_;  // sees the high watermark
  MessageBatch batch_;
  stream::TopicPartition partition_;
  base::Offset position_;
  base::Offset end_;
};

}  // namespace waymark::kafka
