// The part of the fold that compares journeys with the temporal profile of their model.
#include <algorithm>
#include <cstdlib>

#include "journey/fold_step.h"

namespace waymark::journey {
namespace {

using base::Timestamp;
using model::SignalKind;
using model::Text;

// How far a time is from the mean, exactly: in thousandths of a deviation, times that deviation.
int64_t DistanceOf(int64_t time_ms, const CompiledModel::TemporalPair& pair) {
  return (time_ms - pair.mean.count()) * 1000;
}

}  // namespace

// Once for a stage: by the pair that is farthest from usual, of equal ones the first in the file.
void FoldStep::CompareWithTemporalProfile(Run& run, const Cause& cause) {
  const int64_t zeta = run.model->definition.temporal_profile->zeta_milli;
  const CompiledModel::TemporalPair* farthest = nullptr;
  const FirstEntry* since = nullptr;
  int64_t deviations = 0;  // in thousandths
  for (const auto& pair : run.model->temporal_pairs[static_cast<size_t>(run.stage)]) {
    const auto at = std::ranges::find(run.first_entries, pair.from, &FirstEntry::stage);
    if (at == run.first_entries.end()) continue;
    const int64_t distance = DistanceOf((cause.time - at->entered).count(), pair);
    if (std::abs(distance) <= zeta * pair.deviation.count()) continue;
    const int64_t these = distance / pair.deviation.count();
    if (farthest != nullptr && std::abs(these) <= std::abs(deviations)) continue;
    farthest = &pair;
    since = &*at;
    deviations = these;
  }
  if (farthest == nullptr) return;
  const auto& stages = run.model->definition.stages;
  const Text name = deviations > 0 ? "too-slow" : "too-fast";
  model::Signal& signal = Emit({SignalKind::kCustom, cause.time, name, "temporal-profile"}, &run,
                               cause.id, StageOf(run).name);
  AddEvidence(signal, cause.evidence);
  const Text first = since->id;
  if (std::ranges::find(signal.evidence, first) == signal.evidence.end()) {
    AddEvidence(signal, {&since->id, 1});
  }
  signal.stage = StageOf(run).name;
  signal.temporal_deviation = model::TemporalDeviation{
      stages[static_cast<size_t>(farthest->from)].name, (cause.time - since->entered).count(),
      farthest->mean.count(), farthest->deviation.count(), deviations};
}

// That of the run's stage, where it is none already since the run began or was opened again.
void FoldStep::NoteFirstEntry(Run& run, Timestamp time, Text id) {
  const std::vector<bool>& wanted = run.model->temporal_from;
  if (run.stage < 0 || wanted.empty() || !wanted[static_cast<size_t>(run.stage)]) return;
  const auto at = std::ranges::find(run.first_entries, run.stage, &FirstEntry::stage);
  if (at != run.first_entries.end()) return;
  run.first_entries.push_back({run.stage, time, std::string(id)});
}

}  // namespace waymark::journey
