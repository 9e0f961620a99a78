#pragma once

#include <cstdint>
#include <cstdio>
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
    std::string_view key;
    std::string_view value;
  };
  struct Run;

  void SortRows();
  base::Status Spill();
  bool Advance(Run& run);

  std::string folder_;
  std::string name_;
  size_t bytes_max_;
  base::Arena arena_{1 << 20};
  std::vector<Row> rows_;
  std::vector<std::unique_ptr<Run>> runs_;  // later ones hold later rows
  std::string key_;
  std::string value_;
  base::Status status_;
};

}  // namespace waymark::files
