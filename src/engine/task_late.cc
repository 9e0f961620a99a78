// The part of Task that folds in what came late: at once, or pending first.
#include <algorithm>

#include "codec/fold_state.h"
#include "codec/protobuf.h"
#include "engine/keys.h"
#include "engine/task.h"
#include "engine/timeline.h"

namespace waymark::engine {

base::Status Task::FoldLate(Profile& profile) {
  totals_.late += static_cast<int64_t>(profile.late.size());
  const Timeline timeline = restoring_ ? Timeline::kMaybeAhead : Timeline::kOfState;
  WAYMARK_ASSIGN_OR_RETURN(LateRows late, ResolveLate(store_, partition_, profile, timeline));
  totals_.steps += late.added;
  totals_.duplicates += late.duplicates;
  if (late.empty() && timeline == Timeline::kOfState) {
    profile.late.clear();
    return {};
  }
  if (profile.state.is_new()) ++totals_.profiles;
  if (!late.rows.empty()) NoteOldest(profile, TimeOfOrder(late.rows.front().order));
  Refolding refolding(FoldOf(profile), store_, partition_, profile, timeline, std::move(late),
                      settings_.state_format);
  WAYMARK_RETURN_IF_ERROR(refolding.Begin());
  if (PutsOff(profile, refolding)) {
    WAYMARK_RETURN_IF_ERROR(Park(profile, refolding.late()));
    profile.late.clear();
    return {};
  }
  // What a re-fold from batch to batch has begun with is no longer so.
  if (refolding_profile_ == &profile) DropRefolding();
  ++totals_.refolds;
  counts_.refolds_in_memory += refolding.reads_store() ? 0 : 1;
  refold_left_ -= refolding.depth();
  WAYMARK_RETURN_IF_ERROR(refolding.Walk());
  refolding.Finish(horizon_);
  AddMeasures(refolding);
  refolding.MoveInto(profile);
  // What it changes comes of the last one that was late.
  const std::string_view trace =
      profile.late.empty() ? std::string_view() : profile.late.back().origin.traceparent;
  profile.late.clear();
  NoteMigration(profile);
  WAYMARK_RETURN_IF_ERROR(WriteChanges(profile, refolding.output(), trace));
  MarkChanged(profile, refolding.stage_changed());
  return {};
}

// Beside pending rows more of them cost nothing. What has been folded in can only be taken out at
// once, and a correction counts at other places than its own.
bool Task::PutsOff(const Profile& profile, Refolding& refolding) const {
  const bool can = !restoring_ && !profile.state.is_new() &&
                   settings_.state_format >= codec::kStateFormatWithPending;
  const LateRows& late = refolding.late();
  if (!can || late.removes_folded || late.corrects) return false;
  if (!profile.pending_from.empty() || profile.refolding) return true;
  if (refolds_waiting() >= settings_.refold.waiting_max) return false;
  return refolding.depth() > std::min(settings_.refold.depth_max, refold_left_);
}

base::Status Task::Park(Profile& profile, const LateRows& late) {
  // What a re-fold from batch to batch has taken in may be among the removed.
  if (!late.removed.empty() && refolding_profile_ == &profile) DropRefolding();
  for (const std::string& order : late.removed) {
    profile.recent.Put(cache_.rows().Copy(order), {});
  }
  counts_.late_pending += static_cast<int64_t>(late.rows.size());
  model::Interaction interaction;
  for (const LateRow& row : late.rows) {
    WAYMARK_RETURN_IF_ERROR(codec::Decode(row.bytes, interaction));
    effects_.Clear();
    canonical_.clear();
    EncodeCanonicalStep(profile.state.profile_id, row.bytes, nullptr, effects_, step_scratch_,
                        canonical_);
    profile.state.ids.Insert(row.hash);
    if (row.replaces.empty()) CountStep(interaction.channel);
    NotePending(profile, row.order);
    WAYMARK_RETURN_IF_ERROR(
        WriteStep(profile, row.order, canonical_, row.origin, row.replaces, true));
  }
  MarkChanged(profile, false);
  return {};
}

void Task::NotePending(Profile& profile, std::string_view order) {
  if (profile.pending_from.empty()) refolds_waiting_.push_back(profile.state.profile_id);
  if (profile.pending_from.empty() || order < profile.pending_from) profile.pending_from = order;
  if (refolding_profile_ == &profile) {
    if (refolding_->MustBeginAnewFor(order)) {
      DropRefolding();
    } else {
      refolding_->NotePending(order);
    }
  }
  profile.held = true;
}

base::Status Task::WriteChanges(Profile& profile, const RefoldOutput& changes,
                                std::string_view trace) {
  for (const std::string& order : changes.removed) {
    profile.recent.Put(cache_.rows().Copy(order), {});
  }
  for (const ChangedStep& step : changes.steps) {
    totals_.steps_revised += step.kind == ChangedStep::Kind::kRevised ? 1 : 0;
    if (step.kind == ChangedStep::Kind::kNew && !restoring_) CountStep(step.channel);
    if (restoring_) continue;  // rows are as published
    for (const journey::Score& score : step.scores) counts_.signals.Count(score);
    model::Origin origin = step.origin;
    origin.topic = step.topic;
    origin.traceparent = step.traceparent;
    WAYMARK_RETURN_IF_ERROR(WriteStep(profile, step.order, step.canonical, origin, step.replaces));
  }
  output_.SetTrace(trace);
  for (const std::string& signal : changes.retracted) {
    WAYMARK_RETURN_IF_ERROR(WriteSignal(signal, Change::kRetracted));
  }
  for (const ChangedSignal& signal : changes.signals) {
    WAYMARK_RETURN_IF_ERROR(
        WriteSignal(signal.canonical, signal.is_new ? Change::kNew : Change::kChanged));
  }
  return {};
}

// A slice of what is pending; the profiles take turns, each until its rows are folded in.
base::Status Task::FoldPending() {
  if (restoring_ || !has_refolds_queued()) return {};
  ++revision_.value;
  int64_t left = std::max(refold_left_, settings_.refold.batch_max / 4 + 1);
  while (left > 0) {
    if (!refolding_) {
      WAYMARK_ASSIGN_OR_RETURN(const bool more, NextPending(left));
      if (!more) return {};
      continue;
    }
    Profile& profile = *refolding_profile_;
    WAYMARK_ASSIGN_OR_RETURN(const bool at_end, refolding_->WalkSome(left));
    if (at_end) {
      WAYMARK_RETURN_IF_ERROR(EndRefolding());
    } else {
      WAYMARK_RETURN_IF_ERROR(WriteChanges(profile, refolding_->output(), {}));
      refolding_->output().steps.clear();
      MarkChanged(profile, false);
    }
  }
  return {};
}

// False: none is waiting that could be worked on in this batch. Whoever may be behind what was
// published of it catches up at once: if that took several transactions, what the first of them
// publish would be taken for the newest after another crash.
base::Result<bool> Task::NextPending(int64_t& left) {
  --left;
  if (refolds_waiting_.empty()) {
    if (!refolds_unqueued_ && refolds_from_.empty()) return false;
    WAYMARK_RETURN_IF_ERROR(QueueStoredRefolds());
    return true;
  }
  WAYMARK_ASSIGN_OR_RETURN(Profile* const profile, Find(refolds_waiting_.front()));
  refolds_waiting_.pop_front();
  profile->migration_noted = false;
  // What migrates comes before what is pending, as it did when it was published.
  WAYMARK_RETURN_IF_ERROR(Advance(*profile));
  if (MayBeBehind(*profile) && (profile->models_waiting || profile->WantsMigration())) {
    left -= profile->state.interactions;
    WAYMARK_RETURN_IF_ERROR(CatchUp(*profile));
    if (profile->AwaitsRefold()) refolds_waiting_.push_back(profile->state.profile_id);
    return true;
  }
  if (!profile->AwaitsRefold()) return true;
  // A profile's turn may come again in one batch.
  ++revision_.value;
  refolding_ = MakeRefolding(*profile);
  refolding_profile_ = profile;
  profile->refolding = true;
  WAYMARK_RETURN_IF_ERROR(refolding_->Begin());
  return true;
}

base::Status Task::EndRefolding() {
  Profile& profile = *refolding_profile_;
  const std::unique_ptr<Refolding> refolding = std::move(refolding_);
  profile.refolding = false;
  refolding_profile_ = nullptr;
  WAYMARK_RETURN_IF_ERROR(Settle(profile, *refolding));
  if (profile.AwaitsRefold()) refolds_waiting_.push_back(profile.state.profile_id);
  return {};
}

// The walk has come to the end of what the profile holds.
base::Status Task::Settle(Profile& profile, Refolding& refolding) {
  ++totals_.refolds;
  refolding.Finish(horizon_);
  AddMeasures(refolding);
  refolding.MoveInto(profile);
  switch (refolding.cause()) {
    case Refolding::Cause::kModels:
      profile.models_waiting = false;
      if (profile.state.epoch != target_) BringUp(profile);
      break;
    case Refolding::Cause::kPending: profile.pending_from = refolding.pending_from(); break;
    case Refolding::Cause::kMigration:
    case Refolding::Cause::kLate: break;
  }
  NoteMigration(profile);
  WAYMARK_RETURN_IF_ERROR(WriteChanges(profile, refolding.output(), {}));
  profile.held = Holds(profile);
  MarkChanged(profile, refolding.stage_changed());
  return {};
}

// It begins anew, in its turn.
void Task::DropRefolding() {
  refolds_waiting_.push_back(refolding_profile_->state.profile_id);
  refolding_profile_->refolding = false;
  refolding_profile_ = nullptr;
  refolding_.reset();
}

// Those of the store, and those in memory that it does not list yet; no more at a time than the
// queue holds.
base::Status Task::QueueStoredRefolds() {
  const std::string prefix = MetaKey(partition_, kPendingName);
  if (refolds_from_.empty()) {
    refolds_from_ = prefix;
    refolds_unqueued_ = false;
    cache_.ForEach([&](Profile& profile) {
      if (profile.IsListed() && !profile.listed) {
        refolds_waiting_.push_back(profile.state.profile_id);
      }
    });
  }
  std::string rest;
  WAYMARK_RETURN_IF_ERROR(store_.Scan(
      store::Family::kMeta, refolds_from_, store::PrefixEnd(prefix),
      [&](std::string_view key, std::string_view) {
        if (refolds_waiting_.size() >= settings_.refold.queued_max) {
          rest = key;
          return false;
        }
        refolds_waiting_.emplace_back(key.substr(prefix.size()));
        return true;
      }));
  refolds_from_ = std::move(rest);
  return {};
}

// A step that was pending when it was published stays so until its next revision.
base::Status Task::TakeRestoredPending(Profile& profile, const Arrival& arrival) {
  ++totals_.consumed;
  ++totals_.steps;
  const model::OrderKey key = model::OrderOf(*arrival.interaction);
  time_max_ = std::max(time_max_, arrival.interaction->timestamp());
  profile.state.ids.Insert(journey::RowHash(key.source_system, key.id));
  order_.clear();
  AppendOrderBytes(key, order_);
  NotePending(profile, order_);
  MarkChanged(profile, false);
  return {};
}

}  // namespace waymark::engine
