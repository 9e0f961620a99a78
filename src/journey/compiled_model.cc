#include "journey/compiled_model.h"

#include <algorithm>

#include "base/hash.h"

namespace waymark::journey {
namespace {

using detect::Predicate;

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

// Writes what decides about results; titles and other words of the map are left out.
class FingerprintText {
 public:
  void Add(std::string_view text) { text_.append(text).push_back('\0'); }
  void Add(int64_t number) { Add(std::to_string(number)); }
  void Add(const model::Condition& condition) {
    Add(static_cast<int64_t>(condition.kind));
    Add(model::ToString(condition.field));
    for (const std::string& value : condition.values) Add(value);
    Add(condition.bound_micros);
    for (const model::Condition& child : condition.children) Add(child);
    Add(")");
  }
  void Add(const std::optional<base::Millis>& duration) { Add(duration ? duration->count() : -1); }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string FingerprintOf(const model::JourneyModel& model) {
  FingerprintText text;
  text.Add(model.family);
  text.Add(model.name);
  text.Add(model.version);
  text.Add(model.priority);
  if (model.scope) text.Add(*model.scope);
  const model::JourneyRules& rules = model.journey;
  text.Add(rules.key ? model::ToString(*rules.key) : "");
  text.Add(rules.start);
  if (rules.reentry) text.Add(*rules.reentry);
  for (const std::string& stage : rules.reentry_from) text.Add(stage);
  text.Add(rules.abandon_after);
  for (const model::StagePart& part : rules.abandon_from) {
    text.Add(part.stage);
    text.Add(part.station);
  }
  if (rules.reopen) text.Add(*rules.reopen);
  for (const model::EndRule& end : rules.ends) {
    text.Add(end.when);
    text.Add(static_cast<int64_t>(end.status));
  }
  text.Add(rules.lifetime);
  text.Add(rules.forward_only ? 1 : 0);
  text.Add(rules.value);
  for (const model::Stage& stage : model.stages) {
    text.Add(stage.name);
    text.Add(stage.dimensions.owner);
    text.Add(stage.targets.duration);
    text.Add(stage.enter);
    for (const std::string& from : stage.from) text.Add(from);
    text.Add(stage.closes ? static_cast<int64_t>(*stage.closes) : 0);
    for (const model::Station& station : stage.stations) {
      text.Add(station.name);
      text.Add(station.when);
    }
  }
  for (const model::SignalRule& rule : model.signals) {
    text.Add(rule.name);
    text.Add(static_cast<int64_t>(rule.kind));
    text.Add(rule.when);
    text.Add(rule.once ? 1 : 0);
  }
  for (const std::string& channel : model.personal_channels) text.Add(channel);
  return text.Take();
}

}  // namespace

CompiledModel::CompiledModel(model::JourneyModel source)
    : definition(std::move(source)),
      scope(definition.scope.value_or(model::Condition()), definition.stages),
      start(definition.journey.start, definition.stages),
      reentry(definition.journey.reentry.value_or(definition.journey.start), definition.stages),
      value(definition.journey.value, definition.stages),
      reentry_from(StageMask(definition, definition.journey.reentry_from)),
      abandon_from(StageParts(definition)),
      reopen(definition.journey.reopen.value_or(model::Condition()), definition.stages) {
  for (const model::EndRule& end : definition.journey.ends) {
    ends.emplace_back(end.when, definition.stages);
  }
  for (const model::Stage& stage : definition.stages) {
    enter.emplace_back(stage.enter, definition.stages);
    enter_from.push_back(StageMask(definition, stage.from));
    auto& at = stations.emplace_back();
    for (const model::Station& station : stage.stations) {
      at.emplace_back(station.when, definition.stages);
    }
  }
  for (const model::SignalRule& rule : definition.signals) {
    signals.emplace_back(rule.when, definition.stages);
  }
  enter_index = detect::RuleIndex(enter);
  signal_index = detect::RuleIndex(signals);
}

model::Text CompiledModel::KeyOf(const detect::Facts& facts) const {
  return definition.journey.key ? detect::TextOf(*definition.journey.key, facts) : model::Text();
}

bool CompiledModel::IsPersonal(std::string_view channel) const {
  const auto& channels = definition.personal_channels;
  return std::find(channels.begin(), channels.end(), channel) != channels.end();
}

CompiledModels::CompiledModels(const std::vector<model::JourneyModel>& models) {
  std::vector<const model::JourneyModel*> ordered;
  for (const auto& model : models) ordered.push_back(&model);
  std::sort(ordered.begin(), ordered.end(), [](const auto* a, const auto* b) {
    return std::tie(a->family, b->priority, a->name, b->version) <
           std::tie(b->family, a->priority, b->name, a->version);
  });
  std::string fingerprints;
  for (const model::JourneyModel* model : ordered) {
    fingerprints += FingerprintOf(*model);
    if (families_.empty() || families_.back() != model->family) {
      families_.push_back(model->family);
      by_family_.emplace_back();
    }
    auto compiled = std::make_unique<CompiledModel>(*model);
    compiled->family = static_cast<uint32_t>(families_.size() - 1);
    by_family_.back().push_back(compiled.get());
    models_.push_back(std::move(compiled));
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
