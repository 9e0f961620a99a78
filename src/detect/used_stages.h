#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace waymark::detect {

// What a journey counts of one of its stages.
struct StageCounts {
  int64_t visits = 0;
  int64_t time_ms = 0;  // of completed stays
  int64_t interactions = 0;
  int64_t satisfaction_sum = 0;
  int64_t satisfaction_count = 0;

  StageCounts& operator+=(const StageCounts& other) {
    visits += other.visits;
    time_ms += other.time_ms;
    interactions += other.interactions;
    satisfaction_sum += other.satisfaction_sum;
    satisfaction_count += other.satisfaction_count;
    return *this;
  }
  friend bool operator==(const StageCounts&, const StageCounts&) = default;
};

// The counts of those stages that a journey has to do with: of most models few, however many the
// model has.
class UsedStages {
 public:
  struct Entry {
    int32_t stage = 0;  // index in the model
    bool visited = false;
    StageCounts counts;

    friend bool operator==(const Entry&, const Entry&) = default;
  };

  // Zero where it was not used.
  const StageCounts& At(int32_t stage) const {
    static constexpr StageCounts kNone;
    const auto at = Find(entries_, stage);
    return at != entries_.end() && at->stage == stage ? at->counts : kNone;
  }
  bool IsVisited(int32_t stage) const {
    const auto at = Find(entries_, stage);
    return at != entries_.end() && at->stage == stage && at->visited;
  }
  bool AnyVisited() const { return std::ranges::any_of(entries_, &Entry::visited); }

  // Adds it where it was not used yet. What an earlier call gave is then no longer valid.
  Entry& Use(int32_t stage) {
    if (entries_.capacity() == 0) entries_.reserve(kRoomAtFirst);
    const auto at = Find(entries_, stage);
    if (at != entries_.end() && at->stage == stage) return *at;
    return *entries_.insert(at, {stage, false, {}});
  }
  StageCounts& CountsOf(int32_t stage) { return Use(stage).counts; }

  void Reserve(size_t count) { entries_.reserve(count); }
  void Clear() { entries_.clear(); }
  std::span<const Entry> entries() const { return entries_; }  // by stage

 private:
  static constexpr size_t kRoomAtFirst = 4;

  template <class Entries>
  static auto Find(Entries& entries, int32_t stage) -> decltype(entries.begin()) {
    return std::ranges::lower_bound(entries, stage, {}, &Entry::stage);
  }

  std::vector<Entry> entries_;  // by stage
};

}  // namespace waymark::detect
