#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "api/stream_position.h"

namespace waymark::api {

// The newest records of the topic of signals without a gap, as one reader met them, up to a number
// of bytes. Used by one thread.
class SignalRing {
 public:
  struct Entry {
    int32_t partition = 0;
    base::Offset offset;
    std::string value;  // as the topic has it; empty: a null value
  };

  explicit SignalRing(size_t bytes_max) : bytes_max_(bytes_max) {}

  // Forgets all; what comes next begins here.
  void Restart(const StreamPosition& begin);
  // A record at or behind the end of its partition. The oldest give way to it.
  void Add(int32_t partition, base::Offset offset, std::string_view value);
  // The reader has passed records that say nothing, up to here.
  void PassTo(const StreamPosition& end);

  // From here on nothing is missing, and up to here all has been read.
  const StreamPosition& begin() const { return begin_; }
  const StreamPosition& end() const { return end_; }

  // Entries have numbers that rise by one as they come.
  uint64_t first() const { return first_; }
  uint64_t next() const { return first_ + entries_.size(); }
  const Entry& at(uint64_t number) const { return entries_[number - first_]; }

 private:
  const size_t bytes_max_;
  std::deque<Entry> entries_;
  uint64_t first_ = 0;
  size_t bytes_ = 0;
  StreamPosition begin_;
  StreamPosition end_;
};

}  // namespace waymark::api
