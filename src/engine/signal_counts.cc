#include "engine/signal_counts.h"

namespace waymark::engine {
namespace {

using Kind = model::SignalKind;

constexpr std::array<std::string_view, 3> kAnswers = {"detractor", "passive", "promoter"};

size_t AnswerOf(int32_t nps) { return nps >= 9 ? 2 : nps >= 7 ? 1 : 0; }

double Number(int64_t count) { return static_cast<double>(count); }

void PublishEnds(std::string_view model, Kind kind, double found,
                 const metrics::JourneyMetrics& journeys) {
  switch (kind) {
    case Kind::kJourneyStarted: journeys.journeys_started.With(model).Add(found); break;
    case Kind::kJourneyCompleted:
      journeys.journeys_closed.With(model, "completed").Add(found);
      break;
    case Kind::kAbandoned: journeys.journeys_closed.With(model, "abandoned").Add(found); break;
    case Kind::kSwitched: journeys.journeys_closed.With(model, "switched").Add(found); break;
    default: break;
  }
}

void PublishWays(std::string_view model,
                 const base::StringMap<base::StringMap<int64_t>>& ways,
                 const metrics::Family<metrics::Counter, 3>& metric) {
  for (const auto& [from, others] : ways) {
    for (const auto& [to, times] : others) metric.With(model, from, to).Add(Number(times));
  }
}

}  // namespace

void SignalCounts::Count(const model::Signal& signal) {
  OfModel& model = Of(signal.model);
  ++model.found[static_cast<size_t>(signal.kind)];
  switch (signal.kind) {
    case Kind::kStageEntered:
      ++model.transitions[signal.previous_stage][signal.stage];
      break;
    case Kind::kStageLeft:
      model.stages.try_emplace(signal.stage)
          .first->second.stays.Observe(Number(signal.stage_duration_ms.value_or(0)) / 1000);
      break;
    case Kind::kTargetMissed:
      ++model.stages.try_emplace(signal.stage).first->second.targets_missed;
      break;
    case Kind::kHandover:
      ++model.handovers[signal.previous_department][signal.department];
      break;
    default: break;
  }
}

void SignalCounts::CountRetracted(const model::Signal& signal) {
  ++Of(signal.model).retracted[static_cast<size_t>(signal.kind)];
}

void SignalCounts::Count(const journey::Score& score) {
  if (score.model == nullptr) return;
  const model::JourneyModel& definition = score.model->definition;
  OfModel& model = Of(definition.name);
  if (score.nps) ++model.answers[AnswerOf(*score.nps)];
  if (!score.satisfaction) return;
  const std::string& stage = definition.stages[static_cast<size_t>(score.stage)].name;
  model.stages.try_emplace(stage).first->second.satisfaction.Observe(*score.satisfaction);
}

void SignalCounts::PublishTo(const metrics::JourneyMetrics& journeys) {
  for (auto& [name, model] : models_) {
    for (size_t i = 0; i < kKinds; ++i) {
      const auto kind = static_cast<Kind>(i);
      if (model.found[i] != 0) {
        journeys.signals.With(name, model::ToString(kind)).Add(Number(model.found[i]));
        PublishEnds(name, kind, Number(model.found[i]), journeys);
      }
      if (model.retracted[i] != 0) {
        journeys.signals_retracted.With(name, model::ToString(kind))
            .Add(Number(model.retracted[i]));
      }
    }
    PublishWays(name, model.transitions, journeys.stage_transitions);
    PublishWays(name, model.handovers, journeys.handovers);
    for (auto& [stage, counts] : model.stages) {
      counts.stays.PublishTo(journeys.stage_duration.With(name, stage));
      counts.satisfaction.PublishTo(journeys.satisfaction.With(name, stage));
      if (counts.targets_missed != 0) {
        journeys.stage_target_missed.With(name, stage).Add(Number(counts.targets_missed));
      }
    }
    for (size_t i = 0; i < kAnswers.size(); ++i) {
      if (model.answers[i] == 0) continue;
      journeys.nps_answers.With(name, kAnswers[i]).Add(Number(model.answers[i]));
    }
  }
  models_.clear();
}

}  // namespace waymark::engine
