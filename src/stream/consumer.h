#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/strong.h"
#include "base/time.h"

namespace waymark::stream {

struct TopicPartition {
  std::string topic;
  base::Partition partition;
  friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};

struct Header {
  std::string_view name;
  std::string_view value;
};

// One record of a topic. Views are valid until the next poll of the consumer that gave it.
struct Record {
  std::string_view topic;
  base::Partition partition;
  base::Offset offset;
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;  // nothing: a null value (tombstone)
  base::Timestamp timestamp;              // of the record, not of the event
  std::span<const Header> headers;
};

// An offset to commit or committed, with the text that the committer put beside it.
struct CommittedOffset {
  TopicPartition at;
  std::optional<base::Offset> offset;  // the next to read; nothing: none committed
  std::string metadata;
};

// The first and the one-after-last offset of a partition.
struct OffsetRange {
  base::Offset begin;
  base::Offset end;
};

// Told of changes of the assignment, from within Poll() and Close(), on the polling thread.
class RebalanceListener {
 public:
  virtual ~RebalanceListener() = default;
  // New partitions; reading starts at their committed offsets. Pause() may be called in here. Comes
  // at the end of each rebalance, with none where the group has no partition to spare for this
  // member, or none that is free yet.
  virtual base::Status OnAssigned(std::span<const TopicPartition> partitions) = 0;
  // About to be taken away in good order: the open transaction may still be committed in here.
  virtual base::Status OnRevoked(std::span<const TopicPartition> partitions) = 0;
  // Already owned by somebody else: nothing may be committed any more.
  virtual base::Status OnLost(std::span<const TopicPartition> partitions) = 0;
};

// What the transaction needs to know of the consumer that read its input; opaque to the engine.
class GroupMetadata {
 public:
  virtual ~GroupMetadata() = default;
};

// A member of a consumer group that reads committed records. Owned and used by one thread.
class Consumer {
 public:
  virtual ~Consumer() = default;

  virtual base::Status Subscribe(const std::vector<std::string>& topics,
                                 RebalanceListener& listener) = 0;
  // Waits up to `timeout` for at least one record, then returns at most `limit` of those at hand.
  // An empty span is no fault; kRetriable is none for good: no broker can be reached at present,
  // the next poll goes on by itself. Views are valid until the next poll.
  virtual base::Result<std::span<const Record>> Poll(base::Millis timeout, size_t limit) = 0;
  // Stable committed offsets (waits for pending transactions), one entry for each asked.
  virtual base::Result<std::vector<CommittedOffset>> Committed(
      std::span<const TopicPartition> partitions, base::Millis timeout) = 0;
  // The end is the last stable offset: what lies beyond may belong to open transactions.
  virtual base::Result<OffsetRange> Offsets(const TopicPartition& partition,
                                            base::Millis timeout) = 0;
  // Where the last look at a partition found nothing more to read: the offset after the last one
  // passed, control records included. Nothing while more may be at hand. Asks nobody.
  virtual std::optional<base::Offset> DrainedAt(const TopicPartition& partition) const = 0;
  // The next poll goes on at these offsets; what was fetched before them is dropped.
  // Not to be called in a listener.
  virtual base::Status Seek(std::span<const CommittedOffset> positions) = 0;
  virtual base::Status Pause(std::span<const TopicPartition> partitions) = 0;
  virtual base::Status Resume(std::span<const TopicPartition> partitions) = 0;
  // Fresh for each transaction: a rebalance may have changed the generation.
  virtual base::Result<std::unique_ptr<GroupMetadata>> FetchGroupMetadata() = 0;
  virtual bool IsAssignmentLost() const = 0;
  // Leaves the group (OnRevoked is called first).
  virtual base::Status Close() = 0;
};

// Reads one partition from begin to end outside any group, for restoring and for looking at topics.
class LogReader {
 public:
  virtual ~LogReader() = default;
  // The end is the high watermark, open transactions included.
  virtual base::Result<OffsetRange> Offsets(const TopicPartition& partition,
                                            base::Millis timeout) = 0;
  // Starts reading at `from` (moved up to the first offset kept). The end is the high watermark
  // of now: records committed before this call are all given.
  virtual base::Status Open(const TopicPartition& partition, base::Offset from) = 0;
  // The next committed records; an empty span once the end noted by Open() is reached. Fails as
  // retriable when nothing arrives for `no_progress`.
  virtual base::Result<std::span<const Record>> Next(size_t limit, base::Millis no_progress) = 0;
  // The offset after the last one passed, control records included.
  virtual base::Offset position() const = 0;
  // The end noted by Open(), or where the log turned out to end meanwhile.
  virtual base::Offset end() const = 0;
};

}  // namespace waymark::stream
