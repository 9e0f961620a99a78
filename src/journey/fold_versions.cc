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

}  // namespace waymark::journey
