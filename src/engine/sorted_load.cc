#include "engine/sorted_load.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace waymark::engine {
namespace {

// The place of a row, and eight bytes of its key that mostly decide, so that the keys themselves,
// all over the memory, are rarely looked at.
struct Place {
  uint64_t bytes;
  size_t row;
};

bool IsSorted(const std::vector<store::Row>& rows) {
  return std::adjacent_find(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
           return a.key >= b.key;
         }) == rows.end();
}

// How many bytes all keys begin with.
size_t SharedBytes(const std::vector<store::Row>& rows) {
  std::string_view shared = rows.front().key;
  for (const store::Row& row : rows) {
    const auto [end, other] = std::mismatch(shared.begin(), shared.end(), row.key.begin(),
                                            row.key.end());
    shared = shared.substr(0, static_cast<size_t>(end - shared.begin()));
  }
  return shared.size();
}

// The eight bytes from there on as a number that sorts as they do; what is missing counts as 0.
uint64_t BytesAt(std::string_view key, size_t at) {
  uint64_t bytes = 0;
  for (size_t i = at; i < at + sizeof bytes; ++i) {
    bytes = bytes << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0u);
  }
  return bytes;
}

}  // namespace

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
  if (IsSorted(rows)) return;
  const size_t shared = SharedBytes(rows);
  std::vector<Place> places(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) places[i] = {BytesAt(rows[i].key, shared), i};
  std::sort(places.begin(), places.end(), [&rows](const Place& a, const Place& b) {
    if (a.bytes != b.bytes) return a.bytes < b.bytes;
    const int order = rows[a.row].key.compare(rows[b.row].key);
    return order != 0 ? order < 0 : a.row < b.row;
  });
  std::vector<store::Row> sorted;
  sorted.reserve(rows.size());
  for (const Place& place : places) {
    const store::Row& row = rows[place.row];
    if (!sorted.empty() && sorted.back().key == row.key) {
      sorted.back() = row;
    } else {
      sorted.push_back(row);
    }
  }
  rows = std::move(sorted);
}

}  // namespace waymark::engine
