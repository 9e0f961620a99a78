#include <algorithm>

#include "journey/fold_step.h"

namespace waymark::journey {

using base::Timestamp;
using model::JourneyStatus;
using model::SignalKind;

Timestamp FoldStep::AbandonDue(const Run& run) {
  const auto& after = run.model->definition.journey.abandon_after;
  const auto& from = run.model->abandon_from;
  const auto here = [&](const CompiledModel::StagePart& part) {
    return part.stage == run.stage && (part.station < 0 || part.station == run.station);
  };
  if (!from.empty() && std::none_of(from.begin(), from.end(), here)) return Timestamp::max();
  return after ? run.last_activity + *after : Timestamp::max();
}

// A run that was opened again may be past its lifetime or target already: then it is due at once,
// not at a time before.
Timestamp FoldStep::LifetimeDue(const Run& run) {
  const auto& lifetime = run.model->definition.journey.lifetime;
  return lifetime ? std::max(run.started + *lifetime, run.last_activity) : Timestamp::max();
}

Timestamp FoldStep::TargetDue(const Run& run) {
  if (run.stage < 0 || run.target_missed) return Timestamp::max();
  const auto& stage = run.model->definition.stages[static_cast<size_t>(run.stage)];
  if (!stage.targets.duration) return Timestamp::max();
  return std::max(run.stage_entered + *stage.targets.duration, run.last_activity);
}

Timestamp FoldStep::RetentionDue(const CompiledModel& model, Timestamp closed) {
  const auto& retention = model.definition.journey.retention;
  return retention ? closed + *retention : Timestamp::max();
}

Timestamp FoldStep::NextDue(const Run& run) const {
  if (!run.is_open()) return RetentionDue(*run.model, run.closed);
  return std::min({AbandonDue(run), LifetimeDue(run), TargetDue(run), DetectorDue(run),
                   MigrationDue(run), RestartDue(run)});
}

void FoldStep::FindNextDue() {
  Timestamp next = std::min({SessionDue(), CustomerDue(), RatingDue()});
  for (const FamilyState& family : state_.families) {
    for (const Run& run : family.runs) next = std::min(next, NextDue(run));
    if (!fold_.models().has_retention()) continue;
    for (const PastRun& past : family.past) {
      next = std::min(next, RetentionDue(*past.model, past.closed));
    }
  }
  state_.next_due = next;
  state_.lapses_at = next == Timestamp::max() ? LapsesAt() : Timestamp::max();
}

// Retention: of the run only its ordinal is remembered.
template <class AnyRun>
void FoldStep::Remove(FamilyState& family, std::vector<AnyRun>& runs, const AnyRun& run) {
  family.ordinal_removed = std::max(family.ordinal_removed, run.ordinal);
  family.model_removed = run.model;
  runs.erase(runs.begin() + (&run - runs.data()));
  effects_.stage_changed = true;
  CountFired(TimerKind::kRetention);
}

void FoldStep::FireDueBefore(Timestamp limit) {
  while (state_.next_due < limit) {
    const Timestamp due = state_.next_due;
    Fire(due);
    state_.fired_until = std::max(state_.fired_until, due);
    FindNextDue();
  }
}

void FoldStep::Fire(Timestamp due) {
  if (SessionDue() == due) {
    CloseSession(due);
    CountFired(TimerKind::kSession);
    return;
  }
  if (FireCustomer(due) || FireRating(due)) return;
  for (FamilyState& family : state_.families) {
    for (Run& run : family.runs) {
      if (NextDue(run) != due) continue;
      if (run.is_open()) {
        FireRun(family, run, due);
        ForgetClosed(family);
      } else {
        Remove(family, family.runs, run);
      }
      return;
    }
  }
  for (FamilyState& family : state_.families) {
    for (const PastRun& past : family.past) {
      if (RetentionDue(*past.model, past.closed) != due) continue;
      Remove(family, family.past, past);
      return;
    }
  }
  WAYMARK_CHECK(false, "a due timer has something to fire");
}

void FoldStep::FireRun(FamilyState& family, Run& run, Timestamp due) {
  if (TargetDue(run) == due) {
    run.target_missed = true;
    CountFired(TimerKind::kTarget);
    model::Signal& signal =
        Emit({SignalKind::kTargetMissed, due, "duration", "target"}, &run, run.last_id, "duration");
    signal.stage = run.model->definition.stages[static_cast<size_t>(run.stage)].name;
    signal.stage_duration_ms = (due - run.stage_entered).count();
  } else if (DetectorDue(run) == due) {
    FireDetector(run, due);
  } else if (AbandonDue(run) == due) {
    Close(run, JourneyStatus::kAbandoned, due, "silence");
    CountFired(TimerKind::kAbandonment);
  } else if (LifetimeDue(run) == due) {
    Close(run, JourneyStatus::kExpired, due, "lifetime");
    CountFired(TimerKind::kLifetime);
  } else if (MigrationDue(run) == due) {
    Migrate(run, due);
  } else {
    Restart(family, run, due);
  }
}

}  // namespace waymark::journey
