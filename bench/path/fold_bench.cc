#include <benchmark/benchmark.h>

#include <stdexcept>
#include <vector>

#include "detect/detectors.h"
#include "meter.h"
#include "traffic.h"

// The fold of all the traffic from states that know nothing, and a model's detectors apart.
namespace waymark::path {
namespace {

void Fold(benchmark::State& bench, const journey::Fold& fold) {
  const Traffic& traffic = OrderedTraffic();
  const std::vector<journey::State> initial = InitialStates(fold, traffic);
  journey::Effects effects;
  DecodedBatch batch;
  Meter meter(bench);
  for (auto _ : bench) {
    std::vector<journey::State> states = initial;
    for (size_t begin = 0; begin < traffic.records.size();) {
      const size_t size = batch.Decode(traffic, begin);
      meter.Start();
      for (size_t i = 0; i < size; ++i) {
        FoldOne(fold, batch[i], states[traffic.records[begin + i].profile], effects);
      }
      meter.Stop();
      begin += size;
    }
    meter.EndPass(traffic.records.size());
  }
}
void FoldSixStages(benchmark::State& bench) { Fold(bench, SixStages()); }
void FoldTwentyDetectors(benchmark::State& bench) { Fold(bench, TwentyDetectors()); }
void FoldCommonJob(benchmark::State& bench) { Fold(bench, CommonJob()); }
BENCHMARK(FoldCommonJob)->Name("fold/common_job")->UseManualTime();
BENCHMARK(FoldSixStages)->Name("fold/six_stages")->UseManualTime();
BENCHMARK(FoldTwentyDetectors)->Name("fold/twenty_detectors")->UseManualTime();

// Where a customer's journey stands when an interaction comes.
struct Standing {
  detect::JourneyFacts journey;
  detect::CustomerFacts customer;
  detect::Position position;
};

Standing StandingOf(const journey::State& state) {
  Standing standing;
  standing.customer.session_start = state.session.start;
  standing.customer.session_interactions = state.session.interactions;
  if (state.families.front().runs.empty()) return standing;
  const journey::Run& run = state.families.front().runs.back();
  standing.journey.stage = run.stage;
  standing.journey.interactions = run.interactions;
  standing.journey.started = run.started;
  standing.journey.stage_entered = run.stage_entered;
  standing.journey.last_activity = run.last_activity;
  standing.position = {run.stage, run.station, run.last_activity};
  return standing;
}

std::vector<Standing> Standings(const Traffic& traffic) {
  std::vector<journey::State> states = InitialStates(SixStages(), traffic);
  std::vector<Standing> standings;
  journey::Effects effects;
  DecodedBatch batch;
  for (size_t begin = 0; begin < traffic.records.size();) {
    const size_t size = batch.Decode(traffic, begin);
    for (size_t i = 0; i < size; ++i) {
      journey::State& state = states[traffic.records[begin + i].profile];
      FoldOne(SixStages(), batch[i], state, effects);
      standings.push_back(StandingOf(state));
    }
    begin += size;
  }
  return standings;
}

const detect::Detectors& TwentyOfThem() {
  for (const auto& compiled : TwentyDetectors().models().all()) {
    if (!compiled->detectors.empty()) return compiled->detectors;
  }
  throw std::runtime_error("no model has detectors");
}

// Twenty detectors are asked about an interaction, and told of its place. What time sets off is
// part of the fold alone.
void Detectors(benchmark::State& bench) {
  const detect::Detectors& detectors = TwentyOfThem();
  const Traffic& traffic = OrderedTraffic();
  const std::vector<Standing> standings = Standings(traffic);
  std::vector<detect::Finding> findings;
  std::vector<uint32_t> detected;
  DecodedBatch batch;
  Meter meter(bench);
  for (auto _ : bench) {
    std::vector<detect::DetectorState> states(traffic.profiles);
    for (size_t begin = 0; begin < traffic.records.size();) {
      const size_t size = batch.Decode(traffic, begin);
      meter.Start();
      for (size_t i = 0; i < size; ++i) {
        const model::Interaction& interaction = batch[i];
        const Standing& standing = standings[begin + i];
        const base::Timestamp now = interaction.timestamp();
        detect::DetectorState& state = states[traffic.records[begin + i].profile];
        findings.clear();
        detected.clear();
        detectors.Take({&interaction, now, &standing.customer, &standing.journey},
                       detect::RuleKey(interaction.action, interaction.channel), state, findings,
                       detected);
        detectors.Place(standing.position, now, state);
        benchmark::DoNotOptimize(detectors.NextDue(state, standing.position));
      }
      meter.Stop();
      begin += size;
    }
    meter.EndPass(traffic.records.size());
  }
}
BENCHMARK(Detectors)->Name("detectors/twenty")->UseManualTime();

}  // namespace
}  // namespace waymark::path
