#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/strong.h"
#include "stream/producer.h"

namespace waymark::stream {

// A record as the in-memory broker keeps it; shared, so that a reader's views outlive its removal.
struct StoredRecord {
  base::Offset offset;
  std::optional<std::string> key;
  std::optional<std::string> value;
  base::Timestamp timestamp;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<Header> header_views;
};
using StoredRecordPtr = std::shared_ptr<const StoredRecord>;

// What becomes of the records written in a transaction.
struct LogTransaction {
  enum class State { kOpen, kCommitted, kAborted };
  State state = State::kOpen;
};
using LogTransactionPtr = std::shared_ptr<LogTransaction>;

// The log of one partition. As in Kafka, the end of a transaction takes an offset of its own, and
// readers of committed records see nothing from the first open transaction on. Not thread-safe.
class MemoryLog {
 public:
  base::Offset begin() const { return base::Offset(begin_); }
  base::Offset end() const { return base::Offset(begin_ + static_cast<int64_t>(entries_.size())); }
  // The last stable offset: where the first open transaction starts, else the end.
  base::Offset stable_end() const;

  // Without a transaction the record is visible at once.
  base::Offset Append(const OutputRecord& record, const LogTransactionPtr& transaction);
  // Writes the control record of a transaction whose state is decided by now.
  void AppendMarker(const LogTransactionPtr& transaction);
  // Gives the committed records with from <= offset < until, at most `limit`, and returns the
  // offset after the last one looked at.
  base::Offset Read(base::Offset from, base::Offset until, size_t limit,
                    std::vector<StoredRecordPtr>& out) const;
  // Removes the oldest entries until `most` are left; never what an open transaction wrote.
  void Trim(size_t most);

 private:
  struct Entry {
    StoredRecordPtr record;  // null: a control record
    LogTransactionPtr transaction;
  };
  int64_t begin_ = 0;
  std::deque<Entry> entries_;
  std::map<const LogTransaction*, int64_t> open_;  // and where each starts
};

}  // namespace waymark::stream
