#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <absl/container/node_hash_map.h>

#include "base/string_map.h"
#include "measure/cell.h"
#include "measure/cell_key.h"

namespace waymark::measure {

// All cells of a deployment, those of its partitions added up, as whoever follows the topic of
// measures knows them. Used by one thread at a time.
class Picture {
 public:
  // A record of the topic: what the partition says of a cell from now on; nothing: it is gone.
  // False: malformed; it changes nothing.
  bool Take(int32_t partition, std::string_view key, std::optional<std::string_view> value);

  // Rises with every change.
  int64_t revision() const { return revision_; }
  size_t size() const { return cells_.size(); }
  // In no order: visit(const CellKey&, const Cell&). Texts of keys live as long as their cells.
  template <class Visit>
  void ForEach(Visit visit) const {
    for (const auto& [bytes, merged] : cells_) visit(merged.key, merged.sum);
  }

 private:
  struct Merged {
    CellKey key;  // its texts lie in the map's own key
    Cell sum;
    std::vector<std::pair<int32_t, std::string>> parts;  // by partition: its cell as it came
  };
  absl::node_hash_map<std::string, Merged, base::StringHash, std::equal_to<>> cells_;
  int64_t revision_ = 0;
  Cell scratch_;
};

}  // namespace waymark::measure
