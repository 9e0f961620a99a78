#pragma once

#include <mutex>
#include <set>
#include <vector>

#include "base/strong.h"

namespace waymark::app {

// The partitions that workers of this process own and have restored: what the store says of these
// is the deployment's word, of others it may be old. Safe from any thread.
class HeldPartitions {
 public:
  void Add(base::Partition partition) {
    const std::lock_guard lock(mutex_);
    held_.insert(partition);
  }
  void Remove(base::Partition partition) {
    const std::lock_guard lock(mutex_);
    held_.erase(partition);
  }
  // In rising order.
  std::vector<base::Partition> All() const {
    const std::lock_guard lock(mutex_);
    return {held_.begin(), held_.end()};
  }

 private:
  mutable std::mutex mutex_;
  std::set<base::Partition> held_;
};

}  // namespace waymark::app
