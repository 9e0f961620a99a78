#include "engine/sorted_load.h"

#include <algorithm>

namespace waymark::engine {

base::Status SortedLoad::Add(std::string_view key, std::optional<std::string_view> value) {
  rows_.push_back({bytes_.Copy(key), value});
  return bytes_.used() > bytes_max_ ? Finish() : base::Status();
}

base::Status SortedLoad::Finish() {
  if (rows_.empty()) return {};
  SortKeepingLast(rows_);
  const base::Status status = store_.Ingest(family_, rows_);
  rows_.clear();
  bytes_.Clear();
  return status;
}

void SortKeepingLast(std::vector<store::Row>& rows) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const store::Row& a, const store::Row& b) { return a.key < b.key; });
  size_t kept = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i + 1 < rows.size() && rows[i + 1].key == rows[i].key) continue;
    rows[kept++] = rows[i];
  }
  rows.resize(kept);
}

}  // namespace waymark::engine
