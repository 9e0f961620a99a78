#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "base/status.h"
#include "store/expiry.h"

namespace waymark::store {

// The kinds of state, each a key space of its own (a column family in RocksDB).
enum class Family { kMeta, kProfiles, kTimelines, kTimers, kFolds };
inline constexpr size_t kFamilies = 5;
std::string_view ToString(Family family);

struct Row {
  std::string_view key;
  std::optional<std::string_view> value;  // nothing: the key is deleted
};

struct OwnedRow {
  std::string key;
  std::string value;
};

// Changes that become visible and durable together.
class Batch {
 public:
  void Put(Family family, std::string_view key, std::string_view value);
  void Erase(Family family, std::string_view key);
  void Clear();
  bool empty() const { return changes_.empty(); }

  struct Change {
    Family family;
    std::string_view key;
    std::optional<std::string_view> value;  // nothing: the key is deleted
  };
  const std::vector<Change>& changes() const { return changes_; }

 private:
  std::vector<Change> changes_;
  base::Arena bytes_;
};

// Called with each row in key order; false ends the scan.
using RowVisitor = std::function<bool(std::string_view key, std::string_view value)>;

// Reads rows in key order. Views live until the next call of Next().
class Cursor {
 public:
  virtual ~Cursor() = default;
  // False at the end or on a fault; status() tells which.
  virtual bool Next() = 0;
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
  virtual base::Status status() const = 0;
};

// Sorted key-value state. Reads may come from any thread, writes to one key range from one thread.
// A write is durable only after Flush(): a crash before it leaves the state of the last flush, of
// all families at the same point.
class Store {
 public:
  virtual ~Store() = default;

  virtual base::Result<std::optional<std::string>> Get(Family family,
                                                       std::string_view key) const = 0;
  // One answer for each key, in order.
  virtual base::Result<std::vector<std::optional<std::string>>> MultiGet(
      Family family, const std::vector<std::string_view>& keys) const = 0;
  // Rows with begin <= key < end, in key order; an empty `end` stands for no end.
  virtual std::unique_ptr<Cursor> Read(Family family, std::string_view begin,
                                       std::string_view end) const = 0;
  // The last row with begin <= key < end, where there is one.
  virtual base::Result<std::optional<OwnedRow>> ReadLast(Family family, std::string_view begin,
                                                         std::string_view end) const = 0;
  base::Status Scan(Family family, std::string_view begin, std::string_view end,
                    const RowVisitor& visit) const;
  virtual base::Status Write(const Batch& batch) = 0;
  // Writes rows (maybe none) that the caller has sorted by key, without repeated keys; cheaper than
  // Write() for many rows. Durable at once, apart from Write(): replaying such rows must be
  // harmless.
  virtual base::Status Ingest(Family family, const std::vector<Row>& rows) = 0;
  // Deletes all rows with begin <= key < end; an empty `end` stands for no end.
  virtual base::Status EraseRange(Family family, std::string_view begin, std::string_view end) = 0;
  virtual base::Status Flush() = 0;
  // Begins a flush of what is written by now and may leave it to another thread. A fault there is
  // told by a later call.
  virtual base::Status FlushSoon() { return Flush(); }
  // Once the next Flush() is through, rows of timelines and folds under this prefix that the test
  // names may vanish at any moment, until another test is set; without a test none does, from now
  // on. A store that is opened begins without any.
  virtual void SetExpired(std::string_view prefix, KeyTest test) = 0;
};

// The smallest key above every key that starts with the prefix; empty (no end) where there is none.
std::string PrefixEnd(std::string_view prefix);

}  // namespace waymark::store
