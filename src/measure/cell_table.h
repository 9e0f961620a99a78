#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <absl/container/node_hash_map.h>

#include "base/status.h"
#include "base/string_map.h"
#include "measure/cell.h"
#include "measure/cell_key.h"

namespace waymark::measure {

// What is to be added to cells, by the bytes of their keys: all that one fold brings forth, or what
// a later one says otherwise. What cancels out leaves nothing.
class Delta {
 public:
  void Add(const CellKey& key, Slot slot, int64_t amount = 1) {
    Add(key, std::array{Cell::Entry{slot, amount}});
  }
  void Add(const CellKey& key, std::span<const Cell::Entry> amounts);
  void Clear() { cells_.clear(); }
  bool empty() const { return cells_.empty(); }
  const auto& cells() const { return cells_; }

 private:
  base::StringMap<Cell> cells_;
  std::string key_;
};

// Where the days of a table are kept that are not in memory.
class StoredCells {
 public:
  virtual ~StoredCells() = default;
  using Visit = std::function<void(std::string_view key, std::string_view cell)>;
  // All cells of the day, as they were last taken from the table.
  virtual base::Status ReadDay(int32_t day, const Visit& visit) const = 0;
};

// The cells of one task. No more than a bound are kept for a day: beyond it what is new counts in a
// cell whose parts are "other", from then on and for good, so that it can be taken back there.
//
// Cells that changed are taken twice: once to be published, once to be stored. With a store behind
// it a table holds the days that are worked on, and brings up others as they are met. Used by one
// thread at a time.
class CellTable {
 public:
  // `stored` may be null: all cells stay in memory; otherwise it outlives the table.
  explicit CellTable(size_t cells_per_day_max = 5'000, const StoredCells* stored = nullptr)
      : cells_per_day_max_(cells_per_day_max), stored_(stored) {}

  void Add(const CellKey& key, Slot slot, int64_t amount = 1) {
    Add(key, std::array{Cell::Entry{slot, amount}});
  }
  void Add(const CellKey& key, std::span<const Cell::Entry> amounts);
  void Add(const Delta& delta);
  // Of what stands: the number is this now.
  void Set(const CellKey& key, Slot slot, int64_t value);
  // A cell as it was published; replaces what is known of it. An empty one is gone. It is to be
  // stored, not to be published. False: malformed.
  bool Load(std::string_view key, std::string_view cell);
  // The store holds a cell of this day. Before anything else is done with the table.
  void NoteStored(std::string_view key);
  // Days before this one are let go of: what is known of them changes to nothing, and what is added
  // to them is passed over.
  void ForgetBefore(int32_t day);
  // Every cell is to be published anew.
  void ChangeAll();

  // Those changed since they were last taken: visit(key bytes, cell); an empty cell is gone.
  template <class Visit>
  void TakeChanged(Visit visit) {
    Take(changed_, &State::is_changed, [&](const Day&, const Entry& entry) {
      visit(std::string_view(entry.first), entry.second.cell);
    });
  }
  // Those to be stored since they were last taken: visit(day, key bytes, cell).
  template <class Visit>
  void TakeUnstored(Visit visit) {
    Take(unstored_, &State::is_unstored, [&](const Day& day, const Entry& entry) {
      visit(day.number, std::string_view(entry.first), entry.second.cell);
    });
  }
  // Lets go of days that are published and stored, of those that lie still for longest first, until
  // no more cells are in memory than this.
  void Evict(size_t cells_max);

  bool has_changed() const { return !changed_.empty(); }
  size_t unstored() const { return unstored_.size(); }
  size_t in_memory() const { return in_memory_; }
  // A fault of the store: what was added since is lost, and the table of no more use.
  const base::Status& status() const { return status_; }
  // In no order, of the days in memory: visit(key bytes, cell).
  template <class Visit>
  void ForEach(Visit visit) const {
    for (const auto& [number, day] : days_) {
      for (const auto& [key, state] : day.cells) visit(std::string_view(key), state.cell);
    }
  }
  // The cells of one day, which is brought up.
  template <class Visit>
  void ForEachOf(int32_t number, Visit visit) {
    for (const auto& [key, state] : BringUp(number).cells) visit(std::string_view(key), state.cell);
  }

 private:
  struct State {
    Cell cell;
    bool is_changed = false;
    bool is_unstored = false;
  };
  using Cells = absl::node_hash_map<std::string, State, base::StringHash, std::equal_to<>>;
  using Entry = Cells::value_type;
  struct Day {
    int32_t number = 0;
    Cells cells;
    size_t stored = 0;  // cells that are not in memory
    bool is_full = false;
    size_t waiting = 0;  // entries in one of the lists below, once for each
    uint64_t used = 0;   // the round of Evict() before which it was met last
  };
  using List = std::vector<std::pair<Day*, Entry*>>;

  bool IsForgotten(const CellKey& key) const;
  Day& Known(int32_t number);
  Day& BringUp(int32_t number);
  Entry& Insert(Day& day, std::string_view key);
  Entry& Find(Day& day, std::string_view key);
  Entry& FindOther(Day& day, std::string_view key);
  void MarkChanged(Day& day, Entry& entry);
  void MarkUnstored(Day& day, Entry& entry);
  void MarkFull(Day& day);
  // An empty cell that nobody has to hear of any more.
  void EraseIfGone(Day& day, Entry& entry);

  template <class Visit>
  void Take(List& list, bool State::* mark, Visit visit) {
    for (const auto& [day, entry] : list) {
      entry->second.*mark = false;
      --day->waiting;
      visit(*day, *entry);
      EraseIfGone(*day, *entry);
    }
    list.clear();
  }

  size_t cells_per_day_max_;
  const StoredCells* stored_;
  base::Status status_;
  int32_t from_day_ = std::numeric_limits<int32_t>::min();
  std::map<int32_t, Day> days_;
  Day* last_ = nullptr;  // met
  List changed_;
  List unstored_;
  size_t in_memory_ = 0;
  uint64_t round_ = 0;
  std::string key_;
};

}  // namespace waymark::measure
