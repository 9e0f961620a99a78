#include "api/signal_ring.h"

#include <algorithm>

namespace waymark::api {
namespace {

size_t SizeOf(const SignalRing::Entry& entry) { return sizeof(entry) + entry.value.capacity(); }

}  // namespace

void SignalRing::Restart(const StreamPosition& begin) {
  first_ = next();
  entries_.clear();
  bytes_ = 0;
  begin_ = begin;
  end_ = begin;
}

void SignalRing::Add(int32_t partition, base::Offset offset, std::string_view value) {
  entries_.push_back({partition, offset, std::string(value)});
  bytes_ += SizeOf(entries_.back());
  end_[static_cast<size_t>(partition)] = base::Offset(offset.value + 1);
  while (bytes_ > bytes_max_ && entries_.size() > 1) {
    const Entry& oldest = entries_.front();
    begin_[static_cast<size_t>(oldest.partition)] = base::Offset(oldest.offset.value + 1);
    bytes_ -= SizeOf(oldest);
    entries_.pop_front();
    ++first_;
  }
}

void SignalRing::PassTo(const StreamPosition& end) {
  for (size_t p = 0; p < end_.size(); ++p) end_[p] = std::max(end_[p], end[p]);
}

}  // namespace waymark::api
