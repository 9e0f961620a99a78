#pragma once

#include <utility>
#include <vector>

#include <absl/container/btree_set.h>

#include "base/time.h"
#include "engine/lookahead.h"
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
  // Visits the profiles with a timer due before the limit; each comes up once. A visit may change
  // its own profile only.
  template <class Visit>
  base::Status VisitDueBefore(base::Timestamp limit, const Visit& visit) {
    const auto end = queue_.lower_bound({limit, nullptr});
    taken_.clear();
    for (auto at = queue_.begin(); at != end; ++at) taken_.push_back(at->second);
    queue_.erase(queue_.begin(), end);
    return VisitAhead(taken_, 0, taken_.size(), [&](Profile& profile) -> base::Status {
      profile.queued_due = base::Timestamp::max();
      if (profile.DueAt() < limit) WAYMARK_RETURN_IF_ERROR(visit(profile));
      Update(profile);
      return {};
    });
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
  std::vector<Profile*> taken_;
};

}  // namespace waymark::engine
