#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "fold.h"
#include "options.h"

namespace waymark::peers {

// Adds up the checksum of an output, and writes its rows to a file where one is named.
class RowSum {
 public:
  explicit RowSum(const std::string& file) : file_(file.empty() ? nullptr : Open(file)) {}
  ~RowSum() {
    if (file_ != nullptr) std::fclose(file_);
  }
  RowSum(const RowSum&) = delete;
  RowSum& operator=(const RowSum&) = delete;

  void Add(std::string_view id, uint64_t profile, const Placed& at) {
    ++count_;
    sum_ += Checksum(id, profile, at);
    if (file_ == nullptr) return;
    std::fprintf(file_,
                 "%016lx %.*s session %ld from %ld journey %ld stage %d after %d since %ld\n",
                 profile, static_cast<int>(id.size()), id.data(), at.session, at.session_start,
                 at.journey, at.stage, at.previous_stage, at.stage_entered);
  }
  int64_t count() const { return count_; }
  uint64_t sum() const { return sum_; }

 private:
  static std::FILE* Open(const std::string& file) {
    std::FILE* opened = std::fopen(file.c_str(), "w");
    if (opened == nullptr) Fail("cannot write " + file);
    return opened;
  }

  std::FILE* file_;
  int64_t count_ = 0;
  uint64_t sum_ = 0;
};

}  // namespace waymark::peers
