#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <absl/container/flat_hash_map.h>
#include <absl/container/node_hash_map.h>

#include "base/string_map.h"
#include "measure/cell.h"
#include "measure/cell_key.h"

namespace waymark::measure {

// All cells of a deployment, those of its partitions added up, as whoever follows the topic of
// measures knows them; by day, and those of all days in one. Used by one thread at a time.
class Picture {
 public:
  // A record of the topic: what the partition says of a cell from now on; nothing: it is gone.
  // False: malformed; it changes nothing.
  bool Take(int32_t partition, std::string_view key, std::optional<std::string_view> value);

  // Rises with every change.
  int64_t revision() const { return revision_; }
  // Cells of days.
  size_t size() const { return size_; }

  // In no order within a day: visit(const CellKey&, const Cell&). Texts of keys live as long as
  // their cells.
  template <class Visit>
  void ForEach(std::optional<int32_t> from, std::optional<int32_t> to, Visit visit) const {
    auto day = from ? days_.lower_bound(*from) : days_.begin();
    for (; day != days_.end() && (!to || day->first <= *to); ++day) {
      for (const auto& [whole, cell] : day->second) {
        CellKey key = whole->second.key;
        key.day = day->first;
        visit(key, cell.sum);
      }
    }
  }
  // The sums over all days: visit(const CellKey& of day 0, const Cell&).
  template <class Visit>
  void ForEachWhole(Visit visit) const {
    for (const auto& [bytes, whole] : wholes_) visit(whole.key, whole.sum);
  }

  // Whose journeys the cells of models are about.
  struct Audience {
    std::string family;
    std::string model;
    int32_t version = 0;
    std::string persona;
    std::string target_group;
    auto operator<=>(const Audience&) const = default;
  };
  // The first and the last day on which each has cells, without what stands and without probes.
  struct Span {
    int32_t first = 0;
    int32_t last = 0;
  };
  template <class Visit>
  void ForEachAudience(Visit visit) const {
    for (const auto& [audience, days] : audiences_) {
      visit(audience, Span{days.begin()->first, days.rbegin()->first});
    }
  }

 private:
  struct Whole {
    CellKey key;  // its texts lie in the map's own key
    Cell sum;
    size_t days = 0;  // that have such a cell
  };
  using Wholes = absl::node_hash_map<std::string, Whole, base::StringHash, std::equal_to<>>;
  struct DayCell {
    Cell sum;
    int32_t partition = -1;  // whose it is alone
    // By partition, where there are several; otherwise null.
    std::unique_ptr<std::map<int32_t, Cell>> parts;
  };
  using Day = absl::flat_hash_map<Wholes::value_type*, DayCell>;

  Wholes::value_type& FindWhole(const CellKey& key);
  void Count(const CellKey& key, int32_t day, int by);
  static Cell Replace(DayCell& cell, int32_t partition, const Cell& fresh);

  Wholes wholes_;  // by keys of day 0
  std::map<int32_t, Day> days_;
  std::map<Audience, std::map<int32_t, int64_t>> audiences_;  // how many cells, by day
  size_t size_ = 0;
  int64_t revision_ = 0;
  std::string bytes_;
};

}  // namespace waymark::measure
