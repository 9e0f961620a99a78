#include <algorithm>

#include "journey/fold_step.h"

namespace waymark::journey {
namespace {

using base::Timestamp;
using model::JourneyStatus;
using model::SignalKind;
using model::Text;

// Beyond the limit only what is known already.
void AddTo(base::TextSet& set, Text value, size_t limit) {
  if (value.empty() || set.Contains(value)) return;
  if (set.size() < limit) set.Insert(value);
}

SignalKind ClosingKind(JourneyStatus status) {
  switch (status) {
    case JourneyStatus::kCompleted: return SignalKind::kJourneyCompleted;
    case JourneyStatus::kAbandoned: return SignalKind::kAbandoned;
    case JourneyStatus::kSwitched: return SignalKind::kSwitched;
    default: return SignalKind::kLifecycle;
  }
}

Text ClosingName(JourneyStatus status) {
  switch (status) {
    case JourneyStatus::kExpired: return "expired";
    case JourneyStatus::kRestarted: return "restarted";
    default: return {};
  }
}

}  // namespace

detect::Facts FoldStep::FactsOf(const Run* run) {
  detect::CustomerFacts& customer = customer_facts_;
  customer.attributes = &state_.attributes;
  customer.account = state_.account;
  customer.status =
      state_.customer.inactive ? model::CustomerStatus::kInactive : state_.customer.status;
  customer.campaigns = state_.campaigns;
  customer.first_seen = state_.first_seen.value_or(now_);
  customer.session_start = state_.session.start;
  customer.session_interactions = state_.session.open ? state_.session.interactions : 0;
  detect::Facts facts;
  facts.interaction = interaction_ != nullptr ? interaction_ : &detect::NoInteraction();
  facts.now = now_;
  facts.customer = &customer;
  if (run == nullptr) return facts;
  detect::JourneyFacts& journey = journey_facts_;
  journey.stage = run->stage;
  journey.station = {};
  if (run->station >= 0) {
    const auto& stage = run->model->definition.stages[static_cast<size_t>(run->stage)];
    journey.station = stage.stations[static_cast<size_t>(run->station)].name;
  }
  journey.stages = &run->stages;
  journey.interactions = run->interactions;
  journey.relevant = run->relevant_set.size();
  journey.value_micros = run->value_micros;
  journey.started = run->started;
  journey.stage_entered = run->stage_entered;
  journey.last_activity = silent_since_;
  journey.touchpoints = &run->touchpoints;
  journey.channels = &run->channels;
  journey.detected = effects_.detected;
  facts.journey = &journey;
  return facts;
}

// Of it only the stage is known.
detect::Facts FoldStep::FactsOf(const PastRun& past) {
  detect::Facts facts = FactsOf(static_cast<const Run*>(nullptr));
  journey_facts_ = {};
  journey_facts_.stage = past.stage;
  facts.journey = &journey_facts_;
  return facts;
}

const CompiledModel* FoldStep::SelectModel(uint32_t family) {
  const detect::Facts facts = FactsOf(nullptr);
  for (const CompiledModel* model : fold_.models().of_family(family)) {
    if (!IsInEffect(*model)) continue;
    if (model->scope.Holds(facts)) return model;
  }
  return nullptr;
}

// An interaction without the key joins whatever is looked at first: the run that is most recent.
bool FoldStep::TakesKey(const Run& run) {
  if (!run.model->definition.journey.key) return true;
  const Text key = run.model->KeyOf(FactsOf(nullptr));
  return key.empty() || key == run.key;
}

Run* FoldStep::FindRun(FamilyState& family, bool has_keys) {
  // Without keys no more than one is open at a time.
  if (!has_keys && !family.runs.empty() && family.runs.back().is_open()) {
    return &family.runs.back();
  }
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

const PastRun* FoldStep::FindPast(const FamilyState& family) {
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

bool FoldStep::IsReentered(const PastRun& run) { return run.model->reentry.Holds(FactsOf(run)); }

bool FoldStep::IsReentered(const Run& run) {
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
  if (!model.definition.journey.reopen || !model.reopen.Holds(FactsOf(past))) return nullptr;
  Run run = NewRun(model, model.KeyOf(FactsOf(nullptr)), past.ordinal);
  if (past.stage >= 0) {
    run.stage = past.stage;
    run.stage_entered = now_;
    run.stages.Use(past.stage).visited = true;
  }
  family.past.erase(family.past.begin() + (&past - family.past.data()));
  Run& reopened = AddRun(family, std::move(run));
  MarkReopened(reopened);
  return &reopened;
}

void FoldStep::MarkReopened(Run& run) {
  run.status = JourneyStatus::kOpen;
  BeginTrailAnew(run);
  NoteFirstEntry(run, now_, interaction_->id);
  Emit({SignalKind::kReactivated, now_, "reopened", "reopen"}, &run, interaction_->id, {});
  effects_.stage_changed = true;
}

// The model is looked for only where another run may begin.
void FoldStep::Place(uint32_t family_index) {
  FamilyState& family = state_.families[family_index];
  effects_.findings.clear();
  effects_.detected.clear();
  Run* run = FindRun(family, fold_.models().has_keys(family_index));
  silent_since_ = run != nullptr ? run->last_activity : now_;
  const PastRun* const past = run == nullptr ? FindPast(family) : nullptr;
  if (past != nullptr) run = Reopen(family, *past);
  const bool reopened = run != nullptr && (past != nullptr || Reopen(*run));
  const bool may_begin = run != nullptr   ? !reopened && IsReentered(*run)
                         : past != nullptr ? IsReentered(*past)
                                           : true;
  const CompiledModel* const selected = may_begin ? SelectModel(family_index) : nullptr;
  if (selected == nullptr && run != nullptr) {
    TakeInto(*run, family_index);
    return;
  }
  if (selected == nullptr && past != nullptr) {
    AddPastPlacement(*past);
    return;
  }
  const bool is_first = run == nullptr && past == nullptr;
  if (selected == nullptr || (is_first && !selected->start.Holds(FactsOf(nullptr)))) return;
  if (run != nullptr && run->is_open()) {
    Close(*run, JourneyStatus::kCompleted, now_, "reentry");
  }
  silent_since_ = now_;
  TakeInto(StartRun(family, *selected), family_index);
}

void FoldStep::TakeInto(Run& run, uint32_t family) {
  Take(run);
  AddPlacement(run);
  NotePlace(family, run);
  ForgetClosed(state_.families[family]);
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

Run FoldStep::NewRun(const CompiledModel& model, Text key, uint32_t number) {
  Run run;
  run.model = &model;
  run.key.assign(key);
  run.ordinal = number;
  const Text ordinal(reinterpret_cast<const char*>(&run.ordinal), sizeof run.ordinal);
  run.id = HashOf({"journey", state_.profile_id, model.definition.family, run.key, ordinal});
  run.started = now_;
  run.last_activity = now_;
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
  const Text key = model.KeyOf(FactsOf(nullptr));
  Run& started = AddRun(family, NewRun(model, key, NextOrdinal(family, key)));
  Emit({SignalKind::kJourneyStarted, now_, {}, "journey"}, &started, interaction_->id, {});
  effects_.stage_changed = true;
  return started;
}

void FoldStep::Take(Run& run) {
  model::Placement& placement = effects_.placements.emplace_back();
  const int32_t before = run.stage;
  Consider(run);
  if (run.is_open()) {
    Detect(run);
    if (run.model->filter) run.model->filter->Take(FactsOf(&run), key_, run.belief);
    DecideStage(run, placement);
    DecideStation(run, run.stage != before);
    NoteDepartment(run, interaction_->source.department,
                   {now_, {&run.last_id, run.last_id.empty() ? 0U : 1U}, interaction_->id});
    run.model->detectors.Place(PositionOf(run), now_, run.detectors);
  }
  Collect(run);
  CheckSignalRules(run);
  if (run.is_open() && run.model->filter) CompareWithFilter(run);
  if (run.is_open()) CloseWhereDone(run, run.stage != before);
  ++run.interactions;
}

// The stage just entered may be one that closes the run.
bool FoldStep::CloseWhereStageDoes(Run& run, Timestamp time) {
  const auto& closes = run.model->definition.stages[static_cast<size_t>(run.stage)].closes;
  if (!closes) return false;
  Close(run, *closes, time, "stage");
  return true;
}

void FoldStep::CloseWhereDone(Run& run, bool stage_entered) {
  if (stage_entered && CloseWhereStageDoes(run, now_)) return;
  const auto& ends = run.model->ends;
  if (ends.empty()) return;
  const detect::Facts facts = FactsOf(&run);
  for (size_t end = 0; end < ends.size(); ++end) {
    if (!ends[end].Holds(facts)) continue;
    Close(run, run.model->definition.journey.ends[end].status, now_, "end");
    return;
  }
}

bool FoldStep::MayEnter(const Run& run, uint32_t stage, const detect::Facts& facts) const {
  const CompiledModel& model = *run.model;
  const auto number = static_cast<int32_t>(stage);
  if (model.definition.journey.forward_only && number < run.stage) return false;
  const std::vector<bool>& from = model.enter_from[stage];
  if (!from.empty() && number != run.stage &&
      (run.stage < 0 || !from[static_cast<size_t>(run.stage)])) {
    return false;
  }
  return model.enter[stage].Holds(facts);
}

void FoldStep::DecideStage(Run& run, model::Placement& placement) {
  if (run.model->filter && run.model->definition.filter->decides) {
    return DecideByFilter(run, placement);
  }
  const detect::Facts facts = FactsOf(&run);
  const int32_t before = run.stage;
  run.model->enter_index.ForEachCandidate(key_, [&](uint32_t stage) {
    if (!MayEnter(run, stage, facts)) return false;
    if (static_cast<int32_t>(stage) == before) return true;
    EnterStage(run, static_cast<int32_t>(stage), {now_, {}, interaction_->id});
    if (before >= 0) {
      placement.previous_stage = run.model->definition.stages[static_cast<size_t>(before)].name;
    }
    return true;
  });
}

void FoldStep::EnterStage(Run& run, int32_t stage, const Cause& cause) {
  const auto& stages = run.model->definition.stages;
  const model::Stage& entered = stages[static_cast<size_t>(stage)];
  const Text name = entered.name;
  Text previous;
  if (run.stage >= 0) {
    const model::Stage& left = stages[static_cast<size_t>(run.stage)];
    previous = left.name;
    const int64_t stay = (cause.time - run.stage_entered).count();
    run.stages.CountsOf(run.stage).time_ms += stay;
    model::Signal& signal =
        Emit({SignalKind::kStageLeft, cause.time, previous, "stage"}, &run, cause.id, name);
    AddEvidence(signal, cause.evidence);
    signal.stage = previous;
    signal.stage_duration_ms = stay;
  }
  LeaveStation(run, cause.time);
  const int32_t before = run.stage;
  run.stage = stage;
  HandOverStage(run, before, cause);
  run.stage_entered = cause.time;
  run.target_missed = false;
  detect::UsedStages::Entry& used = run.stages.Use(stage);
  const bool is_first = !used.visited;
  used.visited = true;
  ++used.counts.visits;
  NoteEntered(run, stage, is_first, cause.time);
  model::Signal& signal =
      Emit({SignalKind::kStageEntered, cause.time, name, "stage"}, &run, cause.id, previous);
  AddEvidence(signal, cause.evidence);
  signal.stage = name;
  signal.previous_stage = previous;
  effects_.stage_changed = true;
  if (run.model->temporal_pairs.empty()) return;
  if (is_first) CompareWithTemporalProfile(run, cause);
  NoteFirstEntry(run, cause.time, cause.id);
}

void FoldStep::DecideStation(Run& run, bool stage_changed) {
  if (stage_changed) run.station = -1;
  const int32_t before = run.station;
  if (run.stage < 0) return;
  const auto& stations = run.model->stations[static_cast<size_t>(run.stage)];
  if (stations.empty()) return;
  const detect::Facts facts = FactsOf(&run);
  for (size_t s = 0; s < stations.size(); ++s) {
    if (stations[s].Holds(facts)) {
      if (static_cast<int32_t>(s) != before) LeaveStation(run, now_);
      run.station = static_cast<int32_t>(s);
      if (run.station != before && keeps_measures()) run.trail.station_entered = now_;
      return;
    }
  }
}

// What is under consideration: all products that occur, or what the model's rule says.
void FoldStep::Consider(Run& run) {
  const auto& rule = run.model->definition.journey.relevant_set;
  if (!rule) {
    AddTo(run.relevant_set, interaction_->product, fold_.settings().limits.relevant_max);
    return;
  }
  const detect::Facts facts = FactsOf(&run);
  const Text value = detect::TextOf(rule->of, facts);
  auto& considered = run.considered;
  if (!value.empty() && run.model->relevant_out.Holds(facts)) {
    std::erase_if(considered, [&](const Considered& c) { return c.value == value; });
  } else if (!value.empty() && run.model->relevant_when.Holds(facts)) {
    considered.push_back({std::string(value), now_});
    if (considered.size() > static_cast<size_t>(rule->last)) considered.erase(considered.begin());
  }
  if (rule->within) {
    std::erase_if(considered,
                  [&](const Considered& c) { return now_ - c.time >= *rule->within; });
  }
  run.relevant_set.clear();
  for (const Considered& c : considered) {
    AddTo(run.relevant_set, c.value, static_cast<size_t>(model::kRelevantLastMax));
  }
}

void FoldStep::Collect(Run& run) {
  const model::Interaction& i = *interaction_;
  const FoldLimits& limits = fold_.settings().limits;
  if (run.is_open()) run.last_activity = now_;
  run.last_id.assign(i.id);
  TellPersonalContact(run);
  AddTo(run.touchpoints, i.touchpoint, limits.touchpoints_max);
  if (run.is_open() && !i.touchpoint.empty() && fold_.settings().resolves_references) {
    run.last_touchpoint = run.touchpoints.PlaceOf(i.touchpoint);
  }
  AddTo(run.channels, i.channel, limits.channels_max);
  if (i.value_micros && run.model->value.Holds(FactsOf(&run))) {
    int64_t sum = 0;
    // Sums stay exact: one that would overflow stops at the bound.
    if (__builtin_add_overflow(run.value_micros.value_or(0), *i.value_micros, &sum)) {
      sum = *i.value_micros > 0 ? INT64_MAX : INT64_MIN;
    }
    run.value_micros = sum;
  }
  if (run.stage >= 0) ++run.stages.CountsOf(run.stage).interactions;
}

void FoldStep::CheckSignalRules(Run& run) {
  const CompiledModel& model = *run.model;
  if (model.definition.signals.empty()) return;
  const detect::Facts facts = FactsOf(&run);
  model.signal_index.ForEachCandidate(key_, [&](uint32_t simple) {
    const uint32_t rule = model.simple_signals[simple];
    if (model.definition.signals[rule].once && run.once[rule]) return false;
    if (!model.signals[rule].Holds(facts)) return false;
    run.once[rule] = model.definition.signals[rule].once;
    EmitRule(run, rule, now_, {}, interaction_->id);
    return false;
  });
  EmitFindings(run, now_);
}

void FoldStep::Close(Run& run, JourneyStatus status, Timestamp time, Text detector) {
  run.status = status;
  run.closed = time;
  run.detectors = {};
  run.first_entries.clear();
  NoteEnd(run, time);
  const Text evidence = run.last_id;
  const Text name = ClosingName(status);
  // A run opened again may be closed twice at one time, each time by another interaction.
  const Text closer = interaction_ == nullptr ? Text() : interaction_->id;
  model::Signal& signal = Emit({ClosingKind(status), time, name, detector}, &run, evidence, closer);
  if (run.stage >= 0) {
    signal.stage = run.model->definition.stages[static_cast<size_t>(run.stage)].name;
  }
  const bool has_left = status == JourneyStatus::kAbandoned || status == JourneyStatus::kSwitched;
  if (has_left && run.last_touchpoint != 0) {
    signal.last_touchpoint = effects_.arena.Copy(run.touchpoints.At(run.last_touchpoint));
  }
  run.last_touchpoint = 0;
  run.department.clear();
  effects_.stage_changed = true;
}

void FoldStep::ForgetClosed(FamilyState& family) {
  const auto closed = [](const Run& run) { return !run.is_open(); };
  auto& runs = family.runs;
  const FoldLimits& limits = fold_.settings().limits;
  if (runs.size() <= limits.runs_closed_max) return;
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
  if (run.model->filter) AddProbabilities(run, placement);
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
