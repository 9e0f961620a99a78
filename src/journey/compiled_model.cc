#include "journey/compiled_model.h"

#include <algorithm>

namespace waymark::journey {
namespace {

using detect::Predicate;

detect::Names NamesOf(const model::JourneyModel& model) { return {model.stages, model.detectors}; }

std::vector<bool> StageMask(const model::JourneyModel& model,
                            const std::vector<std::string>& names) {
  std::vector<bool> mask(names.empty() ? 0 : model.stages.size(), false);
  for (const std::string& name : names) {
    if (const auto index = model.StageIndex(name)) mask[*index] = true;
  }
  return mask;
}

std::vector<CompiledModel::StagePart> StageParts(const model::JourneyModel& model) {
  std::vector<CompiledModel::StagePart> parts;
  for (const model::StagePart& part : model.journey.abandon_from) {
    const auto stage = model.StageIndex(part.stage);
    if (!stage) continue;
    int32_t station = -1;
    const auto& stations = model.stages[*stage].stations;
    for (size_t s = 0; s < stations.size(); ++s) {
      if (stations[s].name == part.station) station = static_cast<int32_t>(s);
    }
    parts.push_back({static_cast<int32_t>(*stage), station});
  }
  return parts;
}

}  // namespace

CompiledModel::CompiledModel(model::JourneyModel source)
    : definition(std::move(source)),
      scope(definition.scope.value_or(model::Condition()), NamesOf(definition)),
      start(definition.journey.start, NamesOf(definition)),
      reentry(definition.journey.reentry.value_or(definition.journey.start), NamesOf(definition)),
      value(definition.journey.value, NamesOf(definition)),
      reentry_from(StageMask(definition, definition.journey.reentry_from)),
      abandon_from(StageParts(definition)),
      reopen(definition.journey.reopen.value_or(model::Condition()), NamesOf(definition)),
      detectors(definition.detectors, NamesOf(definition)),
      signals_of_detector(definition.detectors.size()) {
  const detect::Names names = NamesOf(definition);
  for (const model::EndRule& end : definition.journey.ends) {
    ends.emplace_back(end.when, names);
  }
  for (const model::Stage& stage : definition.stages) {
    if (enter.emplace_back(stage.enter, names).AsksDetectors()) {
      stages_of_detectors.push_back(static_cast<uint32_t>(enter.size() - 1));
    }
    enter_from.push_back(StageMask(definition, stage.from));
    auto& at = stations.emplace_back();
    for (const model::Station& station : stage.stations) {
      at.emplace_back(station.when, names);
    }
  }
  std::vector<Predicate> simple;
  for (const model::SignalRule& rule : definition.signals) {
    const auto number = static_cast<uint32_t>(signals.size());
    signals.emplace_back(rule.when, names);
    if (rule.detector) {
      signals_of_detector[*rule.detector].push_back(number);
    } else {
      simple_signals.push_back(number);
      simple.push_back(signals.back());
    }
  }
  enter_index = detect::RuleIndex(enter);
  signal_index = detect::RuleIndex(simple);
  if (definition.filter && !definition.filter->states.empty()) {
    filter.emplace(*definition.filter, names);
  }
  if (definition.temporal_profile) CompileTemporalProfile(*definition.temporal_profile);
  if (const auto& rule = definition.journey.relevant_set) {
    relevant_when = Predicate(rule->when, names);
    relevant_out = Predicate(rule->out, names);
  }
}

void CompiledModel::CompileTemporalProfile(const model::TemporalProfile& profile) {
  temporal_pairs.resize(definition.stages.size());
  temporal_from.resize(definition.stages.size(), false);
  for (const model::TemporalProfile::Pair& pair : profile.pairs) {
    const auto from = definition.StageIndex(pair.from);
    const auto to = definition.StageIndex(pair.to);
    if (!from || !to) continue;
    temporal_pairs[*to].push_back({static_cast<int32_t>(*from), pair.mean, pair.deviation});
    temporal_from[*from] = true;
  }
}

model::Text CompiledModel::KeyOf(const detect::Facts& facts) const {
  return definition.journey.key ? detect::TextOf(*definition.journey.key, facts) : model::Text();
}

bool CompiledModel::IsPersonal(std::string_view channel) const {
  const auto& channels = definition.personal_channels;
  return std::find(channels.begin(), channels.end(), channel) != channels.end();
}

}  // namespace waymark::journey
