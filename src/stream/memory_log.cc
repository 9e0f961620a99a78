#include "stream/memory_log.h"

#include <algorithm>

namespace waymark::stream {

base::Offset MemoryLog::stable_end() const {
  int64_t stable = end().value;
  for (const auto& [transaction, first] : open_) stable = std::min(stable, first);
  return base::Offset(stable);
}

base::Offset MemoryLog::Append(const OutputRecord& record, const LogTransactionPtr& transaction) {
  auto stored = std::make_shared<StoredRecord>();
  stored->offset = end();
  if (!record.key.empty()) stored->key = record.key;
  if (record.value) stored->value = *record.value;
  stored->timestamp = record.timestamp;
  stored->headers.reserve(record.headers.size());
  for (const Header& header : record.headers) {
    const auto& [name, value] = stored->headers.emplace_back(header.name, header.value);
    stored->header_views.push_back({name, value});
  }
  if (transaction) open_.try_emplace(transaction.get(), end().value);
  const base::Offset offset = stored->offset;
  entries_.push_back({std::move(stored), transaction});
  return offset;
}

void MemoryLog::AppendMarker(const LogTransactionPtr& transaction) {
  open_.erase(transaction.get());
  entries_.push_back({nullptr, transaction});
}

base::Offset MemoryLog::Read(base::Offset from, base::Offset until, size_t limit,
                             std::vector<StoredRecordPtr>& out) const {
  int64_t at = std::max(from.value, begin_);
  const int64_t last = std::min(until.value, stable_end().value);
  for (size_t taken = 0; at < last && taken < limit; ++at) {
    const Entry& entry = entries_[static_cast<size_t>(at - begin_)];
    const bool aborted =
        entry.transaction && entry.transaction->state == LogTransaction::State::kAborted;
    if (!entry.record || aborted) continue;
    out.push_back(entry.record);
    ++taken;
  }
  return base::Offset(std::max(at, from.value));
}

void MemoryLog::Trim(size_t most) {
  while (entries_.size() > most && begin_ < stable_end().value) {
    entries_.pop_front();
    ++begin_;
  }
}

}  // namespace waymark::stream
