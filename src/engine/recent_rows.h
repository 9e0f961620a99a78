#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

namespace waymark::engine {

// A timeline row that is not in the store yet. Views into the cache's arena.
struct RecentRow {
  std::string_view order;  // OrderBytes
  std::string_view value;  // empty: the row is deleted
  bool is_stored = false;  // the store has it too, but the profile's state there is older
};

// A profile's timeline rows that are newer than its state in the store, by order.
class RecentRows {
 public:
  using Iterator = std::vector<RecentRow>::const_iterator;

  // A row with the same order is replaced.
  void Put(std::string_view order, std::string_view value) {
    if (rows_.empty() || rows_.back().order < order) {
      rows_.push_back({order, value});
      return;
    }
    const auto at = std::lower_bound(rows_.begin(), rows_.end(), order, IsBefore);
    if (at->order == order) {
      *at = {order, value};
    } else {
      rows_.insert(at, {order, value});
    }
  }
  // Null where there is none; one without a value tells that the store's row is deleted.
  const RecentRow* Find(std::string_view order) const {
    const auto at = std::lower_bound(rows_.begin(), rows_.end(), order, IsBefore);
    return at == rows_.end() || at->order != order ? nullptr : &*at;
  }
  // The first row behind this order.
  Iterator Behind(std::string_view order) const {
    return std::upper_bound(rows_.begin(), rows_.end(), order,
                            [](std::string_view o, const RecentRow& row) { return o < row.order; });
  }
  Iterator begin() const { return rows_.begin(); }
  Iterator end() const { return rows_.end(); }
  bool empty() const { return rows_.empty(); }
  size_t size() const { return rows_.size(); }
  void clear() { rows_.clear(); }
  void MarkStored() {
    for (RecentRow& row : rows_) row.is_stored = true;
  }
  void DropStored() {
    std::erase_if(rows_, [](const RecentRow& row) { return row.is_stored; });
  }

 private:
  static bool IsBefore(const RecentRow& row, std::string_view order) { return row.order < order; }

  std::vector<RecentRow> rows_;
};

}  // namespace waymark::engine
