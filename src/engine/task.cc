#include "engine/task.h"

#include <algorithm>

#include "base/check.h"
#include "codec/fold_state.h"
#include "codec/protobuf.h"
#include "engine/keys.h"
#include "engine/timeline.h"
#include "journey/correction.h"

namespace waymark::engine {

using base::Timestamp;

Task::Task(base::Partition partition, const journey::Fold& fold, store::Store& store,
           Output& output, const TaskSettings& settings)
    : partition_(partition),
      folds_(fold),
      store_(store),
      output_(output),
      settings_(settings),
      stored_days_(partition, store),
      cells_(settings.measures.cells_per_day_max,
             settings.measures.store ? &stored_days_ : nullptr),
      cache_(partition, fold, store, open_),
      target_(folds_.epoch()),
      swept_(folds_.epoch()),
      cache_budget_(settings.cache_bytes_max) {
  cache_.SetKeepsFolds(settings.timeline.enabled);
}

void Task::Resume(const TaskMark& mark) {
  horizon_ = mark.horizon;
  time_max_ = mark.time_max;
  revision_ = mark.revision;
  steps_end_ = mark.steps_end;
  totals_ = mark.totals;
  swept_ = std::min(mark.swept, folds_.epoch());
}

Timestamp Task::watermark() const {
  return time_max_ == Timestamp::min() ? Timestamp::min() : time_max_ - settings_.disorder;
}

base::Offset Task::RestoreFrom() const {
  if (!settings_.publish_snapshots) return base::Offset(0);
  return snapshots_waiting_.empty() ? steps_end_ : snapshots_waiting_.front().from;
}

TaskMark Task::mark() const {
  TaskMark mark;
  mark.steps_end = steps_end_;
  mark.restore_from = RestoreFrom();
  mark.all_published = settings_.publish_snapshots && snapshots_waiting_.empty();
  mark.format = settings_.state_format;
  mark.has_timelines = settings_.timeline.enabled;
  mark.has_measures = settings_.measures.enabled;
  mark.horizon = horizon_;
  mark.time_max = time_max_;
  mark.revision = revision_;
  mark.models = folds_.current().models().fingerprint();
  mark.epoch = folds_.epoch();
  mark.swept = swept_;
  mark.totals = totals_;
  return mark;
}

void Task::RaiseStateFormat(int format) {
  settings_.state_format = std::max(settings_.state_format, format);
}

void Task::Begin(Timestamp now) {
  WAYMARK_CHECK(touched_.empty(), "the batch before was ended");
  ++revision_.value;
  now_ = now;
  if (!models_taken_up_) TakeUpModels();
}

void Task::BeginRestored(base::Revision revision, Timestamp processed) {
  revision_ = revision;
  now_ = processed;
}

void Task::Touch(Profile& profile) {
  timers_.Update(profile);
  if (profile.touched) return;
  profile.touched = true;
  touched_.push_back(&profile);
}

void Task::CountRatings(Profile& profile) {
  const journey::RatingState& ratings = profile.state.ratings;
  totals_.ratings_resolved += ratings.resolved - profile.ratings_resolved;
  totals_.ratings_unresolved += ratings.unresolved - profile.ratings_unresolved;
  profile.ratings_resolved = ratings.resolved;
  profile.ratings_unresolved = ratings.unresolved;
}

void Task::MarkChanged(Profile& profile, bool stage_changed) {
  CountRatings(profile);
  open_.Count(profile.state, profile.open);
  timers_.Update(profile);
  if (!profile.store_dirty) {
    profile.store_dirty = true;
    store_dirty_.push_back(&profile);
  }
  if (!settings_.publish_snapshots) return;
  profile.snapshot_dirty = true;
  if (!profile.snapshot_waiting) {
    profile.snapshot_waiting = true;
    snapshots_waiting_.push_back({&profile, now_, steps_end_});
  }
  const bool urgent = stage_changed && settings_.snapshot_on_stage_change;
  if (urgent && !profile.snapshot_urgent) {
    profile.snapshot_urgent = true;
    snapshots_urgent_.push_back(&profile);
  }
}

// As long as most are in memory, looking for them twice costs more than it saves.
base::Status Task::Load(std::span<const std::string_view> profile_ids) {
  constexpr int64_t kShare = 16;
  const ProfileCache::Lookups recent = cache_.lookups();
  const int64_t misses = recent.misses - looked_at_.misses;
  const int64_t all = misses + recent.hits - looked_at_.hits;
  looked_at_ = recent;
  return misses * kShare < all ? base::Status() : cache_.Load(profile_ids);
}

base::Status Task::Accept(const Arrival& arrival) {
  WAYMARK_ASSIGN_OR_RETURN(Profile* const profile, Find(arrival.profile_id));
  if (!restoring_ && MayBeBehind(*profile)) WAYMARK_RETURN_IF_ERROR(CatchUp(*profile));
  profile->caught_up = !restoring_;
  ++totals_.consumed;
  if (arrival.id_derived) ++totals_.ids_derived;
  CountArrival(arrival.interaction->timestamp());
  Touch(*profile);
  const model::OrderKey key = model::OrderOf(*arrival.interaction);
  if (!settings_.timeline.enabled) return AcceptInOrder(*profile, arrival, key);
  const bool maybe_known =
      profile->state.ids.MaybeContains(journey::RowHash(key.source_system, key.id));
  // A correction counts where the interaction stands that it is about.
  const bool corrects = folds_.current().settings().resolves_references &&
                        journey::IsCorrection(*arrival.interaction);
  const bool decides = journey::Decides(profile->state.migrations, {key.time});
  const bool in_order = !decides && journey::Fold::IsInOrder(profile->state, key);
  if (!maybe_known && !corrects && in_order) {
    return ApplyInOrder(*profile, arrival);
  }
  if (maybe_known && !restoring_) {
    WAYMARK_ASSIGN_OR_RETURN(const bool is_copy, IsExactCopy(*profile, arrival));
    if (is_copy) {
      ++totals_.late;
      ++totals_.duplicates;
      return {};
    }
  }
  AddLate(*profile, arrival);
  return {};
}

// Without timelines: what is not in order is a copy of the profile's last interaction or, while
// restoring, a step that its snapshot holds.
base::Status Task::AcceptInOrder(Profile& profile, const Arrival& arrival,
                                 const model::OrderKey& key) {
  if (journey::Fold::IsInOrder(profile.state, key)) return ApplyInOrder(profile, arrival);
  ++totals_.late;
  ++totals_.duplicates;
  return {};
}

base::Result<std::optional<codec::Refusal>> Task::Refuse(const Arrival& arrival) {
  using Nothing = std::optional<codec::Refusal>;
  const Timestamp time = arrival.interaction->timestamp();
  const Timestamp from = settings_.timeline.AcceptedFrom(horizon_);
  if (time < from) {
    return Nothing({model::DeadLetterReason::kOlderThanTimeline,
                    "time is " + base::FormatRfc3339(time) + ", timelines reach back to " +
                        base::FormatRfc3339(from)});
  }
  if (settings_.timeline.enabled) return Nothing();
  WAYMARK_ASSIGN_OR_RETURN(const Profile* const profile, Find(arrival.profile_id));
  const model::OrderKey key = model::OrderOf(*arrival.interaction);
  const journey::State& state = profile->state;
  const bool is_copy = key == state.position.view() && !state.is_new();
  if (is_copy || journey::Fold::IsInOrder(state, key)) return Nothing();
  const Timestamp reached = std::max(Timestamp{state.position.time}, state.fired_until);
  return Nothing({model::DeadLetterReason::kOlderThanTimeline,
                  "time is " + base::FormatRfc3339(time) + ", its customer has come to " +
                      base::FormatRfc3339(reached) + ", and no timelines are kept"});
}

// A copy of what already counts, to the byte, changes nothing whatever else came late.
base::Result<bool> Task::IsExactCopy(const Profile& profile, const Arrival& arrival) {
  order_.clear();
  AppendOrderBytes(model::OrderOf(*arrival.interaction), order_);
  WAYMARK_ASSIGN_OR_RETURN(const auto row, FindTimelineRow(store_, partition_, profile, order_));
  if (!row) return false;
  WAYMARK_ASSIGN_OR_RETURN(const TimelineValue value, ParseTimelineValue(*row));
  model::Step step;
  WAYMARK_RETURN_IF_ERROR(codec::Decode(value.canonical, step));
  return step.interaction_bytes == arrival.bytes;
}

base::Status Task::Reject(const model::DeadLetter& letter) {
  ++totals_.consumed;
  ++totals_.dead_letters[static_cast<size_t>(letter.reason)];
  return restoring_ ? base::Status() : output_.WriteDeadLetter(partition_, letter);
}

base::Status Task::ApplyInOrder(Profile& profile, const Arrival& arrival) {
  if (profile.state.is_new()) ++totals_.profiles;
  NoteOldest(profile, arrival.interaction->timestamp());
  effects_.Clear();
  const model::Interaction* corrected = nullptr;
  if (!profile.state.corrections.empty()) {
    WAYMARK_RETURN_IF_ERROR(corrections_.Load(profile.state.corrections));
    corrected = corrections_.Apply(*arrival.interaction);
  }
  FoldOf(profile).Apply(profile.state, corrected == nullptr ? *arrival.interaction : *corrected,
                        effects_);
  NoteMigration(profile);
  const model::OrderKey key = model::OrderOf(*arrival.interaction);
  if (settings_.timeline.enabled) {
    profile.state.ids.Insert(journey::RowHash(key.source_system, key.id));
    if (profile.kept.IsDue(profile.state.interactions)) {
      profile.kept.Add(Keep(profile.state, settings_.state_format));
    }
  }
  canonical_.clear();
  EncodeCanonicalStep(profile.state.profile_id, arrival.bytes, corrected, effects_, step_scratch_,
                      canonical_);
  order_.clear();
  if (settings_.timeline.enabled) AppendOrderBytes(key, order_);
  // Pending rows may lie behind what is in order.
  if (profile.refolding && refolding_->HasPassed(order_)) DropRefolding();
  ++totals_.steps;
  AddMeasures(profile, corrected == nullptr ? arrival.interaction : corrected);
  CountTimers();
  if (!restoring_) {
    CountStep(arrival.interaction->channel);
    for (const journey::Score& score : effects_.scores) counts_.signals.Count(score);
  }
  WAYMARK_RETURN_IF_ERROR(WriteStep(profile, order_, canonical_, arrival.origin, {}));
  WAYMARK_RETURN_IF_ERROR(WriteSignals());
  MarkChanged(profile, effects_.stage_changed);
  return {};
}

void Task::AddLate(Profile& profile, const Arrival& arrival) {
  model::Origin origin = arrival.origin;
  origin.topic = batch_arena_.Copy(origin.topic);
  origin.traceparent = batch_arena_.Copy(origin.traceparent);
  profile.late.push_back({batch_arena_.Copy(arrival.bytes), origin});
}

base::Status Task::WriteStep(Profile& profile, std::string_view order, std::string_view canonical,
                             const model::Origin& origin, std::string_view replaces,
                             bool pending) {
  step_scratch_.revision = revision_.value;
  step_scratch_.processed_time = now_.ms;
  step_scratch_.origin = origin;
  step_scratch_.pending = pending;
  step_scratch_.replaced_time.reset();
  step_scratch_.replaced_sequence = 0;
  if (!replaces.empty()) {
    step_scratch_.replaced_time = TimeOfOrder(replaces).ms;
    step_scratch_.replaced_sequence = SequenceOfOrder(replaces);
  }
  value_.clear();
  output_.SetTrace(origin.traceparent);
  if (!settings_.timeline.enabled) {
    if (restoring_) return {};
    value_ = canonical;
    codec::EncodeTransport(step_scratch_, value_);
    return output_.Write(OutputTopic::kSteps, partition_, profile.state.profile_id, value_);
  }
  AppendTimelineValue(canonical, {}, value_);
  codec::EncodeTransport(step_scratch_, value_);
  if (restoring_) {
    // What was in order has its row already.
    const RecentRow* const known = profile.recent.Find(order);
    if (known != nullptr && known->value == value_) return {};
  }
  const std::string_view kept = cache_.rows().Copy(value_);
  profile.recent.Put(cache_.rows().Copy(order), kept);
  if (restoring_) return {};
  WAYMARK_ASSIGN_OR_RETURN(const TimelineValue parsed, ParseTimelineValue(kept));
  return output_.Write(OutputTopic::kSteps, partition_, profile.state.profile_id, parsed.step);
}

void Task::CountArrival(Timestamp time) {
  time_max_ = std::max(time_max_, time);
  if (restoring_ || time >= horizon_) return;
  counts_.lateness.Observe(std::chrono::duration<double>(horizon_ - time).count());
}

void Task::CountTimers() {
  if (restoring_) return;
  for (size_t kind = 0; kind < journey::kTimerKinds; ++kind) {
    counts_.timers_fired[kind] += effects_.timers_fired[kind];
  }
}

void Task::CountStep(std::string_view channel) {
  constexpr size_t kChannelsMax = 1000;
  auto& counts = counts_.steps_by_channel;
  const auto at = counts.find(channel);
  if (at != counts.end()) {
    ++at->second;
    return;
  }
  if (counts.size() >= kChannelsMax) channel = "other";
  ++counts.try_emplace(channel, 0).first->second;
}

void Task::CountSignal(const model::Signal& signal) {
  ++totals_.signals[static_cast<size_t>(signal.kind)];
  if (restoring_) return;
  counts_.signals.Count(signal);
}

base::Status Task::WriteSignals() {
  for (model::Signal& signal : effects_.signals) {
    CountSignal(signal);
    if (restoring_ || !settings_.publish_signals) continue;
    signal.revision = revision_.value;
    WAYMARK_RETURN_IF_ERROR(output_.WriteSignal(partition_, signal));
  }
  return {};
}

base::Status Task::WriteSignal(std::string_view canonical, Change change) {
  model::Signal signal;
  WAYMARK_RETURN_IF_ERROR(codec::Decode(canonical, signal));
  if (change == Change::kNew) CountSignal(signal);
  if (change == Change::kRetracted) {
    --totals_.signals[static_cast<size_t>(signal.kind)];
    ++totals_.signals_retracted;
    if (!restoring_) counts_.signals.CountRetracted(signal);
  }
  if (restoring_ || !settings_.publish_signals) return {};
  signal.revision = revision_.value;
  signal.retracted = change == Change::kRetracted;
  return output_.WriteSignal(partition_, signal);
}

void Task::NoteOldest(Profile& profile, Timestamp time) {
  if (time >= profile.oldest) return;
  profile.oldest = time;
  profile.trim_due = TrimDue(time);
}

// While restoring the timelines may be ahead of the states, and what was forgotten is in the log;
// and what is pending is not folded in yet, or under other models.
bool Task::Holds(const Profile& profile) const {
  return restoring_ || profile.AwaitsRefold();
}

Timestamp Task::TrimDue(Timestamp oldest) const {
  return settings_.timeline.TrimDue(oldest, settings_.state_format);
}

base::Result<Profile*> Task::Find(std::string_view profile_id) {
  WAYMARK_ASSIGN_OR_RETURN(Profile* const profile, cache_.Get(profile_id));
  if (profile->trim_due == Timestamp::max()) profile->trim_due = TrimDue(profile->oldest);
  profile->forget_after = settings_.timeline.ForgetAfter(settings_.state_format);
  // The cache gives states as they were stored, which know the present families.
  const bool restores_earlier = target_ != folds_.epoch();
  if (profile->state.epoch != target_ || restores_earlier) BringUp(*profile);
  profile->held = Holds(*profile);
  if (profile->state.is_new()) WAYMARK_RETURN_IF_ERROR(BeginTimeline(*profile));
  return profile;
}

base::Status Task::Trim(Profile& profile) {
  const Timestamp cutoff = settings_.timeline.AcceptedFrom(horizon_);
  WAYMARK_RETURN_IF_ERROR(
      TrimTimeline(folds_.current(), store_, partition_, cutoff, settings_.state_format, profile));
  profile.trim_due = TrimDue(profile.oldest);
  ++totals_.trims;
  MarkChanged(profile, false);
  return {};
}

base::Status Task::SetRestoring(bool restoring, bool loading) {
  restoring_ = restoring;
  loading_ = loading;
  restored_until_ = Timestamp::min();
  // Trims that were due have been left in the store.
  if (!restoring) timers_scanned_ = Timestamp::min();
  migrated_later_ = true;
  models_taken_up_ = false;
  published_later_ = true;
  cache_.ForEach([&](Profile& profile) {
    profile.held = Holds(profile);
    profile.caught_up = false;
    timers_.Update(profile);
  });
  refolds_waiting_.clear();
  refolds_from_.clear();
  return restoring ? base::Status() : QueueStoredRefolds();
}

base::Status Task::Advance(Profile& profile) {
  if (profile.state.next_due >= fire_until()) return {};
  effects_.Clear();
  FoldOf(profile).AdvanceTo(profile.state, fire_until(), effects_);
  NoteMigration(profile);
  AddMeasures(profile, nullptr);
  CountTimers();
  output_.SetTrace({});
  WAYMARK_RETURN_IF_ERROR(WriteSignals());
  if (restoring_) profile.timer_at = kAtTheEnd;
  MarkChanged(profile, effects_.stage_changed);
  return {};
}

base::Status Task::FireTimers(Profile& profile) {
  WAYMARK_RETURN_IF_ERROR(Advance(profile));
  if (profile.held) return {};
  if (profile.ForgetDue() < horizon_) return Forget(profile);
  return profile.trim_due < horizon_ ? Trim(profile) : base::Status();
}

base::Status Task::EndBatch(Timestamp at_least, Timestamp at_most) {
  WAYMARK_RETURN_IF_ERROR(KnowOpen());
  if (!restoring_) ++revision_.value;
  refold_left_ = settings_.refold.batch_max;
  for (Profile* const profile : touched_) {
    if (!profile->late.empty()) WAYMARK_RETURN_IF_ERROR(FoldLate(*profile));
  }
  WAYMARK_RETURN_IF_ERROR(FoldPending());
  WAYMARK_RETURN_IF_ERROR(Sweep());
  const Timestamp horizon = std::min(std::max(watermark(), at_least), at_most);
  timers_left_ = false;
  // After a restore what was held meanwhile comes up first.
  if (horizon > horizon_ || (!restoring_ && timers_scanned_ < horizon_)) {
    const Timestamp wanted = std::max(horizon, horizon_);
    WAYMARK_ASSIGN_OR_RETURN(const Timestamp loaded, LoadStoredTimers(wanted));
    horizon_ = std::max(horizon_, loaded);
    restored_until_ = wanted;
    timers_left_ = loaded < wanted;
  }
  WAYMARK_RETURN_IF_ERROR(VisitAhead(touched_, 0, touched_.size(), [&](Profile& profile) {
    const base::Status fired = FireTimers(profile);
    profile.touched = false;
    return fired;
  }));
  touched_.clear();
  WAYMARK_RETURN_IF_ERROR(timers_.VisitDueBefore(
      fire_until(), [this](Profile& profile) { return FireTimers(profile); }));
  batch_arena_.Clear();
  WAYMARK_RETURN_IF_ERROR(WriteMeasures());
  // By now each that was restored has come by what it was to become.
  if (!restoring_ && !has_refolds_left() && !timers_left_) migrated_later_ = false;
  WAYMARK_CHECK(totals_.AddUp(), "every record ends as one step, duplicate or dead letter");
  return {};
}

void Task::Committed(base::Offset steps_end) {
  WAYMARK_CHECK(steps_end >= steps_end_, "the steps log only grows");
  steps_end_ = steps_end;
}

}  // namespace waymark::engine
