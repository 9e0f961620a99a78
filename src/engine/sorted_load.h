#pragma once

#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/status.h"
#include "store/store.h"

namespace waymark::engine {

// Collects rows in any order and ingests them sorted. Of rows with the same key the last one added
// counts. Bounded: what exceeds `bytes_max` is ingested at once, and later rows go over it.
class SortedLoad {
 public:
  SortedLoad(store::Store& store, store::Family family, size_t bytes_max)
      : store_(store), family_(family), bytes_max_(bytes_max) {}

  base::Status Put(std::string_view key, std::string_view value) {
    return Add(key, bytes_.Copy(value));
  }
  // The value's bytes live until they are ingested.
  base::Status PutKept(std::string_view key, std::string_view value) { return Add(key, value); }
  base::Status Erase(std::string_view key) { return Add(key, std::nullopt); }
  // Ingests the rest.
  base::Status Finish();

 private:
  base::Status Add(std::string_view key, std::optional<std::string_view> value);

  store::Store& store_;
  const store::Family family_;
  const size_t bytes_max_;
  base::Arena bytes_{1 << 20};
  std::vector<store::Row> rows_;
};

// Sorts by key and keeps of each key the last row.
void SortKeepingLast(std::vector<store::Row>& rows);

}  // namespace waymark::engine
