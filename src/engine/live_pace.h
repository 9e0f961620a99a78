#pragma once

#include <mutex>

#include "base/time.h"

namespace waymark::engine {

// How much a transaction gathers, and how long a changed profile waits for its snapshot.
struct Pace {
  base::Millis commit_interval{100};
  int64_t commit_records_max = 50'000;
  base::Millis snapshot_interval{10'000};
};

// The pace in force in a process: whoever reads settings anew sets it, and each worker takes it up
// with its next transaction. Safe for any thread.
class LivePace {
 public:
  explicit LivePace(const Pace& pace) : pace_(pace) {}

  Pace Get() const {
    const std::lock_guard lock(mutex_);
    return pace_;
  }
  void Set(const Pace& pace) {
    const std::lock_guard lock(mutex_);
    pace_ = pace;
  }

 private:
  mutable std::mutex mutex_;
  Pace pace_;
};

}  // namespace waymark::engine
