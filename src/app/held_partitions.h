#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "base/strong.h"

namespace waymark::app {

// The partitions that workers of this process own and have restored: what the store says of these
// is the deployment's word, of others it may be old. Safe from any thread.
class HeldPartitions {
 public:
  using Owner = const void*;

  void Add(base::Partition partition, Owner owner) {
    const std::lock_guard lock(mutex_);
    held_[partition] = owner;
  }
  // Nothing where another worker has it by now.
  void Remove(base::Partition partition, Owner owner) {
    const std::lock_guard lock(mutex_);
    const auto at = held_.find(partition);
    if (at != held_.end() && at->second == owner) held_.erase(at);
  }
  // In rising order.
  std::vector<base::Partition> All() const {
    const std::lock_guard lock(mutex_);
    std::vector<base::Partition> all;
    for (const auto& [partition, owner] : held_) all.push_back(partition);
    return all;
  }

 private:
  mutable std::mutex mutex_;
  std::map<base::Partition, Owner> held_;
};

}  // namespace waymark::app
