#include "traffic.h"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "base/string_map.h"
#include "codec/protobuf.h"
#include "generate/generator.h"
#include "meter.h"

namespace waymark::path {
namespace {

constexpr const char* kModels = WAYMARK_SOURCE "/config/models";
constexpr const char* kDetectors = WAYMARK_SOURCE "/bench/peers/models/detectors";
constexpr const char* kCommonJob = WAYMARK_SOURCE "/bench/peers/models/common-job";

Traffic Make(double late_share, base::Millis span = generate::Settings().span) {
  generate::Settings settings;
  settings.span = span;
  settings.profiles = 1'000;
  settings.interactions = 20'000;
  settings.late_share = late_share;
  settings.duplicate_share = 0;
  settings.bad_share = 0;
  generate::Generator generator(settings);
  generate::Item item;
  base::StringMap<size_t> known;
  Traffic traffic;
  while (generator.Next(item)) {
    const auto [at, is_new] = known.try_emplace(std::string(item.key), known.size());
    Record& record = traffic.records.emplace_back();
    record.profile_id = item.key;
    record.profile = at->second;
    codec::Encode(item.interaction, record.bytes);
  }
  traffic.profiles = known.size();
  return traffic;
}

journey::Fold MakeFold(const std::vector<std::string>& paths,
                       const journey::FoldSettings& settings) {
  const model::ModelSet set = model::LoadModels(paths);
  if (!set.faults.empty()) throw std::runtime_error(set.faults.front().text());
  return {std::make_shared<journey::CompiledModels>(set.models, set.customer), settings};
}

}  // namespace

const Traffic& OrderedTraffic() {
  static const Traffic traffic = Make(0);
  return traffic;
}

const Traffic& DenseTraffic() {
  static const Traffic traffic = Make(0, std::chrono::hours(24));
  return traffic;
}

const Traffic& DisorderedTraffic() {
  static const Traffic traffic = Make(0.02);
  return traffic;
}

const journey::Fold& SixStages() {
  static const journey::Fold fold = MakeFold({kModels}, {});
  return fold;
}

const journey::Fold& TwentyDetectors() {
  static const journey::Fold fold = MakeFold({kModels, kDetectors}, {});
  return fold;
}

const journey::Fold& CommonJob() {
  journey::FoldSettings settings;
  settings.identifies_signals = false;
  settings.can_migrate = false;
  static const journey::Fold fold = MakeFold({kCommonJob}, settings);
  return fold;
}

size_t DecodedBatch::Decode(const Traffic& traffic, size_t begin) {
  const size_t size = std::min(kSize, traffic.records.size() - begin);
  for (size_t i = 0; i < size; ++i) {
    Must(codec::Decode(traffic.records[begin + i].bytes, interactions_[i]));
  }
  return size;
}

std::vector<journey::State> InitialStates(const journey::Fold& fold, const Traffic& traffic) {
  std::vector<journey::State> states;
  for (const Record& record : traffic.records) {
    if (record.profile == states.size()) states.push_back(fold.Initial(record.profile_id));
  }
  return states;
}

std::vector<journey::State> FinalStates(const journey::Fold& fold, const Traffic& traffic) {
  std::vector<journey::State> states = InitialStates(fold, traffic);
  journey::Effects effects;
  model::Interaction interaction;
  for (const Record& record : traffic.records) {
    Must(codec::Decode(record.bytes, interaction));
    FoldOne(fold, interaction, states[record.profile], effects);
  }
  return states;
}

void FoldOne(const journey::Fold& fold, const model::Interaction& interaction,
             journey::State& state, journey::Effects& effects) {
  effects.Clear();
  if (!journey::Fold::IsInOrder(state, model::OrderOf(interaction))) return;
  fold.Apply(state, interaction, effects);
  state.ids.Insert(journey::RowHash(interaction.source.system, interaction.id));
}

}  // namespace waymark::path
