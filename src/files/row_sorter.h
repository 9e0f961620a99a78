#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/status.h"

namespace waymark::files {

// Sorts rows by key in bounded memory: what does not fit is sorted and put into a file, and all are
// merged when read. Of rows with the same key the one added last remains. Used by one thread.
class RowSorter {
 public:
  // `folder` takes the files; they are removed when the sorter goes.
  RowSorter(std::string folder, std::string name, size_t bytes_max);
  ~RowSorter();
  RowSorter(const RowSorter&) = delete;
  RowSorter& operator=(const RowSorter&) = delete;

  base::Status Add(std::string_view key, std::string_view value);

  // Ends adding; then Next() gives the rows in key order. Views live until the next call.
  base::Status Sort();
  // False at the end or on a fault; status() tells which.
  bool Next();
  std::string_view key() const { return key_; }
  std::string_view value() const { return value_; }
  const base::Status& status() const { return status_; }

 private:
  struct Row {
    uint64_t prefix;    // of the key, beyond what all keys have in common; set when sorting
    const char* bytes;  // key, then value
    uint32_t key_size;
    uint32_t value_size;
    uint32_t number;  // of those in memory, in the order of adding

    std::string_view key() const { return {bytes, key_size}; }
    std::string_view value() const { return {bytes + key_size, value_size}; }
  };
  class Run;

  void SortRows();
  base::Status Spill();

  std::string folder_;
  std::string name_;
  size_t bytes_max_;
  base::Arena arena_{1 << 20};
  std::vector<Row> rows_;
  std::vector<std::unique_ptr<Run>> runs_;  // later ones hold later rows
  Run* current_ = nullptr;                  // holds what key() and value() show
  std::string_view key_;
  std::string_view value_;
  base::Status status_;
};

}  // namespace waymark::files
