// The part of Task that forgets: profiles that lapsed so long ago that nothing can come any more
// that would go on with them, and rows of timelines that no fold reads.
//
// A forgotten profile is null in the journeys, and a null step, the erase mark, tells restores
// where in the log it was forgotten. Its rows among the timelines are left to the store.
#include <algorithm>

#include "codec/fold_state.h"
#include "codec/protobuf.h"
#include "engine/keys.h"
#include "engine/task.h"
#include "engine/timeline.h"

namespace waymark::engine {

using base::Timestamp;

// The store may hold rows of an earlier profile of that name, which was forgotten.
base::Status Task::BeginTimeline(Profile& profile) {
  const bool has_rows = settings_.timeline.enabled && settings_.timeline.is_limited();
  if (!profile.floor_order.empty() || !has_rows) return {};
  if (!loading_) {
    // What is accepted from now on, or was behind the stored state.
    const Timestamp from = settings_.timeline.AcceptedFrom(horizon_);
    if (from > Timestamp::min()) AppendNumber(from.ms, profile.floor_order);
    return {};
  }
  // Rows came from steps that every snapshot holds, and of this profile there is none.
  const std::string prefix = ProfileKey(partition_, profile.state.profile_id);
  WAYMARK_ASSIGN_OR_RETURN(const auto last, store_.ReadLast(store::Family::kTimelines, prefix,
                                                            store::PrefixEnd(prefix)));
  if (last) profile.floor_order = last->key.substr(prefix.size());
  return {};
}

base::Status Task::Forget(Profile& profile) {
  const std::string_view id = profile.state.profile_id;
  --totals_.profiles;
  ++totals_.forgotten;
  if (settings_.publish_snapshots) {
    WAYMARK_RETURN_IF_ERROR(output_.Write(OutputTopic::kJourneys, partition_, id, std::nullopt));
  }
  WAYMARK_RETURN_IF_ERROR(output_.Write(OutputTopic::kSteps, partition_, id, std::nullopt));
  ClearForgotten(profile);
  return BeginTimeline(profile);
}

// What is left of it in memory is written as erased by the next round of storing, unless it begins
// anew.
void Task::ClearForgotten(Profile& profile) {
  profile.state = folds_.At(target_).Initial(std::string(profile.state.profile_id));
  profile.ratings_resolved = profile.ratings_unresolved = 0;
  open_.Count(profile.state, profile.open);
  profile.recent.clear();
  profile.late.clear();
  profile.kept.ForgetAll();
  profile.floor_order.clear();
  profile.floor.clear();
  profile.pending_from.clear();
  profile.models_waiting = false;
  profile.oldest = profile.trim_due = Timestamp::max();
  profile.snapshot_dirty = false;
  if (profile.store_dirty) return;
  profile.store_dirty = true;
  store_dirty_.push_back(&profile);
}

base::Status Task::ForgetRestored(std::string_view profile_id, base::Offset mark_offset) {
  WAYMARK_ASSIGN_OR_RETURN(Profile* const profile, Find(profile_id));
  if (mark_offset < profile->covers) return {};  // It began anew before it was stored.
  std::string last;
  if (!profile->state.is_new()) {
    --totals_.profiles;
    AppendOrderBytes(profile->state.position.view(), last);
  }
  model::Interaction interaction;
  for (const LateArrival& arrival : profile->late) {
    WAYMARK_RETURN_IF_ERROR(codec::Decode(arrival.bytes, interaction));
    std::string order;
    AppendOrderBytes(model::OrderOf(interaction), order);
    last = std::max(last, order);
    --totals_.consumed;  // It is not going to be a step; the totals come with the mark.
  }
  // Rows behind may be there already, of the profile that began anew. Those before it must not
  // become its own: what was known of the floor goes with this object.
  std::vector<std::string> rows;
  TimelineRows timeline(store_, partition_, *profile, {});
  while (timeline.Next() && timeline.order() <= last) rows.emplace_back(timeline.order());
  WAYMARK_RETURN_IF_ERROR(timeline.status());
  last = std::max(last, profile->floor_order);
  ClearForgotten(*profile);
  for (const std::string& order : rows) {
    profile->recent.Put(cache_.rows().Copy(order), {});
  }
  profile->floor_order = std::move(last);
  return {};
}

void Task::EraseProfile(Profile& profile, store::Batch& batch) {
  batch.Erase(store::Family::kProfiles, ProfileKey(partition_, profile.state.profile_id));
  profile.store_dirty = false;
  profile.recent.DropStored();
}

// Rows before what every profile has been trimmed to, once that is durable. Trims wait for what is
// pending.
std::optional<Timestamp> Task::ExpiredBefore() const {
  const bool may = settings_.state_format >= codec::kStateFormatWithFloors;
  if (!may || restoring_ || has_refolds_left()) return std::nullopt;
  // Trims that are due later have not come up.
  const Timestamp trimmed = std::min(horizon_, timers_scanned_);
  const Timestamp cutoff = settings_.timeline.ExpiredBefore(trimmed);
  return cutoff == Timestamp::min() ? std::nullopt : std::optional(cutoff);
}

void Task::LetExpire(Timestamp cutoff) {
  store_.SetExpired(PartitionPrefix(partition_), [cutoff](std::string_view key) {
    return TimeOfOrder(OrderOfKey(key)) < cutoff;
  });
}

}  // namespace waymark::engine
