#include <benchmark/benchmark.h>

#include <array>
#include <string>
#include <vector>

#include "base/string_map.h"
#include "codec/protobuf.h"
#include "generate/generator.h"
#include "journey/fold.h"

// What many rules cost an interaction: the fold of generated customers by the six-stage model, and
// by 500 stages' and 2,000 detectors' worth of models around it.
namespace waymark::journey {
namespace {

using model::Condition;
using model::Detector;

constexpr std::array<const char*, 12> kActions = {
    "view", "read", "click", "search", "compare", "order", "use", "login", "support", "complain",
    "rate", "open"};
constexpr std::array<const char*, 8> kChannels = {"web",   "app",     "email", "store",
                                                  "social", "hotline", "ads",   "sales"};

Condition Is(model::Field field, std::string value) {
  Condition condition;
  condition.kind = Condition::Kind::kIn;
  condition.field.field = field;
  condition.values = {std::move(value)};
  return condition;
}

// The n-th rule: an action on a channel at a touchpoint of its own, as rules in the field are.
Condition Rule(size_t n) {
  Condition all;
  all.kind = Condition::Kind::kAll;
  all.children = {Is(model::Field::kAction, kActions[n % kActions.size()]),
                  Is(model::Field::kChannel, kChannels[n / kActions.size() % kChannels.size()]),
                  Is(model::Field::kTouchpoint, "place-" + std::to_string(n))};
  return all;
}

void AddStages(size_t count, model::JourneyModel& model) {
  for (size_t n = 0; n < count; ++n) {
    model::Stage& stage = model.stages.emplace_back();
    stage.name = "stage-" + std::to_string(n);
    stage.enter = Rule(n);
  }
}

// Of five: two for single interactions, two sequences, one for silence.
void AddDetectors(size_t count, model::JourneyModel& model) {
  for (size_t n = 0; n < count; ++n) {
    model::SignalRule& signal = model.signals.emplace_back();
    signal.name = "signal-" + std::to_string(n);
    if (n % 5 < 2) {
      signal.when = Rule(n);
      continue;
    }
    signal.detector = model.detectors.size();
    Detector& detector = model.detectors.emplace_back();
    detector.name = signal.name;
    if (n % 5 == 4) {
      detector.kind = Detector::Kind::kSilence;
      detector.duration = std::chrono::hours(24 * (1 + n % 90));
      detector.in = {{model.stages[n % model.stages.size()].name, {}}};
      continue;
    }
    detector.kind = Detector::Kind::kSequence;
    detector.within = std::chrono::hours(24);
    detector.sequence.resize(2);
    detector.sequence[0].when = Rule(n);
    detector.sequence[1].when = Rule(n + 1);
  }
}

enum Kind { kSixStages, kOneLarge, kTwentyByScope, kSixStagesWithTwenty };

CompiledModels MakeModels(Kind kind) {
  model::ModelSet set = model::LoadModels(WAYMARK_MODELS);
  model::JourneyModel& six = set.models.front();
  if (kind == kSixStagesWithTwenty) AddDetectors(20, six);
  if (kind == kOneLarge) {
    AddStages(494, six);
    AddDetectors(2'000, six);
  }
  if (kind == kTwentyByScope) {
    const model::JourneyModel base = six;
    for (int n = 0; n < 20; ++n) {
      model::JourneyModel& other = set.models.emplace_back(base);
      other.name = "model-" + std::to_string(n);
      other.priority = 1;
      other.scope = Is(model::Field::kProfile, "segment-" + std::to_string(n));
      other.scope->field.name = "segment";
      AddStages(19, other);
      AddDetectors(100, other);
    }
  }
  return CompiledModels(set.models, set.customer);
}

struct Sample {
  size_t profile = 0;
  std::string bytes;
};

void BM_Apply(benchmark::State& bench, Kind kind) {
  const CompiledModels models = MakeModels(kind);
  const Fold fold(models, FoldSettings{});
  generate::Settings settings;
  settings.profiles = 1'000;
  settings.interactions = 30'000;
  settings.late_share = settings.duplicate_share = settings.bad_share = 0;
  generate::Generator generator(settings);
  generate::Item item;
  base::StringMap<size_t> known;
  std::vector<Sample> samples;
  std::vector<State> initial;
  while (generator.Next(item)) {
    const auto [at, is_new] = known.try_emplace(std::string(item.key), initial.size());
    if (is_new) initial.push_back(fold.Initial(item.key));
    Sample& sample = samples.emplace_back();
    sample.profile = at->second;
    codec::Encode(item.interaction, sample.bytes);
  }
  Effects effects;
  model::Interaction interaction;
  int64_t items = 0;
  for (auto _ : bench) {
    bench.PauseTiming();
    std::vector<State> states = initial;
    bench.ResumeTiming();
    for (const Sample& sample : samples) {
      if (!codec::Decode(sample.bytes, interaction).ok()) bench.SkipWithError("refused");
      effects.Clear();
      State& state = states[sample.profile];
      if (!Fold::IsInOrder(state, model::OrderOf(interaction))) continue;
      fold.Apply(state, interaction, effects);
      ++items;
    }
  }
  bench.SetItemsProcessed(items);
}
BENCHMARK_CAPTURE(BM_Apply, six_stages, kSixStages)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Apply, with_20_detectors, kSixStagesWithTwenty)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Apply, one_of_500_stages_2000_detectors, kOneLarge)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Apply, twenty_by_scope, kTwentyByScope)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace waymark::journey
