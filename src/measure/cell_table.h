#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <absl/container/node_hash_map.h>

#include "base/string_map.h"
#include "measure/cell.h"
#include "measure/cell_key.h"

namespace waymark::measure {

// What is to be added to cells, by the bytes of their keys: all that one fold brings forth, or what
// a later one says otherwise. What cancels out leaves nothing.
class Delta {
 public:
  void Add(const CellKey& key, Slot slot, int64_t amount = 1);
  void Clear() { cells_.clear(); }
  bool empty() const { return cells_.empty(); }
  const auto& cells() const { return cells_; }

 private:
  base::StringMap<Cell> cells_;
  std::string key_;
};

// The cells of one task. No more than a bound are kept for a day: beyond it what is new counts in a
// cell whose parts are "other", from then on and for good, so that it can be taken back there.
// Used by one thread at a time.
class CellTable {
 public:
  explicit CellTable(size_t cells_per_day_max = 5'000) : cells_per_day_max_(cells_per_day_max) {}

  void Add(const CellKey& key, Slot slot, int64_t amount = 1);
  void Add(const Delta& delta);
  // Of what stands: the number is this now.
  void Set(const CellKey& key, Slot slot, int64_t value);
  // A cell as it was stored or published; replaces what is known of it. An empty one is gone.
  // False: malformed.
  bool Load(std::string_view key, std::string_view cell);
  // Days before this one are let go of: what is known of them changes to nothing, and what is added
  // to them is passed over.
  void ForgetBefore(int32_t day);

  // Those changed since they were last taken: visit(key bytes, cell); an empty cell is gone.
  template <class Visit>
  void TakeChanged(Visit visit) {
    for (Entry* const entry : changed_) {
      entry->second.is_changed = false;
      visit(std::string_view(entry->first), entry->second.cell);
      if (entry->second.is_gone) cells_.erase(entry->first);
    }
    changed_.clear();
  }
  bool has_changed() const { return !changed_.empty(); }
  size_t size() const { return cells_.size(); }
  // In no order: visit(key bytes, cell).
  template <class Visit>
  void ForEach(Visit visit) const {
    for (const auto& [key, state] : cells_) visit(std::string_view(key), state.cell);
  }

 private:
  struct State {
    Cell cell;
    bool is_changed = false;
    bool is_gone = false;
  };
  using Cells = absl::node_hash_map<std::string, State, base::StringHash, std::equal_to<>>;
  using Entry = Cells::value_type;
  struct Day {
    size_t cells = 0;
    bool is_full = false;
  };

  bool IsForgotten(const CellKey& key) const;
  Entry& Find(std::string_view key);
  Entry& FindOther(std::string_view key);
  void MarkChanged(Entry& entry);
  void MarkFull(int32_t number, Day& day);

  size_t cells_per_day_max_;
  int32_t from_day_ = std::numeric_limits<int32_t>::min();
  Cells cells_;
  std::map<int32_t, Day> days_;
  std::vector<Entry*> changed_;
  std::string key_;
};

}  // namespace waymark::measure
