#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>

#include "base/strong.h"

namespace waymark::engine {

// Who may write the rows of a partition in the store that the process shares. A worker that was
// given a partition takes it over from whoever had it before, be it one that did not notice yet
// that it lost it, or a shadow. Safe to use from many threads.
class PartitionClaims {
 public:
  using Owner = const void*;

  // Waits until nobody is writing; the owner before may write no more.
  void Claim(base::Partition partition, Owner owner);
  // False where somebody has it. When somebody claims it from this owner, `hand_over` is called
  // first, on the claiming thread, with the partition held; it may write for the last time.
  bool ClaimIfFree(base::Partition partition, Owner owner, std::function<void()> hand_over);
  // Nothing where it is somebody else's.
  void Release(base::Partition partition, Owner owner);
  // Held while writing; nothing where another has the partition.
  std::optional<std::unique_lock<std::mutex>> Hold(base::Partition partition, Owner owner);
  // Also where nobody has it: whoever had taken it over has let go of it.
  std::optional<std::unique_lock<std::mutex>> HoldOrReclaim(base::Partition partition,
                                                            Owner owner);

 private:
  struct Claimed {
    std::mutex mutex;
    Owner owner = nullptr;
    std::function<void()> hand_over;
  };
  Claimed& Of(base::Partition partition);

  std::mutex mutex_;
  std::map<base::Partition, Claimed> claims_;
};

}  // namespace waymark::engine
