// The part of Task that brings stored timers up.
#include <algorithm>

#include "engine/keys.h"
#include "engine/task.h"

namespace waymark::engine {

using base::Timestamp;

// Loads the profiles whose stored timers are due before the horizon, the earliest first and no more
// than a batch takes, and gives how far the horizon may rise: what it has passed must have fired in
// the same transaction, since a restore takes that for published. Timers of one millisecond can't
// be parted by a horizon, so that they come together.
base::Result<Timestamp> Task::LoadStoredTimers(Timestamp horizon) {
  std::vector<std::string> due;
  WAYMARK_RETURN_IF_ERROR(store_.Scan(
      store::Family::kTimers, TimerBound(partition_, timers_scanned_),
      TimerBound(partition_, horizon), [&](std::string_view key, std::string_view) {
        const Timestamp at = DueOfTimerKey(key);
        if (due.size() >= settings_.timers_batch_max && at != DueOfTimerKey(due.back())) {
          horizon = at;
          return false;
        }
        due.emplace_back(key);
        return true;
      }));
  timers_scanned_ = horizon;
  for (std::string& key : due) {
    WAYMARK_ASSIGN_OR_RETURN(Profile* const profile, Find(ProfileOfTimerKey(key)));
    timers_.Update(*profile);
    const bool stale =
        key != TimerKey(partition_, profile->stored_due, profile->state.profile_id);
    if (stale) stale_timers_.push_back(std::move(key));
  }
  return horizon;
}

}  // namespace waymark::engine
