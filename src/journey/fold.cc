#include "journey/fold.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "journey/fold_step.h"

namespace waymark::journey {

void Position::Set(const model::OrderKey& key) {
  time = key.time;
  sequence = key.sequence;
  source_system.assign(key.source_system);
  id.assign(key.id);
}

void Effects::Clear() {
  session_id = {};
  session_start.reset();
  persona = target_group = {};
  placements.clear();
  places.clear();
  rated.reset();
  ratings.clear();
  scores.clear();
  entries.clear();
  stays.clear();
  ends.clear();
  fired = {};
  signals.clear();
  stage_changed = false;
  timers_fired.fill(0);
  arena.Clear();
}

std::string_view ToString(TimerKind kind) {
  static constexpr std::array<std::string_view, kTimerKinds> kNames = {
      "session", "status", "wait", "date", "target", "abandonment", "lifetime", "retention",
      "detector", "restart", "migration"};
  return kNames[static_cast<size_t>(kind)];
}

Fold::Fold(const CompiledModels& models, const FoldSettings& settings)
    : Fold(std::shared_ptr<const CompiledModels>(std::shared_ptr<void>(), &models), settings) {}

Fold::Fold(std::shared_ptr<const CompiledModels> models, const FoldSettings& settings)
    : models_(std::move(models)), settings_(settings) {}

model::CustomerStatus InitialStatus(const CompiledModels& models) {
  const CompiledCustomer* const customer = models.customer();
  return customer != nullptr && customer->has_status() ? model::CustomerStatus::kProspect
                                                       : model::CustomerStatus::kUnspecified;
}

State Fold::Initial(std::string_view profile_id) const {
  State state;
  state.profile_id.assign(profile_id);
  state.epoch = models_->epoch();
  state.families.resize(models_->families().size());
  state.customer.status = InitialStatus(*models_);
  return state;
}

bool Fold::IsInOrder(const State& state, const model::OrderKey& key) {
  if (base::Timestamp{key.time} <= state.fired_until) return false;
  return state.is_new() || key > state.position.view();
}

void Fold::Apply(State& state, const model::Interaction& interaction, Effects& effects) const {
  const model::OrderKey key = model::OrderOf(interaction);
  WAYMARK_CHECK(IsInOrder(state, key), "interactions are folded in their order");
  FoldStep step(*this, state, effects);
  step.FireDueBefore({key.time});
  if (settings_.keeps_measures) step.NoteFired();
  step.BeginAnewIfLapsed({key.time});
  step.Apply(interaction);
  state.position.Set(key);
  ++state.interactions;
  step.FindNextDue();
}

void Fold::TakeOver(State& state) const {
  state.epoch = models_->epoch();
  state.families.resize(models_->families().size());
  Effects effects;
  FoldStep(*this, state, effects).FindNextDue();
}

bool Fold::Agrees(const State& state) const {
  if (state.epoch == models_->epoch()) return true;
  const base::Timestamp since = models_->ChangedSince(state.epoch);
  return state.is_new() ||
         (base::Timestamp{state.position.time} < since && state.fired_until < since &&
          !Decides(state.migrations, since));
}

void Fold::AdvanceTo(State& state, base::Timestamp horizon, Effects& effects) const {
  if (state.next_due >= horizon) return;
  FoldStep step(*this, state, effects);
  step.FireDueBefore(horizon);
}

uint64_t RowHash(model::Text source_system, model::Text id) {
  return base::Hash64(id, base::Hash64(source_system));
}

void NoteReplaced(const State& before, State& after) {
  for (size_t f = 0; f < std::min(before.families.size(), after.families.size()); ++f) {
    const std::vector<Run>& olds = before.families[f].runs;
    std::vector<Run>& news = after.families[f].runs;
    const auto has = [](const std::vector<Run>& runs, base::Id96 id) {
      return std::any_of(runs.begin(), runs.end(), [&](const Run& r) { return r.id == id; });
    };
    for (const Run& old : olds) {
      for (Run& run : news) {
        if (run.id == old.id) run.replaces = old.replaces;
      }
      if (has(news, old.id)) continue;
      for (Run& run : news) {
        const bool same = run.key == old.key && run.started == old.started;
        if (same && !has(olds, run.id)) run.replaces.push_back(old.id);
      }
    }
  }
}

}  // namespace waymark::journey
