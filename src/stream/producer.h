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
  std::string_view key;
  std::optional<std::string_view> value;  // nothing: a null value (tombstone)
  std::span<const Header> headers = {};
  base::Timestamp timestamp;
};

// Told of each delivered record within send(), flush() and commit(), on the calling thread.
class DeliveryListener {
 public:
  virtual ~DeliveryListener() = default;
  virtual void on_delivered(std::string_view topic, base::Partition partition,
                            base::Offset offset) = 0;
};

// Writes records in transactions. Owned and used by one thread. A Status with code kAbort asks for
// abort(), then a rewind; kKafka is final: nothing more may be done with this producer.
class TransactionalProducer {
 public:
  virtual ~TransactionalProducer() = default;

  // Fences every earlier producer with the same transactional id and ends its transaction.
  virtual base::Status init(base::Millis timeout) = 0;
  virtual base::Status begin() = 0;
  // Takes the record over; waits inside while the queue is full.
  virtual base::Status send(const OutputRecord& record) = 0;
  // Waits until all that was sent is delivered or failed.
  virtual base::Status flush(base::Millis timeout) = 0;
  virtual base::Status send_offsets(std::span<const CommittedOffset> offsets,
                                    const GroupMetadata& group, base::Millis timeout) = 0;
  virtual base::Status commit(base::Millis timeout) = 0;
  virtual base::Status abort(base::Millis timeout) = 0;
  virtual void set_delivery_listener(DeliveryListener* listener) = 0;
};

// Writes records without transactions (`waymark produce`): idempotent, in order.
class PlainProducer {
 public:
  virtual ~PlainProducer() = default;
  // A negative partition stands for murmur2 of the key.
  virtual base::Status send(const OutputRecord& record) = 0;
  virtual base::Status flush(base::Millis timeout) = 0;
};

}  // namespace waymark::stream
