// The part of the fold that asks a model's filter.
#include "journey/fold_step.h"

namespace waymark::journey {
namespace {

using model::SignalKind;

constexpr double kTenThousand = 10'000;

}  // namespace

void FoldStep::DecideByFilter(Run& run, model::Placement& placement) {
  const detect::StageFilter& filter = *run.model->filter;
  const int32_t stage =
      detect::StageFilter::MostProbable(filter.StageProbabilities(run.belief));
  const int32_t before = run.stage;
  if (stage < 0 || stage == before) return;
  EnterStage(run, stage, {now_, {}, interaction_->id});
  if (before < 0) return;
  placement.previous_stage = run.model->definition.stages[static_cast<size_t>(before)].name;
}

// Once, until they agree again.
void FoldStep::CompareWithFilter(Run& run) {
  const model::FilterRule& rule = *run.model->definition.filter;
  if (!rule.warns || run.belief.empty()) return;
  const auto probabilities = run.model->filter->StageProbabilities(run.belief);
  const int32_t most = detect::StageFilter::MostProbable(probabilities);
  const bool is_sure =
      most >= 0 && probabilities[static_cast<size_t>(most)] >= rule.warn_from * kTenThousand;
  const bool disagrees = is_sure && most != run.stage;
  if (disagrees && !run.disagrees) {
    const auto& stages = run.model->definition.stages;
    model::Signal& signal = Emit({SignalKind::kCustom, now_, "filter-disagrees", "filter"}, &run,
                                 interaction_->id, stages[static_cast<size_t>(most)].name);
    signal.stage = stages[static_cast<size_t>(most)].name;
    if (run.stage >= 0) signal.previous_stage = stages[static_cast<size_t>(run.stage)].name;
  }
  run.disagrees = disagrees;
}

void FoldStep::AddProbabilities(const Run& run, model::Placement& placement) {
  if (run.belief.empty()) return;
  const auto& stages = run.model->definition.stages;
  const auto probabilities = run.model->filter->StageProbabilities(run.belief);
  for (size_t stage = 0; stage < probabilities.size(); ++stage) {
    if (probabilities[stage] == 0) continue;
    placement.stage_probabilities.push_back(
        {stages[stage].name, probabilities[stage] / kTenThousand});
  }
  placement.stage_entropy = detect::StageFilter::Entropy(probabilities) / kTenThousand;
  const detect::StageFilter& filter = *run.model->filter;
  const auto outcomes = filter.OutcomeProbabilities(run.belief);
  for (size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i] == 0) continue;
    placement.outcome_probabilities.push_back({filter.outcomes()[i], outcomes[i] / kTenThousand});
  }
  const int32_t next = run.model->filter->LikelyNext(run.belief, run.stage);
  if (next >= 0) placement.next_stage = stages[static_cast<size_t>(next)].name;
}

}  // namespace waymark::journey
