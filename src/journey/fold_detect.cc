// The part of the fold that asks a model's detectors.
#include <algorithm>

#include "journey/fold_step.h"

namespace waymark::journey {

using base::Timestamp;

detect::Position FoldStep::PositionOf(const Run& run) {
  return {run.stage, run.station, run.last_activity};
}

void FoldStep::Detect(Run& run) {
  const detect::Detectors& detectors = run.model->detectors;
  if (detectors.empty()) return;
  detectors.Take(FactsOf(&run), key_, run.detectors, effects_.findings, effects_.detected);
}

void FoldStep::EmitFindings(Run& run, Timestamp time) {
  const CompiledModel& model = *run.model;
  for (const detect::Finding& finding : effects_.findings) {
    for (const uint32_t rule : model.signals_of_detector[finding.detector]) {
      if (model.definition.signals[rule].once && run.once[rule]) continue;
      if (!model.signals[rule].Holds(FactsOf(&run))) continue;
      run.once[rule] = model.definition.signals[rule].once;
      const std::span<const std::string> evidence = finding.evidence;
      EmitRule(run, rule, time, evidence.first(evidence.size() - 1), evidence.back());
    }
  }
}

void FoldStep::EmitRule(const Run& run, uint32_t rule, Timestamp time,
                        std::span<const std::string> evidence, model::Text id) {
  const model::JourneyModel& model = run.model->definition;
  const model::SignalRule& definition = model.signals[rule];
  model::Signal& signal = Emit({definition.kind, time, definition.name, definition.name}, &run, id,
                               evidence.empty() ? model::Text() : evidence.front());
  AddEvidence(signal, evidence);
  if (definition.useful_for) signal.useful_until = (time + *definition.useful_for).ms;
  if (run.stage >= 0) signal.stage = model.stages[static_cast<size_t>(run.stage)].name;
}

// What came before the last one stands before it.
void FoldStep::AddEvidence(model::Signal& signal, std::span<const std::string> evidence) {
  std::vector<model::Text> before;
  before.reserve(evidence.size());
  for (const std::string& id : evidence) before.push_back(effects_.arena.Copy(id));
  signal.evidence.insert(signal.evidence.begin(), before.begin(), before.end());
}

Timestamp FoldStep::DetectorDue(const Run& run) {
  const detect::Detectors& detectors = run.model->detectors;
  if (detectors.empty()) return Timestamp::max();
  return detectors.NextDue(run.detectors, PositionOf(run));
}

// A stage may be entered for what was found, and its signals are published.
void FoldStep::FireDetector(Run& run, Timestamp due) {
  CountFired(TimerKind::kDetector);
  now_ = due;
  silent_since_ = run.last_activity;
  const CompiledModel& model = *run.model;
  effects_.findings.clear();
  effects_.detected.clear();
  auto finding =
      model.detectors.Fire(due, FactsOf(&run), PositionOf(run), run.last_id, run.detectors);
  if (!finding) return;
  effects_.detected.push_back(finding->detector);
  const std::span<const std::string> evidence = finding->evidence;
  const Cause cause{due, evidence.first(evidence.size() - 1), evidence.back()};
  const int32_t before = run.stage;
  for (const uint32_t stage : model.stages_of_detectors) {
    if (!MayEnter(run, stage, FactsOf(&run))) continue;
    if (static_cast<int32_t>(stage) != before) {
      EnterStage(run, static_cast<int32_t>(stage), cause);
      run.station = -1;
      model.detectors.Place(PositionOf(run), due, run.detectors);
    }
    break;
  }
  effects_.findings.push_back(std::move(*finding));
  EmitFindings(run, due);
  if (run.stage != before) CloseWhereStageDoes(run, due);
}

}  // namespace waymark::journey
