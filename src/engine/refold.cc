#include "engine/refold.h"

#include <algorithm>
#include <iterator>

#include "base/check.h"
#include "codec/fold_state.h"
#include "codec/protobuf.h"
#include "engine/keys.h"
#include "engine/measuring.h"
#include "engine/timeline.h"
#include "journey/correction.h"

namespace waymark::engine {
namespace {

void CollectSignals(const journey::Effects& effects, std::map<std::string, std::string>& signals) {
  for (const model::Signal& signal : effects.signals) {
    if (signal.id.empty()) continue;  // none is published
    std::string bytes;
    codec::EncodeCanonical(signal, bytes);
    signals.insert_or_assign(std::string(signal.id), std::move(bytes));
  }
}

}  // namespace

// An interaction of the new set.
struct Refolding::Row {
  std::string_view order;
  std::string_view old_canonical;  // as published; empty: nowhere
  const model::Origin& origin;
  const LateRow* late = nullptr;
  bool was_pending = false;
};

Refolding::Refolding(const journey::Fold& fold, const store::Store& store,
                     base::Partition partition, const Profile& profile, Timeline timeline,
                     LateRows late, int state_format)
    : fold_(fold),
      old_fold_(&fold),
      store_(store),
      partition_(partition),
      profile_(profile),
      timeline_(timeline),
      late_(std::move(late)),
      state_format_(state_format),
      state_(fold.Initial(profile.state.profile_id)) {
  ChooseMigrations(timeline_ == Timeline::kMaybeAhead);
}

std::unique_ptr<Refolding> Refolding::OfWaiting(const journey::Fold& before,
                                                const journey::Fold& fold,
                                                const store::Store& store,
                                                base::Partition partition, const Profile& profile,
                                                int state_format, bool doubtful) {
  const Cause cause = profile.WantsMigration() ? Cause::kMigration
                      : &before != &fold        ? Cause::kModels
                                                : Cause::kPending;
  LateRows none;
  if (cause == Cause::kModels) {
    AppendNumber(fold.models().ChangedSince(before.models().epoch()).ms, none.from);
  } else if (cause == Cause::kPending) {
    none.from = profile.pending_from;
  }
  if (!none.from.empty()) none.from_time = TimeOfOrder(none.from);
  auto refolding = std::make_unique<Refolding>(fold, store, partition, profile,
                                               Timeline::kOfState, std::move(none), state_format);
  refolding->old_fold_ = &before;
  refolding->cause_ = cause;
  if (cause == Cause::kMigration || doubtful) refolding->ChooseMigrations(doubtful);
  return refolding;
}

// Where others than before count, it begins at the first of them.
void Refolding::ChooseMigrations(bool doubtful) {
  const journey::Migrations& before = profile_.state.migrations;
  const base::Timestamp changed_from = doubtful ? base::Timestamp::min() : late_.from_time;
  migrations_ = cause_ == Cause::kMigration ? journey::WithFirstWanted(before)
                                            : journey::Standing(before, changed_from);
  state_.migrations = migrations_;
  base::Timestamp first = journey::FirstDifference(before, migrations_);
  // A part of what is wanted may have been published already, by a walk that was given up.
  for (const journey::Migration& migration : before) {
    if (migration.wanted) first = std::min(first, migration.since);
  }
  migrations_differ_ = first != base::Timestamp::max();
  if (!migrations_differ_ || first > late_.from_time) return;
  late_.from.clear();
  AppendNumber(first.ms, late_.from);
  late_.from_time = first;
}

base::Status Refolding::Begin() {
  const KeptFold* const kept = profile_.kept.Before(late_.from, late_.from_time);
  const int64_t newest = kept == nullptr ? 0 : kept->interactions;
  const bool behind_all = kept == nullptr
                              ? profile_.stored_time == base::Timestamp::min()
                              : kept->is_store_head || kept->time > profile_.stored_time;
  reads_store_ = timeline_ == Timeline::kMaybeAhead || !behind_all || is_of_waiting();
  if (profile_.kept.stored_at() > newest &&
      profile_.state.interactions - newest > KeptFolds::kStoredSpacing) {
    WAYMARK_RETURN_IF_ERROR(BeginFromStore(newest));
  }
  if (!begin_.empty()) return {};
  if (kept != nullptr) return BeginFrom(kept->bytes, kept->order);
  if (profile_.floor.empty()) return {};
  return BeginFrom(profile_.floor, profile_.floor_order);
}

base::Status Refolding::BeginFromStore(int64_t newest) {
  const std::string prefix = ProfileKey(partition_, profile_.state.profile_id);
  const std::string end = prefix + std::string(profile_.kept.RightBefore(late_.from));
  WAYMARK_ASSIGN_OR_RETURN(const auto row, store_.ReadLast(store::Family::kFolds, prefix, end));
  if (!row || row->key.substr(prefix.size()) <= profile_.floor_order) return {};
  journey::State state;
  WAYMARK_RETURN_IF_ERROR(codec::DecodeState(row->value, fold_.models(), state));
  if (state.interactions <= newest) return {};
  return BeginFrom(row->value, std::string_view(row->key).substr(prefix.size()));
}

base::Status Refolding::BeginFrom(std::string_view bytes, std::string_view order) {
  if (auto status = codec::DecodeState(bytes, fold_.models(), state_); !status.ok()) {
    return {base::StatusCode::kStore, "a kept fold: " + status.message(),
            "remove the state folder (state.directory) to rebuild it from the topics"};
  }
  fold_.TakeOver(state_);
  state_.ids = {};
  state_.corrections.clear();
  state_.migrations = journey::DoneAndWanted(migrations_, state_.migrations);
  begin_ = order;
  begin_interactions_ = kept_at_ = state_.interactions;
  return {};
}

int64_t Refolding::depth() const {
  return profile_.state.interactions - begin_interactions_ +
         static_cast<int64_t>(late_.rows.size());
}

// Where the timeline is ahead of the state, it may hold corrections that the state lacks.
base::Status Refolding::LoadCorrections() {
  if (!fold_.settings().resolves_references) return {};
  const journey::FoldLimits& limits = fold_.settings().limits;
  const std::vector<journey::Correction>& old = profile_.state.corrections;
  WAYMARK_ASSIGN_OR_RETURN(corrections_, CorrectionsWith(old, late_, limits));
  if (timeline_ == Timeline::kMaybeAhead) {
    TimelineRows rows(store_, partition_, profile_, begin_, reads_store_);
    while (rows.Next()) {
      if (late_.removed.contains(rows.order())) continue;
      WAYMARK_ASSIGN_OR_RETURN(const TimelineValue parsed, ParseTimelineValue(rows.value()));
      WAYMARK_RETURN_IF_ERROR(codec::Decode(parsed.canonical, step_));
      if (!journey::IsCorrection(step_.interaction)) continue;
      AddCorrection(step_.interaction, step_.interaction_bytes, limits, corrections_);
    }
    WAYMARK_RETURN_IF_ERROR(rows.status());
  }
  WAYMARK_RETURN_IF_ERROR(old_corrections_.Load(old));
  return new_corrections_.Load(corrections_);
}

base::Status Refolding::Walk() {
  WAYMARK_RETURN_IF_ERROR(LoadCorrections());
  TimelineRows rows(store_, partition_, profile_, begin_, reads_store_);
  auto late = late_.rows.begin();
  bool more = rows.Next();
  if (timeline_ == Timeline::kMaybeAhead && (more || late != late_.rows.end())) {
    const bool late_first = !more || (late != late_.rows.end() && late->order < rows.order());
    NoteDifference(late_first ? std::string_view(late->order) : rows.order());
  }
  while (more || late != late_.rows.end()) {
    if (!more || (late != late_.rows.end() && late->order < rows.order())) {
      WAYMARK_RETURN_IF_ERROR(TakeLate(*late++));
      continue;
    }
    const bool same = late != late_.rows.end() && late->order == rows.order();
    WAYMARK_RETURN_IF_ERROR(TakeRow(rows.order(), rows.value(), same ? &*late++ : nullptr));
    more = rows.Next();
  }
  return rows.status();
}

base::Result<bool> Refolding::WalkSome(int64_t& left) {
  WAYMARK_CHECK(is_of_waiting() && late_.rows.empty(), "what is late lies in the timeline");
  if (walked_.empty()) WAYMARK_RETURN_IF_ERROR(LoadCorrections());
  TimelineRows rows(store_, partition_, profile_, walked_.empty() ? begin_ : walked_);
  while (left > 0 && rows.Next()) {
    --left;
    WAYMARK_RETURN_IF_ERROR(TakeRow(rows.order(), rows.value(), nullptr));
    walked_ = rows.order();
  }
  WAYMARK_RETURN_IF_ERROR(rows.status());
  return left > 0;
}

base::Status Refolding::TakeRow(std::string_view order, std::string_view value,
                                const LateRow* over) {
  WAYMARK_ASSIGN_OR_RETURN(const TimelineValue parsed, ParseTimelineValue(value));
  WAYMARK_RETURN_IF_ERROR(codec::Decode(parsed.step, step_));
  const bool removed = late_.removed.contains(order);
  const bool was_pending = step_.pending;
  if (was_pending && over == nullptr && !removed && !TakesPending(order)) return {};
  if (HasOtherRules() && order >= late_.from) NoteDifference(late_.from);
  if (removed || over != nullptr || was_pending) NoteDifference(order);
  NoteCorrected(step_.interaction, order);
  if (differ_ && !was_pending) ApplyOld(step_.interaction);
  if (over != nullptr) {
    WAYMARK_RETURN_IF_ERROR(codec::Decode(over->bytes, interaction_));
    ApplyNew(interaction_, over->bytes, {order, parsed.canonical, over->origin, over});
  } else if (removed) {
    output_.removed.emplace_back(order);
  } else {
    ApplyNew(step_.interaction, step_.interaction_bytes,
             {order, parsed.canonical, step_.origin, nullptr, was_pending});
  }
  return {};
}

bool Refolding::TakesPending(std::string_view order) {
  if (cause_ == Cause::kModels || cause_ == Cause::kMigration) return false;
  if (is_of_waiting() && were_pending_.size() < kPendingMax) return true;
  NotePending(order);
  return false;
}

// Timers matter only before the first row: from then on the rows lie behind all that has fired.
bool Refolding::MustBeginAnewFor(std::string_view order) const {
  if (HasPassed(order)) return false;
  const base::Timestamp time = TimeOfOrder(order);
  const bool decides = cause_ == Cause::kPending && journey::Decides(migrations_, time);
  return decides || time <= state_.fired_until;
}

// What the walk has yet to come by, it takes.
void Refolding::NotePending(std::string_view order) {
  const bool comes = were_pending_.size() < kPendingMax && order > walked_ && !walked_.empty();
  if (comes || (!pending_from_.empty() && order >= pending_from_)) return;
  pending_from_ = order;
}

base::Status Refolding::TakeLate(const LateRow& late) {
  NoteDifference(late.order);
  WAYMARK_RETURN_IF_ERROR(codec::Decode(late.bytes, interaction_));
  ApplyNew(interaction_, late.bytes, {late.order, {}, late.origin, &late});
  return {};
}

void Refolding::NoteDifference(std::string_view order) {
  if (differ_) return;
  differ_ = true;
  differ_from_ = order;
  differ_interactions_ = state_.interactions;
  old_ = state_;
  old_.migrations = journey::DoneAndWanted(profile_.state.migrations, state_.migrations);
  if (HasOtherRules()) old_fold_->TakeOver(old_);
}

// A correction that is new, or gone, makes a difference where it counts.
void Refolding::NoteCorrected(const model::Interaction& interaction, std::string_view order) {
  if (differ_ || (old_corrections_.empty() && new_corrections_.empty())) return;
  const model::Interaction* const before = old_corrections_.Apply(interaction);
  const model::Interaction* const after = new_corrections_.Apply(interaction);
  const bool same = before == nullptr || after == nullptr ? before == after : *before == *after;
  if (!same) NoteDifference(order);
}

void Refolding::ApplyOld(const model::Interaction& interaction) {
  effects_.Clear();
  const model::Interaction* const corrected = old_corrections_.Apply(interaction);
  const model::Interaction& counts = corrected == nullptr ? interaction : *corrected;
  old_fold_->Apply(old_, counts, effects_);
  AddMeasures(old_, &counts, -1);
  CollectSignals(effects_, old_signals_);
}

void Refolding::ApplyNew(const model::Interaction& interaction, std::string_view bytes,
                         const Row& row) {
  effects_.Clear();
  const model::Interaction* const corrected = new_corrections_.Apply(interaction);
  const model::Interaction& counts = corrected == nullptr ? interaction : *corrected;
  fold_.Apply(state_, counts, effects_);
  if (row.late != nullptr || timeline_ == Timeline::kMaybeAhead) {
    ids_.push_back(journey::RowHash(interaction.source.system, interaction.id));
  }
  if (differ_) {
    AddMeasures(state_, &counts, 1);
    CollectSignals(effects_, new_signals_);
    stage_changed_ |= effects_.stage_changed;
    canonical_.clear();
    EncodeCanonicalStep(profile_.state.profile_id, bytes, corrected, effects_, encoded_,
                        canonical_);
    if (row.was_pending || canonical_ != row.old_canonical) {
      auto& steps = row.was_pending ? were_pending_ : output_.steps;
      ChangedStep& changed = steps.emplace_back();
      changed.order = row.order;
      changed.canonical = canonical_;
      changed.origin = row.origin;
      changed.topic = row.origin.topic;
      changed.traceparent = row.origin.traceparent;
      changed.channel = interaction.channel;
      if (row.late != nullptr) changed.replaces = row.late->replaces;
      if (row.late != nullptr && row.late->replaces.empty()) changed.kind = ChangedStep::Kind::kNew;
      if (row.was_pending) changed.kind = ChangedStep::Kind::kPending;
      if (changed.kind != ChangedStep::Kind::kRevised) KeepScores(changed.scores);
    }
    Settle();
  }
  KeepWhereDue();
}

void Refolding::AddMeasures(const journey::State& state, const model::Interaction* interaction,
                            int sign) {
  if (fold_.settings().keeps_measures) Measure(state, interaction, effects_, sign, measures_);
}

// Without their texts, which live no longer than the effects.
void Refolding::KeepScores(std::vector<journey::Score>& scores) const {
  scores = effects_.scores;
  for (journey::Score& score : scores) score.touchpoint = score.channel = {};
}

// A signal's id is given once in a fold: one that both sides say alike is no difference any more.
void Refolding::Settle() {
  constexpr size_t kMany = 4096;
  if (new_signals_.size() < kMany + settled_left_) return;
  std::erase_if(new_signals_, [&](const auto& signal) {
    const auto old = old_signals_.find(signal.first);
    if (old == old_signals_.end() || old->second != signal.second) return false;
    old_signals_.erase(old);
    return true;
  });
  settled_left_ = new_signals_.size();
}

void Refolding::KeepWhereDue() {
  constexpr size_t kKeptMost = 1024;
  const size_t bytes = kept_.empty() ? 0 : kept_.back().bytes.size();
  if (state_.interactions - kept_at_ < KeptFolds::Spacing(bytes)) return;
  kept_at_ = state_.interactions;
  kept_.push_back(Keep(state_, state_format_));
  if (kept_.size() < kKeptMost) return;
  // A long way: they need not lie so close.
  for (size_t i = 0; i < kept_.size() / 2; ++i) kept_[i] = std::move(kept_[2 * i + 1]);
  kept_.resize(kept_.size() / 2);
}

void Refolding::Finish(base::Timestamp horizon) {
  if (HasOtherRules()) NoteDifference(late_.from);
  if (!differ_) return;
  effects_.Clear();
  // What the present batch applied in order has not fired its timers yet.
  old_fold_->AdvanceTo(old_, std::min(horizon, profile_.state.next_due), effects_);
  AddMeasures(old_, nullptr, -1);
  CollectSignals(effects_, old_signals_);
  effects_.Clear();
  fold_.AdvanceTo(state_, horizon, effects_);
  AddMeasures(state_, nullptr, 1);
  CollectSignals(effects_, new_signals_);
  stage_changed_ |= effects_.stage_changed;
  for (auto& [id, bytes] : new_signals_) {
    const auto old = old_signals_.find(id);
    const bool is_new = old == old_signals_.end();
    if (is_new || old->second != bytes) output_.signals.push_back({bytes, is_new});
  }
  for (auto& [id, bytes] : old_signals_) {
    if (!new_signals_.contains(id)) output_.retracted.push_back(bytes);
  }
  journey::NoteReplaced(profile_.state, state_);
  // As long as they are pending, the old set can be told from the new one.
  std::move(were_pending_.begin(), were_pending_.end(), std::back_inserter(output_.steps));
  were_pending_.clear();
}

void Refolding::MoveInto(Profile& profile) {
  if (!differ_) return;
  std::swap(state_.ids, profile.state.ids);
  for (const uint64_t id : ids_) state_.ids.Insert(id);
  state_.corrections = std::move(corrections_);
  profile.state = std::move(state_);
  profile.kept.DropFrom(differ_from_, TimeOfOrder(differ_from_));
  profile.kept.MarkWrongFrom(differ_from_, differ_interactions_);
  for (KeptFold& fold : kept_) profile.kept.Add(std::move(fold));
  if (timeline_ == Timeline::kOfState) return;
  profile.kept.ForgetStoreHead();
  profile.stored_time = std::max(profile.stored_time, {profile.state.position.time});
}

void EncodeCanonicalStep(std::string_view profile_id, std::string_view interaction_bytes,
                         const model::Interaction* corrected, journey::Effects& effects,
                         model::Step& scratch, std::string& out) {
  scratch.interaction_bytes = interaction_bytes;
  scratch.profile_id = profile_id;
  scratch.session_id = effects.session_id;
  scratch.session_start = effects.session_start;
  scratch.persona = effects.persona;
  scratch.target_group = effects.target_group;
  scratch.placements.swap(effects.placements);
  scratch.rated.swap(effects.rated);
  scratch.ratings.swap(effects.ratings);
  if (corrected != nullptr) scratch.corrected = *corrected;
  codec::EncodeCanonical(scratch, out);
  scratch.corrected.reset();
  scratch.placements.swap(effects.placements);
  scratch.rated.swap(effects.rated);
  scratch.ratings.swap(effects.ratings);
}

}  // namespace waymark::engine
