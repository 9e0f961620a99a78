#include <algorithm>

#include "journey/fold_step.h"

namespace waymark::journey {
namespace {

using base::Timestamp;
using model::JourneyStatus;
using model::SignalKind;
using model::Text;

void AddSorted(std::vector<std::string>& sorted, Text value, size_t limit) {
  if (value.empty()) return;
  const auto at = std::lower_bound(sorted.begin(), sorted.end(), value,
                                   [](const std::string& a, Text b) { return a < b; });
  if (at != sorted.end() && *at == value) return;
  if (sorted.size() < limit) sorted.emplace(at, value);
}

SignalKind ClosingKind(JourneyStatus status) {
  switch (status) {
    case JourneyStatus::kCompleted: return SignalKind::kJourneyCompleted;
    case JourneyStatus::kAbandoned: return SignalKind::kAbandoned;
    case JourneyStatus::kSwitched: return SignalKind::kSwitched;
    default: return SignalKind::kLifecycle;
  }
}

}  // namespace

detect::Facts FoldStep::FactsOf(const Run* run) const {
  detect::Facts facts;
  facts.interaction = interaction_;
  facts.profile = &state_.attributes;
  if (run != nullptr) {
    facts.stage = run->stage;
    facts.visited = &run->visited;
    facts.interactions = run->interactions;
  }
  return facts;
}

const CompiledModel* FoldStep::SelectModel(uint32_t family) const {
  const detect::Facts facts = FactsOf(nullptr);
  for (const CompiledModel* model : fold_.models().of_family(family)) {
    if (model->scope.Holds(facts)) return model;
  }
  return nullptr;
}

// An interaction without the key joins whatever is looked at first: the run that is most recent.
bool FoldStep::TakesKey(const Run& run) const {
  const Text key = run.model->KeyOf(FactsOf(&run));
  return key.empty() || key == run.key;
}

Run* FoldStep::FindRun(FamilyState& family) {
  Run* best = nullptr;
  for (Run& run : family.runs) {
    if (!TakesKey(run)) continue;
    const bool better = best == nullptr || run.is_open() > best->is_open() ||
                        (run.is_open() == best->is_open() &&
                         run.last_activity >= best->last_activity);
    if (better) best = &run;
  }
  return best;
}

const PastRun* FoldStep::FindPast(const FamilyState& family) const {
  const detect::Facts facts = FactsOf(nullptr);
  const CompiledModel* model = nullptr;
  uint64_t key = 0;
  for (auto at = family.past.rbegin(); at != family.past.rend(); ++at) {
    if (at->model != model) {
      model = at->model;
      key = base::Hash64(model->KeyOf(facts));
    }
    if (at->key_hash == key) return &*at;
  }
  return nullptr;
}

bool FoldStep::IsReentered(const PastRun& run, const CompiledModel* selected) const {
  if (selected == nullptr) return false;
  detect::Facts facts = FactsOf(nullptr);
  facts.stage = run.stage;
  return run.model->reentry.Holds(facts);
}

bool FoldStep::IsReentered(const Run& run, const CompiledModel* selected) const {
  if (selected == nullptr) return false;
  const CompiledModel& model = *run.model;
  if (!run.is_open()) return model.reentry.Holds(FactsOf(&run));
  if (run.stage < 0 || model.reentry_from.empty()) return false;
  return model.reentry_from[static_cast<size_t>(run.stage)] && model.reentry.Holds(FactsOf(&run));
}

bool FoldStep::Reopen(Run& run) {
  if (run.is_open() || !run.model->definition.journey.reopen) return false;
  if (!run.model->reopen.Holds(FactsOf(&run))) return false;
  MarkReopened(run);
  return true;
}

// Of a run that was forgotten only its place comes back; what it had collected does not.
Run* FoldStep::Reopen(FamilyState& family, const PastRun& past) {
  const CompiledModel& model = *past.model;
  detect::Facts facts = FactsOf(nullptr);
  facts.stage = past.stage;
  if (!model.definition.journey.reopen || !model.reopen.Holds(facts)) return nullptr;
  Run run = NewRun(model, past.ordinal);
  if (past.stage >= 0) {
    run.stage = past.stage;
    run.stage_entered = now_;
    run.visited[static_cast<size_t>(past.stage)] = true;
  }
  family.past.erase(family.past.begin() + (&past - family.past.data()));
  Run& reopened = AddRun(family, std::move(run));
  MarkReopened(reopened);
  return &reopened;
}

void FoldStep::MarkReopened(Run& run) {
  run.status = JourneyStatus::kOpen;
  Emit({SignalKind::kReactivated, now_, "reopened", "reopen"}, &run, interaction_->id, {});
  effects_.stage_changed = true;
}

void FoldStep::Place(uint32_t family_index) {
  FamilyState& family = state_.families[family_index];
  const CompiledModel* selected = SelectModel(family_index);
  Run* run = FindRun(family);
  const PastRun* const past = run == nullptr ? FindPast(family) : nullptr;
  if (past != nullptr) run = Reopen(family, *past);
  const bool reopened = run != nullptr && (past != nullptr || Reopen(*run));
  if (run != nullptr && (reopened || !IsReentered(*run, selected))) {
    Take(*run);
    AddPlacement(*run);
    NotePlace(family_index, *run);
    ForgetClosed(family);
    return;
  }
  if (run == nullptr) {
    if (past != nullptr && !IsReentered(*past, selected)) {
      AddPastPlacement(*past);
      return;
    }
    if (past == nullptr && (selected == nullptr || !selected->start.Holds(FactsOf(nullptr)))) {
      return;
    }
  } else if (run->is_open()) {
    Close(*run, JourneyStatus::kCompleted, now_, "reentry");
  }
  Run& started = StartRun(family, *selected);
  Take(started);
  AddPlacement(started);
  NotePlace(family_index, started);
  ForgetClosed(family);
}

uint32_t FoldStep::NextOrdinal(const FamilyState& family, Text key) const {
  uint32_t last = family.ordinal_removed;
  for (const Run& run : family.runs) {
    if (run.key == key) last = std::max(last, run.ordinal);
  }
  const uint64_t hash = base::Hash64(key);
  for (const PastRun& past : family.past) {
    if (past.key_hash == hash) last = std::max(last, past.ordinal);
  }
  return last + 1;
}

Run FoldStep::NewRun(const CompiledModel& model, uint32_t number) {
  Run run;
  run.model = &model;
  run.key.assign(model.KeyOf(FactsOf(nullptr)));
  run.ordinal = number;
  const Text ordinal(reinterpret_cast<const char*>(&run.ordinal), sizeof run.ordinal);
  run.id = HashOf({"journey", state_.profile_id, model.definition.family, run.key, ordinal});
  run.started = now_;
  run.last_activity = now_;
  run.stages.resize(model.definition.stages.size());
  run.visited.resize(model.definition.stages.size(), false);
  run.once.resize(model.definition.signals.size(), false);
  return run;
}

Run& FoldStep::AddRun(FamilyState& family, Run run) {
  const size_t open = static_cast<size_t>(std::count_if(
      family.runs.begin(), family.runs.end(), [](const Run& r) { return r.is_open(); }));
  if (open >= fold_.settings().limits.runs_open_max) {
    Run* silent = nullptr;
    for (Run& r : family.runs) {
      if (r.is_open() && (silent == nullptr || r.last_activity < silent->last_activity)) {
        silent = &r;
      }
    }
    Close(*silent, JourneyStatus::kAbandoned, now_, "runs-open-max");
  }
  family.runs.push_back(std::move(run));
  return family.runs.back();
}

Run& FoldStep::StartRun(FamilyState& family, const CompiledModel& model) {
  const uint32_t ordinal = NextOrdinal(family, model.KeyOf(FactsOf(nullptr)));
  Run& started = AddRun(family, NewRun(model, ordinal));
  Emit({SignalKind::kJourneyStarted, now_, {}, "journey"}, &started, interaction_->id, {});
  effects_.stage_changed = true;
  return started;
}

void FoldStep::Take(Run& run) {
  model::Placement& placement = effects_.placements.emplace_back();
  const int32_t before = run.stage;
  if (run.is_open()) {
    DecideStage(run, placement);
    DecideStation(run, run.stage != before);
  }
  Collect(run);
  CheckSignalRules(run);
  if (run.is_open()) CloseWhereDone(run, run.stage != before);
  ++run.interactions;
}

void FoldStep::CloseWhereDone(Run& run, bool stage_entered) {
  const model::JourneyModel& model = run.model->definition;
  if (stage_entered) {
    const auto& closes = model.stages[static_cast<size_t>(run.stage)].closes;
    if (closes) {
      Close(run, *closes, now_, "stage");
      return;
    }
  }
  const detect::Facts facts = FactsOf(&run);
  for (size_t end = 0; end < run.model->ends.size(); ++end) {
    if (!run.model->ends[end].Holds(facts)) continue;
    Close(run, model.journey.ends[end].status, now_, "end");
    return;
  }
}

void FoldStep::DecideStage(Run& run, model::Placement& placement) {
  const detect::Facts facts = FactsOf(&run);
  const CompiledModel& model = *run.model;
  for (const uint32_t stage : model.enter_index.Candidates(interaction_->action)) {
    if (model.definition.journey.forward_only && static_cast<int32_t>(stage) < run.stage) continue;
    const std::vector<bool>& from = model.enter_from[stage];
    const bool stays = static_cast<int32_t>(stage) == run.stage;
    if (!from.empty() && !stays && (run.stage < 0 || !from[static_cast<size_t>(run.stage)])) {
      continue;
    }
    if (!model.enter[stage].Holds(facts)) continue;
    if (!stays) EnterStage(run, static_cast<int32_t>(stage), placement);
    return;
  }
}

void FoldStep::EnterStage(Run& run, int32_t stage, model::Placement& placement) {
  const auto& stages = run.model->definition.stages;
  const auto& entered = stages[static_cast<size_t>(stage)];
  const Text name = entered.name;
  Text previous;
  if (run.stage >= 0) {
    const auto& left = stages[static_cast<size_t>(run.stage)];
    previous = left.name;
    const int64_t stay = (now_ - run.stage_entered).count();
    run.stages[static_cast<size_t>(run.stage)].time_ms += stay;
    model::Signal& signal =
        Emit({SignalKind::kStageLeft, now_, previous, "stage"}, &run, interaction_->id, name);
    signal.stage = previous;
    signal.stage_duration_ms = stay;
    const Text from = left.dimensions.owner;
    const Text to = entered.dimensions.owner;
    if (!from.empty() && !to.empty() && from != to) {
      char* both = effects_.arena.Take(from.size() + to.size() + 4);
      char* end = std::copy(from.begin(), from.end(), both);
      constexpr Text kArrow = " to ";
      end = std::copy(kArrow.begin(), kArrow.end(), end);
      end = std::copy(to.begin(), to.end(), end);
      model::Signal& handover =
          Emit({SignalKind::kHandover, now_, {both, static_cast<size_t>(end - both)}, "handover"},
               &run, interaction_->id, name);
      handover.stage = name;
      handover.previous_stage = previous;
    }
  }
  run.stage = stage;
  run.stage_entered = now_;
  run.target_missed = false;
  run.visited[static_cast<size_t>(stage)] = true;
  ++run.stages[static_cast<size_t>(stage)].visits;
  placement.previous_stage = previous;
  model::Signal& signal =
      Emit({SignalKind::kStageEntered, now_, name, "stage"}, &run, interaction_->id, previous);
  signal.stage = name;
  signal.previous_stage = previous;
  effects_.stage_changed = true;
}

void FoldStep::DecideStation(Run& run, bool stage_changed) {
  if (stage_changed) run.station = -1;
  if (run.stage < 0) return;
  const auto& stations = run.model->stations[static_cast<size_t>(run.stage)];
  const detect::Facts facts = FactsOf(&run);
  for (size_t s = 0; s < stations.size(); ++s) {
    if (stations[s].Holds(facts)) {
      run.station = static_cast<int32_t>(s);
      return;
    }
  }
}

void FoldStep::Collect(Run& run) {
  const model::Interaction& i = *interaction_;
  const FoldLimits& limits = fold_.settings().limits;
  if (run.is_open()) run.last_activity = now_;
  run.last_id.assign(i.id);
  AddSorted(run.touchpoints, i.touchpoint, limits.touchpoints_max);
  AddSorted(run.channels, i.channel, limits.channels_max);
  AddSorted(run.relevant_set, i.product, limits.relevant_max);
  if (i.value_micros && run.model->value.Holds(FactsOf(&run))) {
    int64_t sum = 0;
    // Sums stay exact: one that would overflow stops at the bound.
    if (__builtin_add_overflow(run.value_micros.value_or(0), *i.value_micros, &sum)) {
      sum = *i.value_micros > 0 ? INT64_MAX : INT64_MIN;
    }
    run.value_micros = sum;
  }
  if (run.stage >= 0) ++run.stages[static_cast<size_t>(run.stage)].interactions;
  if (i.IsCustomer() && !run.personal_contact && run.model->IsPersonal(i.channel)) {
    run.personal_contact = true;
    Emit({SignalKind::kFirstPersonalContact, now_, i.channel, "personal-contact"}, &run, i.id, {});
  }
}

void FoldStep::CheckSignalRules(Run& run) {
  const CompiledModel& model = *run.model;
  const detect::Facts facts = FactsOf(&run);
  for (const uint32_t rule : model.signal_index.Candidates(interaction_->action)) {
    const model::SignalRule& definition = model.definition.signals[rule];
    if ((definition.once && run.once[rule]) || !model.signals[rule].Holds(facts)) continue;
    run.once[rule] = definition.once;
    model::Signal& signal = Emit({definition.kind, now_, definition.name, definition.name}, &run,
                                 interaction_->id, {});
    if (run.stage >= 0) {
      signal.stage = model.definition.stages[static_cast<size_t>(run.stage)].name;
    }
  }
}

void FoldStep::Close(Run& run, JourneyStatus status, Timestamp time, Text detector) {
  run.status = status;
  run.closed = time;
  const Text evidence = run.last_id;
  const Text name = status == JourneyStatus::kExpired ? Text("expired") : Text();
  // A run opened again may be closed twice at one time, each time by another interaction.
  const Text closer = interaction_ == nullptr ? Text() : interaction_->id;
  model::Signal& signal = Emit({ClosingKind(status), time, name, detector}, &run, evidence, closer);
  if (run.stage >= 0) {
    signal.stage = run.model->definition.stages[static_cast<size_t>(run.stage)].name;
  }
  effects_.stage_changed = true;
}

void FoldStep::ForgetClosed(FamilyState& family) {
  const auto closed = [](const Run& run) { return !run.is_open(); };
  auto& runs = family.runs;
  const FoldLimits& limits = fold_.settings().limits;
  while (static_cast<size_t>(std::count_if(runs.begin(), runs.end(), closed)) >
         limits.runs_closed_max) {
    const auto oldest = std::find_if(runs.begin(), runs.end(), closed);
    family.past.push_back({base::Hash64(oldest->key), oldest->ordinal, oldest->stage,
                           oldest->model, oldest->closed});
    runs.erase(oldest);
    if (family.past.size() > limits.runs_past_max) family.past.erase(family.past.begin());
  }
}

void FoldStep::AddPlacement(const Run& run) {
  const model::JourneyModel& model = run.model->definition;
  model::Placement& placement = effects_.placements.back();
  placement.family = model.family;
  placement.model = model.name;
  placement.model_version = model.version;
  placement.journey_id = IdText(run.id);
  placement.department = interaction_->source.department;
  if (run.stage < 0) return;
  const model::Stage& stage = model.stages[static_cast<size_t>(run.stage)];
  placement.stage = stage.name;
  placement.stage_entered = run.stage_entered.ms;
  if (placement.department.empty()) placement.department = stage.dimensions.owner;
  if (run.station >= 0) placement.station = stage.stations[static_cast<size_t>(run.station)].name;
}

void FoldStep::AddPastPlacement(const PastRun& past) {
  const model::JourneyModel& model = past.model->definition;
  model::Placement& placement = effects_.placements.emplace_back();
  placement.family = model.family;
  placement.model = model.name;
  placement.model_version = model.version;
  const Text ordinal(reinterpret_cast<const char*>(&past.ordinal), sizeof past.ordinal);
  const Text key = past.model->KeyOf(FactsOf(nullptr));
  placement.journey_id =
      IdText(HashOf({"journey", state_.profile_id, model.family, key, ordinal}));
  placement.department = interaction_->source.department;
  if (past.stage >= 0) placement.stage = model.stages[static_cast<size_t>(past.stage)].name;
}

}  // namespace waymark::journey
