#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "codec/protobuf.h"
#include "engine/lookahead.h"
#include "engine/profile_cache.h"
#include "meter.h"
#include "store/memory_store.h"
#include "traffic.h"

// A customer's profile found in memory: those of the traffic, which the processor's caches hold
// more or less, and any of 200,000, asked for ahead as a worker does.
namespace waymark::path {
namespace {

constexpr size_t kMany = 200'000;
constexpr size_t kLookups = 20'000;

// Profiles with a journey each.
class Filled {
 public:
  explicit Filled(size_t profiles) {
    const Traffic& traffic = OrderedTraffic();
    journey::Effects effects;
    model::Interaction interaction;
    for (size_t i = 0; i < profiles; ++i) {
      const Record& record = traffic.records[i % traffic.records.size()];
      const bool of_traffic = profiles <= traffic.profiles;
      ids_.push_back(of_traffic ? traffic.records[i].profile_id
                                : record.profile_id + "-" + std::to_string(i));
      Must(codec::Decode(record.bytes, interaction));
      auto found = cache_.Get(ids_.back());
      Must(found.status());
      FoldOne(SixStages(), interaction, (*found)->state, effects);
    }
  }

  engine::ProfileCache& cache() { return cache_; }
  const std::vector<std::string>& ids() const { return ids_; }

 private:
  store::MemoryStore store_;
  engine::OpenJourneys open_;
  engine::ProfileCache cache_{base::Partition(7), SixStages(), store_, open_};
  std::vector<std::string> ids_;
};

// Reads what a fold begins with.
int64_t Look(const engine::Profile& profile) {
  const journey::State& state = profile.state;
  int64_t sum = state.position.time + state.session.interactions;
  for (const journey::FamilyState& family : state.families) {
    if (family.runs.empty()) continue;
    const journey::Run& run = family.runs.back();
    sum += run.stage + run.interactions;
    for (const auto& entry : run.stages.entries()) sum += entry.counts.interactions;
  }
  return sum;
}

int64_t GetAndLook(engine::ProfileCache& cache, std::string_view id) {
  const auto found = cache.Get(id);
  WAYMARK_CHECK(found.ok(), "it is in memory");
  return Look(**found);
}

void Hot(benchmark::State& bench) {
  const Traffic& traffic = OrderedTraffic();
  Filled filled(traffic.profiles);
  MeasurePasses(bench, kLookups, [&](size_t i) {
    benchmark::DoNotOptimize(GetAndLook(filled.cache(), traffic.records[i].profile_id));
  });
}
BENCHMARK(Hot)->Name("cache/hot")->UseManualTime();

void OfMany(benchmark::State& bench) {
  static Filled filled(kMany);
  std::mt19937_64 random(1);
  engine::Lookahead lookahead(filled.cache());
  std::vector<std::string> asked(kLookups);
  Meter meter(bench);
  for (auto _ : bench) {
    for (std::string& id : asked) id = filled.ids()[random() % kMany];
    lookahead.Reset();
    meter.Start();
    for (size_t i = 0; i < kLookups + engine::Lookahead::kDistance; ++i) {
      lookahead.Expect(i < kLookups ? std::string_view(asked[i]) : "");
      if (i < engine::Lookahead::kDistance) continue;
      benchmark::DoNotOptimize(
          GetAndLook(filled.cache(), asked[i - engine::Lookahead::kDistance]));
    }
    meter.Stop();
    meter.EndPass(kLookups);
  }
}
BENCHMARK(OfMany)->Name("cache/of_200000")->UseManualTime();

}  // namespace
}  // namespace waymark::path
