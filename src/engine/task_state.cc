// The part of Task that writes snapshots to the topic, and takes state back from the store and the
// topics.
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
  WAYMARK_RETURN_IF_ERROR(
      VisitAhead(snapshots_urgent_, 0, snapshots_urgent_.size(), [&](Profile& profile) {
        profile.snapshot_urgent = false;
        return profile.snapshot_dirty ? WriteSnapshot(profile) : base::Status();
      }));
  snapshots_urgent_.clear();
  while (!snapshots_waiting_.empty()) {
    const WaitingSnapshot& waiting = snapshots_waiting_.front();
    Profile& profile = *waiting.profile;
    const bool due = all || !profile.snapshot_dirty ||
                     waiting.since + settings_.snapshot_interval <= now_;
    if (!due) break;
    LookAheadOfSnapshots();
    if (profile.snapshot_dirty) WAYMARK_RETURN_IF_ERROR(WriteSnapshot(profile));
    profile.snapshot_waiting = false;
    snapshots_waiting_.pop_front();
  }
  return {};
}

void Task::LookAheadOfSnapshots() const {
  for (size_t step = 1; step < Lookahead::kSteps; ++step) {
    const size_t ahead = (Lookahead::kSteps - step) * Lookahead::kApart;
    if (ahead < snapshots_waiting_.size()) {
      Lookahead::Fetch(*snapshots_waiting_[ahead].profile, step);
    }
  }
}

base::Status Task::WriteSnapshot(Profile& profile) {
  profile.snapshot_dirty = false;
  model::CustomerJourneys& snapshot = snapshot_scratch_;
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
    floor.Finish();
    snapshot.floor = floor_;
  }
  value_.clear();
  codec::Encode(snapshot, value_);
  ++totals_.snapshots;
  return output_.Write(OutputTopic::kJourneys, partition_, profile.state.profile_id, value_);
}

base::Status Task::QueueStoredSnapshots(base::Offset restore_from) {
  const std::string key = MetaKey(partition_, kWaitingSnapshotsName);
  std::vector<std::string> rows;
  waiting_rows_.clear();
  WAYMARK_RETURN_IF_ERROR(store_.Scan(store::Family::kMeta, key, store::PrefixEnd(key),
                                      [&](std::string_view name, std::string_view ids) {
                                        if (name != key) waiting_rows_.emplace_back(name);
                                        rows.emplace_back(ids);
                                        return true;
                                      }));
  for (const std::string& row : rows) {
    codec::CompactReader in(row);
    while (!in.at_end()) {
      const std::string_view profile_id = in.Text();
      if (in.failed()) {
        return {base::StatusCode::kStore, "the store's list of waiting snapshots is malformed",
                "remove the state folder (state.directory) to rebuild it from the topics"};
      }
      WAYMARK_ASSIGN_OR_RETURN(Profile* const profile, Find(profile_id));
      MarkChanged(*profile, false);
    }
  }
  for (WaitingSnapshot& waiting : snapshots_waiting_) {
    Profile& profile = *waiting.profile;
    waiting.from = restore_from;
    // Its row may be ahead of the mark.
    profile.changed_until = profile.timer_at = std::max(steps_end_, profile.covers);
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
