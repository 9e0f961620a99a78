#pragma once

#include <utility>

#include <absl/container/btree_set.h>

#include "base/time.h"
#include "engine/profile.h"

namespace waymark::engine {

// The cached profiles by the earliest due time of their timers. One entry a profile, moved only
// when its timer becomes earlier; a later one is put in again when the old entry comes up.
class TimerQueue {
 public:
  // To be called whenever a profile's state changed.
  void Update(Profile& profile) {
    if (profile.DueAt() >= profile.queued_due) return;
    Remove(profile);
    Insert(profile);
  }
  void Remove(Profile& profile) {
    if (profile.queued_due == base::Timestamp::max()) return;
    queue_.erase({profile.queued_due, &profile});
    profile.queued_due = base::Timestamp::max();
  }
  // Takes out a profile whose timer is due before the limit; null when there is none left.
  Profile* TakeDueBefore(base::Timestamp limit) {
    while (!queue_.empty() && queue_.begin()->first < limit) {
      Profile* const profile = queue_.begin()->second;
      queue_.erase(queue_.begin());
      profile->queued_due = base::Timestamp::max();
      if (profile->DueAt() < limit) return profile;
      Insert(*profile);
    }
    return nullptr;
  }
  size_t size() const { return queue_.size(); }
  void Clear() { queue_.clear(); }

 private:
  void Insert(Profile& profile) {
    if (profile.DueAt() == base::Timestamp::max()) return;
    profile.queued_due = profile.DueAt();
    queue_.insert({profile.queued_due, &profile});
  }
  absl::btree_set<std::pair<base::Timestamp, Profile*>> queue_;
};

}  // namespace waymark::engine
