// The part of Task that writes state: snapshots to the topic, rows to the store, and back.
#include <algorithm>
#include <limits>

#include "codec/compact.h"
#include "codec/fold_state.h"
#include "codec/protobuf.h"
#include "engine/keys.h"
#include "engine/sorted_load.h"
#include "engine/task.h"
#include "engine/timeline.h"

namespace waymark::engine {
base::Result<TaskMark> Task::ReadMark() const {
  WAYMARK_ASSIGN_OR_RETURN(const auto text,
                           store_.Get(store::Family::kMeta, MetaKey(partition_, kTaskMarkName)));
  if (!text) return base::Status(base::StatusCode::kNotFound, "the store knows no such partition");
  const auto mark = TaskMark::Parse(*text);
  if (!mark) {
    return base::Status(base::StatusCode::kInvalid, "the store's mark is malformed");
  }
  return *mark;
}

bool Task::HasDueSnapshots(base::Timestamp now) const {
  if (!snapshots_urgent_.empty()) return true;
  return !snapshots_waiting_.empty() &&
         snapshots_waiting_.front().since + settings_.snapshot_interval <= now;
}

base::Status Task::WriteSnapshots(bool all) {
  WAYMARK_CHECK(touched_.empty(), "snapshots hold committed steps alone");
  for (Profile* const profile : snapshots_urgent_) {
    profile->snapshot_urgent = false;
    if (profile->snapshot_dirty) WAYMARK_RETURN_IF_ERROR(WriteSnapshot(*profile));
  }
  snapshots_urgent_.clear();
  while (!snapshots_waiting_.empty()) {
    const WaitingSnapshot& waiting = snapshots_waiting_.front();
    Profile& profile = *waiting.profile;
    const bool due = all || !profile.snapshot_dirty ||
                     waiting.since + settings_.snapshot_interval <= now_;
    if (!due) break;
    if (profile.snapshot_dirty) WAYMARK_RETURN_IF_ERROR(WriteSnapshot(profile));
    profile.snapshot_waiting = false;
    snapshots_waiting_.pop_front();
  }
  return {};
}

base::Status Task::WriteSnapshot(Profile& profile) {
  profile.snapshot_dirty = false;
  model::CustomerJourneys snapshot;
  effects_.arena.Clear();
  journey::Summarize(profile.state, effects_.arena, snapshot);
  snapshot.covers = steps_end_.value;
  snapshot.revision = revision_.value;
  canonical_.clear();
  codec::EncodeState(profile.state, canonical_, settings_.state_format);
  snapshot.fold = canonical_;
  snapshot.stale = profile.AwaitsRefold();
  snapshot.pending_from = profile.pending_from;
  floor_.clear();
  if (settings_.timeline.is_limited() &&
      settings_.state_format >= codec::kStateFormatWithFloors) {
    codec::CompactWriter floor(floor_);
    ProfileCache::WriteFloor(profile, floor);
    snapshot.floor = floor_;
  }
  value_.clear();
  codec::Encode(snapshot, value_);
  ++totals_.snapshots;
  return output_.Write(OutputTopic::kJourneys, partition_, profile.state.profile_id, value_);
}

base::Status Task::StoreTimelines() {
  SortedLoad rows(store_, store::Family::kTimelines, std::numeric_limits<size_t>::max());
  for (const Profile* const profile : store_dirty_) {
    value_ = ProfileKey(partition_, profile->state.profile_id);
    const size_t prefix = value_.size();
    for (const RecentRow& row : profile->recent) {
      value_.resize(prefix);
      value_.append(row.order);
      WAYMARK_RETURN_IF_ERROR(row.value.empty() ? rows.Erase(value_)
                                                : rows.PutKept(value_, row.value));
    }
  }
  return rows.Finish();
}

// As the store's mark says; where it does not, they are gone through once.
base::Result<int64_t> Task::CountStoredTimers() const {
  const auto stored = ReadMark();
  if (stored.ok() && stored->timers) return *stored->timers;
  const std::string prefix = PartitionPrefix(partition_);
  int64_t count = 0;
  WAYMARK_RETURN_IF_ERROR(store_.Scan(store::Family::kTimers, prefix, store::PrefixEnd(prefix),
                                      [&](std::string_view, std::string_view) {
                                        ++count;
                                        return true;
                                      }));
  return count;
}

void Task::EraseTimer(std::string_view key, store::Batch& batch) {
  batch.Erase(store::Family::kTimers, key);
  --*timers_stored_;
}

void Task::StoreProfile(Profile& profile, store::Batch& batch) {
  const std::string& id = profile.state.profile_id;
  const base::Timestamp due = profile.StoredDueAt();
  if (due != profile.stored_due) {
    if (profile.stored_due != base::Timestamp::max()) {
      EraseTimer(TimerKey(partition_, profile.stored_due, id), batch);
    }
    if (due != base::Timestamp::max()) {
      ++*timers_stored_;
      batch.Put(store::Family::kTimers, TimerKey(partition_, due, id), {});
    }
    profile.stored_due = due;
  }
  StorePending(profile, batch);
  if (profile.state.is_new()) return EraseProfile(profile, batch);
  profile.covers = steps_end_;
  value_.clear();
  const size_t state = ProfileCache::EncodeRow(profile, value_, settings_.state_format);
  batch.Put(store::Family::kProfiles, ProfileKey(partition_, id), value_);
  profile.store_dirty = false;
  profile.recent.clear();
  profile.kept.Rotate(profile.state, std::string_view(value_).substr(state), settings_.lateness);
  profile.NoteStored();
  cache_.SetBytes(profile, sizeof(Profile) + 640 + 3 * value_.size() + profile.kept.bytes());
}

void Task::StorePending(Profile& profile, store::Batch& batch) {
  const bool pending = !profile.pending_from.empty();
  if (pending == profile.pending_stored) return;
  const std::string key = MetaKey(partition_, kPendingName).append(profile.state.profile_id);
  if (pending) {
    batch.Put(store::Family::kMeta, key, {});
  } else {
    batch.Erase(store::Family::kMeta, key);
  }
  profile.pending_stored = pending;
}

base::Status Task::StoreKeptFolds(Profile& profile, store::Batch& batch) {
  const std::string prefix = ProfileKey(partition_, profile.state.profile_id);
  if (!profile.kept.wrong_from().empty()) {
    const auto wrong = store_.Read(store::Family::kFolds, prefix + profile.kept.wrong_from(),
                                   store::PrefixEnd(prefix));
    while (wrong->Next()) batch.Erase(store::Family::kFolds, wrong->key());
    WAYMARK_RETURN_IF_ERROR(wrong->status());
  }
  for (const KeptFold* const fold : profile.kept.TakeForStore()) {
    batch.Put(store::Family::kFolds, prefix + fold->order, fold->bytes);
  }
  return {};
}

void Task::StoreWaitingSnapshots(store::Batch& batch) {
  if (!settings_.publish_snapshots) return;
  value_.clear();
  codec::CompactWriter out(value_);
  for (const WaitingSnapshot& waiting : snapshots_waiting_) {
    if (waiting.profile->snapshot_dirty) out.Text(waiting.profile->state.profile_id);
  }
  batch.Put(store::Family::kMeta, MetaKey(partition_, kWaitingSnapshotsName), value_);
}

base::Status Task::QueueStoredSnapshots(base::Offset restore_from) {
  WAYMARK_ASSIGN_OR_RETURN(
      const auto row,
      store_.Get(store::Family::kMeta, MetaKey(partition_, kWaitingSnapshotsName)));
  codec::CompactReader in(row ? std::string_view(*row) : std::string_view());
  while (!in.at_end()) {
    const std::string_view profile_id = in.Text();
    if (in.failed()) {
      return {base::StatusCode::kStore, "the store's list of waiting snapshots is malformed",
              "remove the state folder (state.directory) to rebuild it from the topics"};
    }
    WAYMARK_ASSIGN_OR_RETURN(Profile* const profile, Find(profile_id));
    MarkChanged(*profile, false);
  }
  for (WaitingSnapshot& waiting : snapshots_waiting_) {
    waiting.from = restore_from;
    waiting.profile->changed_until = waiting.profile->timer_at = steps_end_;
  }
  return {};
}

// Every published snapshot holds the steps before `restore_from`, so that a profile changed by
// those alone is published. A change by a timer has no step: it came before the end of its mark.
void Task::ForgetPublished(const TaskMark& committed) {
  for (WaitingSnapshot& waiting : snapshots_waiting_) {
    Profile& profile = *waiting.profile;
    waiting.from = std::max(waiting.from, committed.restore_from);
    profile.timer_at = std::min(profile.timer_at, committed.steps_end);
    const bool published = committed.all_published
                               ? profile.changed_until <= committed.steps_end
                               : profile.changed_until <= committed.restore_from &&
                                     profile.timer_at < committed.restore_from;
    if (published) profile.snapshot_dirty = profile.snapshot_waiting = false;
  }
  std::erase_if(snapshots_waiting_,
                [](const auto& waiting) { return !waiting.profile->snapshot_waiting; });
  std::erase_if(snapshots_urgent_, [](Profile* profile) {
    if (!profile->snapshot_dirty) profile->snapshot_urgent = false;
    return !profile->snapshot_dirty;
  });
}

base::Status Task::Flush() {
  WAYMARK_CHECK(touched_.empty(), "only committed state is stored");
  // Timelines first: their rows are idempotent, so a crash between the two writes does no harm.
  WAYMARK_RETURN_IF_ERROR(StoreTimelines());
  if (!timers_stored_) {
    WAYMARK_ASSIGN_OR_RETURN(timers_stored_, CountStoredTimers());
  }
  // A scan that began anew may have met one twice.
  std::sort(stale_timers_.begin(), stale_timers_.end());
  stale_timers_.erase(std::unique(stale_timers_.begin(), stale_timers_.end()),
                      stale_timers_.end());
  store::Batch batch;
  for (const std::string& key : stale_timers_) EraseTimer(key, batch);
  stale_timers_.clear();
  for (Profile* const profile : store_dirty_) {
    WAYMARK_RETURN_IF_ERROR(StoreKeptFolds(*profile, batch));
    StoreProfile(*profile, batch);
  }
  TaskMark stored = mark();
  stored.timers = timers_stored_;
  batch.Put(store::Family::kMeta, MetaKey(partition_, kTaskMarkName), stored.ToText());
  StoreWaitingSnapshots(batch);
  WAYMARK_RETURN_IF_ERROR(store_.Write(batch));
  LetExpire();
  cache_.rows().Clear();
  for (Profile* const profile : store_dirty_) {
    if (!profile->state.is_new() || profile->IsInUse()) continue;
    timers_.Remove(*profile);
    cache_.Drop(*profile);
  }
  store_dirty_.clear();
  cache_.Evict(cache_budget_ / 2, [&](Profile& profile) { timers_.Remove(profile); });
  return {};
}

base::Status Task::AcceptRestored(const Arrival& arrival, base::Offset step_offset,
                                  const model::Step& step, std::string_view canonical) {
  WAYMARK_CHECK(restoring_, "restored steps are not published again");
  WAYMARK_ASSIGN_OR_RETURN(Profile* const profile, Find(arrival.profile_id));
  bool pending = step.pending;
  if (step_offset >= profile->covers) {
    const base::Offset until(step_offset.value + 1);
    profile->changed_until = std::max(profile->changed_until, until);
    pending = pending && !(profile->state.is_new() && profile->late.empty());
    NoteOldest(*profile, arrival.interaction->timestamp());
    WAYMARK_RETURN_IF_ERROR(pending ? TakeRestoredPending(*profile, arrival) : Accept(arrival));
  }
  // Rows are as published, whatever the fold of what is restored so far would say. Where the
  // snapshot holds this step, only its row may be missing.
  order_.clear();
  AppendOrderBytes(model::OrderOf(*arrival.interaction), order_);
  if (const std::string replaced = ReplacedOrder(step); !replaced.empty()) {
    profile->recent.Put(cache_.rows().Copy(replaced), {});
  }
  WAYMARK_RETURN_IF_ERROR(
      WriteStep(*profile, order_, canonical, arrival.origin, {}, pending));
  if (!profile->store_dirty) {
    profile->store_dirty = true;
    store_dirty_.push_back(profile);
  }
  return {};
}

}  // namespace waymark::engine
