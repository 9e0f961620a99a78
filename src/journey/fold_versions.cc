// What a new version of a model does to the runs that are open when it takes effect.
#include <algorithm>

#include "journey/fold_step.h"

namespace waymark::journey {

using base::Timestamp;
using model::JourneyStatus;
using model::SignalKind;

// A run that was closed then and opened again later is restarted at once.
Timestamp FoldStep::RestartDue(const Run& run) const {
  const Timestamp at = fold_.models().RestartAt(*run.model);
  return at == Timestamp::max() ? at : std::max(at, run.last_activity);
}

// The new run stands at no stage until an interaction moves it: the conditions of the version are
// asked about interactions, and this run begins without one.
void FoldStep::Restart(FamilyState& family, Run& run, Timestamp due) {
  CountFired(TimerKind::kRestart);
  const CompiledModel& model = *fold_.models().InEffect(*run.model, due);
  now_ = due;
  const std::string key = run.key;
  const std::string last_id = run.last_id;
  Close(run, JourneyStatus::kRestarted, due, "version");
  Run& begun = AddRun(family, NewRun(model, key, NextOrdinal(family, key)));
  begun.last_id = last_id;
  Emit({SignalKind::kJourneyStarted, due, {}, "version"}, &begun, begun.last_id, {});
}

// Like a restart for a run that was closed then and opened again later.
Timestamp FoldStep::MigrationDue(const Run& run) const {
  const CompiledModel* const to = fold_.models().NextMigration(*run.model);
  if (to == nullptr || !fold_.settings().can_migrate) return Timestamp::max();
  const Migration* const known = FindMigration(run, *to);
  if (known != nullptr && known->wanted) return Timestamp::max();
  return std::max(to->definition.effective_from, run.last_activity);
}

const Migration* FoldStep::FindMigration(const Run& run, const CompiledModel& to) const {
  for (const Migration& migration : state_.migrations) {
    const bool same = migration.to == &to && migration.since == run.started &&
                      migration.key == run.key;
    if (same) return &migration;
  }
  return nullptr;
}

// A run that is still under the older version though the profile was folded again for it began
// before its timeline does. One that was closed when the version took effect keeps what it was.
void FoldStep::Migrate(Run& run, Timestamp due) {
  CountFired(TimerKind::kMigration);
  const CompiledModel& to = *fold_.models().NextMigration(*run.model);
  const bool reopened = due > to.definition.effective_from;
  if (reopened || FindMigration(run, to) != nullptr) {
    MapOnto(to, run, due);
  } else {
    state_.migrations.push_back({&to, run.key, run.started, true});
  }
}

// What detectors and filter had found so far is given up: it was about other rules.
void FoldStep::MapOnto(const CompiledModel& to, Run& run, Timestamp due) {
  const model::JourneyModel& from = run.model->definition;
  const model::JourneyModel& onto = to.definition;
  std::vector<int32_t> mapped;  // by stage; -1: none
  for (const model::Stage& stage : from.stages) {
    const auto target = onto.MappedStage(stage.name);
    mapped.push_back(target ? static_cast<int32_t>(*target) : -1);
  }
  detect::UsedStages stages;
  for (const detect::UsedStages::Entry& was : run.stages.entries()) {
    const int32_t target = mapped[static_cast<size_t>(was.stage)];
    if (target < 0) continue;
    detect::UsedStages::Entry& becomes = stages.Use(target);
    becomes.counts += was.counts;
    becomes.visited |= was.visited;
  }
  MovePlaces(run, mapped);
  std::vector<bool> once(onto.signals.size(), false);
  for (size_t s = 0; s < from.signals.size(); ++s) {
    for (size_t t = 0; run.once[s] && t < onto.signals.size(); ++t) {
      if (onto.signals[t].name == from.signals[s].name) once[t] = true;
    }
  }
  std::erase_if(run.trail.visits, [&](Trail::Visit& visit) {
    visit.stage = mapped[static_cast<size_t>(visit.stage)];
    return visit.stage < 0;
  });
  run.trail.station_entered = {};
  std::erase_if(run.first_entries, [&](FirstEntry& entry) {
    entry.stage = mapped[static_cast<size_t>(entry.stage)];
    return entry.stage < 0 || to.temporal_from.empty() ||
           !to.temporal_from[static_cast<size_t>(entry.stage)];
  });
  run.model = &to;
  if (run.stage >= 0) run.stage = mapped[static_cast<size_t>(run.stage)];
  run.station = -1;
  run.stages = std::move(stages);
  run.once = std::move(once);
  run.target_missed = run.disagrees = false;
  run.belief.clear();
  run.detectors = {};
  to.detectors.Place(PositionOf(run), due, run.detectors);
  effects_.stage_changed = true;
}

// What migrates is under its version from its start on.
bool FoldStep::IsInEffect(const CompiledModel& model) {
  const CompiledModel* migrated = nullptr;
  for (const Migration& migration : state_.migrations) {
    const bool counts = !migration.wanted && migration.since <= now_ &&
                        CompiledModels::AreVersions(*migration.to, model) &&
                        migration.key == migration.to->KeyOf(FactsOf(nullptr));
    if (!counts) continue;
    if (migrated == nullptr || migrated->definition.effective_from < migration.takes_effect()) {
      migrated = migration.to;
    }
  }
  if (migrated == nullptr || migrated->definition.effective_from <= now_) {
    return fold_.models().IsInEffect(model, now_);
  }
  return &model == migrated;
}

}  // namespace waymark::journey
