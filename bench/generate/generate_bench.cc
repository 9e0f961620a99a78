#include <benchmark/benchmark.h>

#include "generate/generator.h"

namespace waymark::generate {
namespace {

// Arguments: customers, interactions per customer.
void BM_Generate(benchmark::State& state) {
  Settings settings;
  settings.profiles = static_cast<uint64_t>(state.range(0));
  settings.interactions = settings.profiles * static_cast<uint64_t>(state.range(1));
  uint64_t items = 0;
  for (auto _ : state) {
    Generator generator(settings);
    Item item;
    while (generator.Next(item)) benchmark::DoNotOptimize(item.interaction.id.data());
    items += generator.counts().items();
  }
  state.SetItemsProcessed(static_cast<int64_t>(items));
}
BENCHMARK(BM_Generate)
    ->Args({10'000, 10})
    ->Args({10'000, 100})
    ->Args({1'000'000, 10})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace waymark::generate
