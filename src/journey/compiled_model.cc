#include "journey/compiled_model.h"

#include <algorithm>

#include "base/hash.h"
#include "journey/fingerprint.h"

namespace waymark::journey {
namespace {

using detect::Predicate;

detect::Names NamesOf(const model::JourneyModel& model) { return {model.stages, model.detectors}; }

bool AsksCampaigns(const model::Condition& condition) {
  return condition.field.field == model::Field::kCampaigns ||
         std::any_of(condition.children.begin(), condition.children.end(), AsksCampaigns);
}

template <class Model>
bool ModelAsksCampaigns(const Model& model) {
  bool asks = false;
  model::ForEachCondition(model, [&](const model::Condition& c) { asks |= AsksCampaigns(c); });
  return asks;
}

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
  if (const auto& rule = definition.journey.relevant_set) {
    relevant_when = Predicate(rule->when, names);
    relevant_out = Predicate(rule->out, names);
  }
}

model::Text CompiledModel::KeyOf(const detect::Facts& facts) const {
  return definition.journey.key ? detect::TextOf(*definition.journey.key, facts) : model::Text();
}

bool CompiledModel::IsPersonal(std::string_view channel) const {
  const auto& channels = definition.personal_channels;
  return std::find(channels.begin(), channels.end(), channel) != channels.end();
}

CompiledModels::CompiledModels(const std::vector<model::JourneyModel>& models,
                               const std::optional<model::CustomerModel>& customer) {
  std::vector<const model::JourneyModel*> ordered;
  for (const auto& model : models) ordered.push_back(&model);
  std::sort(ordered.begin(), ordered.end(), [](const auto* a, const auto* b) {
    // At equal priority the one with a scope is asked before the one for everybody.
    const bool a_all = !a->scope;
    const bool b_all = !b->scope;
    return std::tie(a->family, b->priority, a_all, a->name, b->version) <
           std::tie(b->family, a->priority, b_all, b->name, a->version);
  });
  std::string fingerprints;
  for (const model::JourneyModel* model : ordered) {
    fingerprints += FingerprintOf(*model);
    has_retention_ |= model->journey.retention.has_value();
    asks_campaigns_ |= ModelAsksCampaigns(*model);
    if (families_.empty() || families_.back() != model->family) {
      families_.push_back(model->family);
      by_family_.emplace_back();
    }
    auto compiled = std::make_unique<CompiledModel>(*model);
    compiled->family = static_cast<uint32_t>(families_.size() - 1);
    by_family_.back().push_back(compiled.get());
    models_.push_back(std::move(compiled));
  }
  if (customer) {
    fingerprints += FingerprintOf(*customer);
    asks_campaigns_ |= ModelAsksCampaigns(*customer);
    customer_ = std::make_unique<CompiledCustomer>(*customer);
  }
  fingerprint_ = base::Hash64(fingerprints);
}

const CompiledModel* CompiledModels::Find(std::string_view family, std::string_view name,
                                          int32_t version) const {
  for (const auto& model : models_) {
    const model::JourneyModel& m = model->definition;
    if (m.family == family && m.name == name && m.version == version) return model.get();
  }
  return nullptr;
}

}  // namespace waymark::journey
