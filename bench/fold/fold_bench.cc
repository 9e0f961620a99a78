#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "base/string_map.h"
#include "codec/fold_state.h"
#include "codec/protobuf.h"
#include "generate/generator.h"
#include "journey/fold.h"

// The fold of generated customers by the six-stage model, without a store.
namespace waymark::journey {
namespace {

const CompiledModels& Models() {
  static const model::ModelSet set = model::LoadModels(WAYMARK_MODELS);
  static const CompiledModels models(set.models, set.customer);
  return models;
}

const Fold& SixStages() {
  static const Fold fold(Models(), FoldSettings{});
  return fold;
}

struct Sample {
  std::string profile_id;
  std::string bytes;
};

// In order of arrival, without copies, bad and late ones.
std::vector<Sample> MakeSamples(uint64_t profiles, uint64_t interactions) {
  generate::Settings settings;
  settings.profiles = profiles;
  settings.interactions = interactions;
  settings.late_share = 0;
  settings.duplicate_share = 0;
  settings.bad_share = 0;
  generate::Generator generator(settings);
  generate::Item item;
  std::vector<Sample> samples;
  while (generator.Next(item)) {
    Sample& sample = samples.emplace_back();
    sample.profile_id.assign(item.key);
    codec::Encode(item.interaction, sample.bytes);
  }
  return samples;
}

// A state for each profile, with the index of its profile for each sample.
struct Profiles {
  explicit Profiles(const std::vector<Sample>& samples) {
    base::StringMap<size_t> known;
    for (const Sample& sample : samples) {
      const auto [at, is_new] = known.try_emplace(sample.profile_id, states.size());
      if (is_new) states.push_back(SixStages().Initial(sample.profile_id));
      of_sample.push_back(at->second);
    }
  }
  std::vector<State> states;
  std::vector<size_t> of_sample;
};

// Arguments: profiles, interactions per profile. Per item: decoding, the timers before, the fold.
void BM_Apply(benchmark::State& bench) {
  const auto profiles = static_cast<uint64_t>(bench.range(0));
  const auto samples = MakeSamples(profiles, profiles * static_cast<uint64_t>(bench.range(1)));
  Effects effects;
  model::Interaction interaction;
  int64_t signals = 0;
  int64_t items = 0;
  for (auto _ : bench) {
    bench.PauseTiming();
    Profiles profile(samples);
    bench.ResumeTiming();
    for (size_t i = 0; i < samples.size(); ++i) {
      State& state = profile.states[profile.of_sample[i]];
      if (!codec::Decode(samples[i].bytes, interaction).ok()) bench.SkipWithError("refused");
      effects.Clear();
      if (!Fold::IsInOrder(state, model::OrderOf(interaction))) continue;
      SixStages().Apply(state, interaction, effects);
      state.ids.Insert(journey::RowHash(interaction.source.system, interaction.id));
      signals += static_cast<int64_t>(effects.signals.size());
      ++items;
    }
  }
  bench.SetItemsProcessed(items);
  bench.counters["signals/item"] = static_cast<double>(signals) / static_cast<double>(items);
}
BENCHMARK(BM_Apply)->Args({1'000, 10})->Args({1'000, 100})->Args({50'000, 10})->Unit(
    benchmark::kMillisecond);

// A profile after so many interactions: to its stored form and back.
State StateAfter(uint64_t interactions) {
  const auto samples = MakeSamples(1, interactions);
  State state = SixStages().Initial(samples.front().profile_id);
  Effects effects;
  model::Interaction interaction;
  for (const Sample& sample : samples) {
    if (!codec::Decode(sample.bytes, interaction).ok()) continue;
    effects.Clear();
    if (Fold::IsInOrder(state, model::OrderOf(interaction))) {
      SixStages().Apply(state, interaction, effects);
      state.ids.Insert(RowHash(interaction.source.system, interaction.id));
    }
  }
  return state;
}

void BM_EncodeState(benchmark::State& bench) {
  const State state = StateAfter(static_cast<uint64_t>(bench.range(0)));
  std::string bytes;
  for (auto _ : bench) {
    bytes.clear();
    codec::EncodeState(state, bytes);
    benchmark::DoNotOptimize(bytes.data());
  }
  bench.counters["bytes"] = static_cast<double>(bytes.size());
}
BENCHMARK(BM_EncodeState)->Arg(5)->Arg(50)->Arg(500);

void BM_DecodeState(benchmark::State& bench) {
  std::string bytes;
  codec::EncodeState(StateAfter(static_cast<uint64_t>(bench.range(0))), bytes);
  for (auto _ : bench) {
    State state;
    if (!codec::DecodeState(bytes, Models(), state).ok()) bench.SkipWithError("malformed");
    benchmark::DoNotOptimize(state.next_due);
  }
  bench.counters["bytes"] = static_cast<double>(bytes.size());
}
BENCHMARK(BM_DecodeState)->Arg(5)->Arg(50)->Arg(500);

}  // namespace
}  // namespace waymark::journey
