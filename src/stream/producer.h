#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "base/status.h"
#include "base/strong.h"
#include "base/time.h"
#include "stream/consumer.h"

namespace waymark::stream {

// A record to write. Views need to live only during the call.
struct OutputRecord {
  std::string_view topic;
  base::Partition partition;
  std::string_view key;                   // empty: no key
  std::optional<std::string_view> value;  // nothing: a null value (tombstone)
  std::span<const Header> headers = {};
  base::Timestamp timestamp;  // of the record; 0: now, and nothing before 1970
};

// Told of delivered records within Send(), Flush() and Commit(), on the calling thread: of each, or
// of the greatest offset of a partition and then of the last one where that is below 0.
class DeliveryListener {
 public:
  virtual ~DeliveryListener() = default;
  // The offset is below 0 where a repeated request found the record written already.
  virtual void OnDelivered(std::string_view topic, base::Partition partition,
                            base::Offset offset) = 0;
};

// Writes records in transactions. Owned and used by one thread. A Status with code kAbort asks for
// Abort(), then a rewind; kKafka is final: nothing more may be done with this producer.
class TransactionalProducer {
 public:
  virtual ~TransactionalProducer() = default;

  // Fences every earlier producer with the same transactional id and ends its transaction.
  virtual base::Status Init(base::Millis timeout) = 0;
  virtual base::Status Begin() = 0;
  // Takes the record over; waits inside while the queue is full. It may be held until others are
  // sent, HandOver() or Flush(), so that what is wrong with it shows only then.
  virtual base::Status Send(const OutputRecord& record) = 0;
  // Lets all that was sent go on its way.
  virtual base::Status HandOver() = 0;
  // Waits until all that was sent is delivered or failed.
  virtual base::Status Flush(base::Millis timeout) = 0;
  virtual base::Status SendOffsets(std::span<const CommittedOffset> offsets,
                                    const GroupMetadata& group, base::Millis timeout) = 0;
  virtual base::Status Commit(base::Millis timeout) = 0;
  virtual base::Status Abort(base::Millis timeout) = 0;
  // True after a commit or abort whose outcome is not known (it timed out): its late request could
  // end a later transaction of this producer. Destroy it and Init() a new one, which fences it.
  virtual bool NeedsReplacement() const = 0;
  virtual void SetDeliveryListener(DeliveryListener* listener) = 0;
};

// Writes records without transactions (`waymark produce`): idempotent, in order.
class PlainProducer {
 public:
  virtual ~PlainProducer() = default;
  // A negative partition stands for Murmur2 of the key.
  virtual base::Status Send(const OutputRecord& record) = 0;
  virtual base::Status Flush(base::Millis timeout) = 0;
};

}  // namespace waymark::stream
