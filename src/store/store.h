#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace waymark::store {

// The kinds of state, each a key space of its own (a column family in RocksDB).
enum class Family { kMeta, kProfiles, kTimelines, kTimers };
inline constexpr size_t kFamilies = 4;
std::string_view to_string(Family family);

struct Row {
  std::string_view key;
  std::optional<std::string_view> value;  // nothing: the key is deleted
};

// Changes that become visible and durable together.
class Batch {
 public:
  void put(Family family, std::string_view key, std::string_view value);
  void erase(Family family, std::string_view key);
  void clear();
  bool empty() const { return changes_.empty(); }

  struct Change {
    Family family;
    std::string key;
    std::optional<std::string> value;
  };
  const std::vector<Change>& changes() const { return changes_; }

 private:
  std::vector<Change> changes_;
};

// Called with each row in key order; false ends the scan.
using RowVisitor = std::function<bool(std::string_view key, std::string_view value)>;

// Sorted key-value state. Reads may come from any thread, writes to one key range from one thread.
// A write is durable only after flush(): a crash before it leaves the state of the last flush, of
// all families at the same point.
class Store {
 public:
  virtual ~Store() = default;

  virtual base::Result<std::optional<std::string>> get(Family family,
                                                       std::string_view key) const = 0;
  // One answer for each key, in order.
  virtual base::Result<std::vector<std::optional<std::string>>> multi_get(
      Family family, const std::vector<std::string_view>& keys) const = 0;
  // Rows with begin <= key < end, in key order.
  virtual base::Status scan(Family family, std::string_view begin, std::string_view end,
                            const RowVisitor& visit) const = 0;
  virtual base::Status write(const Batch& batch) = 0;
  // Writes rows that the caller has sorted by key, without repeated keys; cheaper than write() for
  // many rows. Durable at once, apart from write(): replaying such rows must be harmless.
  virtual base::Status ingest(Family family, const std::vector<Row>& rows) = 0;
  // Deletes all rows with begin <= key < end.
  virtual base::Status erase_range(Family family, std::string_view begin, std::string_view end) = 0;
  virtual base::Status flush() = 0;
};

// The smallest key above every key that starts with the prefix; empty (no end) where there is none.
std::string prefix_end(std::string_view prefix);

}  // namespace waymark::store
