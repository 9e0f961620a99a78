#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/status.h"
#include "base/strong.h"
#include "base/time.h"
#include "stream/consumer.h"

namespace waymark::stream {

// Follows all partitions of one topic outside any group: committed records, as they are committed.
// Owned and used by one thread.
class TailReader {
 public:
  virtual ~TailReader() = default;

  // What is kept of each partition, by its number. The end is the last stable offset.
  virtual base::Result<std::vector<OffsetRange>> Ranges(base::Millis timeout) = 0;
  // Reads on from these offsets, by partition; what was fetched before is dropped. A negative
  // offset leaves its partition out.
  virtual base::Status Start(std::span<const base::Offset> from) = 0;
  // Fetches nothing until the next Start().
  virtual base::Status Stop() = 0;
  // Waits up to `timeout` for at least one record, then returns at most `limit` of those at hand,
  // in the order of offsets within a partition. An empty span is no fault. kRetriable goes away by
  // itself; kNotFound: an offset to read from is not kept any more. Views are valid until the next
  // call.
  virtual base::Result<std::span<const Record>> Poll(base::Millis timeout, size_t limit) = 0;
  // By partition: the offset after the last one passed, control records included where the reader
  // has come to the end.
  virtual const std::vector<base::Offset>& positions() const = 0;
};

using MakeTailReader = std::function<base::Result<std::unique_ptr<TailReader>>()>;

}  // namespace waymark::stream
