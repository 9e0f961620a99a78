#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "engine/keys.h"
#include "rocks/rocks_store.h"

// Timelines as re-folds and explanations read them. What the path of an interaction asks of the
// store is in bench/path.
namespace waymark::rocks {
namespace {

using store::Family;

constexpr base::Partition kPartition{3};
constexpr size_t kStepBytes = 300;

class OnDisk {
 public:
  OnDisk()
      : folder_(std::filesystem::temp_directory_path() /
                ("waymark-bench-" + std::to_string(getpid()))) {
    std::filesystem::remove_all(folder_);
    auto opened = RocksStore::Open(folder_.string(), RocksSettings{});
    if (opened.ok()) store_ = std::move(*opened);
  }
  ~OnDisk() {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  store::Store& operator*() { return *store_; }
  store::Store* operator->() { return store_.get(); }
  bool is_open() const { return store_ != nullptr; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<RocksStore> store_;
};

std::string ProfileName(uint64_t number) {
  std::string digits = std::to_string(number);
  return "crm:C-" + std::string(8 - std::min<size_t>(8, digits.size()), '0') + digits;
}

// A value that compresses as text does, by half.
std::string Value(size_t size, std::mt19937_64& random) {
  std::string value(size, 'x');
  for (size_t i = 0; i < size / 2; ++i) value[i] = static_cast<char>(random());
  return value;
}

// Argument: steps of each of 1,000 customers. Per item: one step, of timelines read whole.
void BM_ReadTimeline(benchmark::State& bench) {
  constexpr uint64_t kCustomers = 1'000;
  OnDisk store;
  if (!store.is_open()) return bench.SkipWithError("cannot open the store");
  std::mt19937_64 random(4);
  const std::string value = Value(kStepBytes, random);
  std::vector<std::string> keys;
  for (uint64_t profile = 0; profile < kCustomers; ++profile) {
    for (int64_t step = 0; step < bench.range(0); ++step) {
      std::string& key = keys.emplace_back(engine::ProfileKey(kPartition, ProfileName(profile)));
      engine::AppendOrderBytes({step, 0, "shop", "id"}, key);
    }
  }
  std::vector<store::Row> rows;
  for (const std::string& key : keys) rows.push_back({key, value});
  if (!store->Ingest(Family::kTimelines, rows).ok()) return bench.SkipWithError("not taken in");
  int64_t steps = 0;
  for (auto _ : bench) {
    const std::string prefix = engine::ProfileKey(kPartition, ProfileName(random() % kCustomers));
    const auto cursor = store->Read(Family::kTimelines, prefix, store::PrefixEnd(prefix));
    while (cursor->Next()) ++steps;
  }
  bench.SetItemsProcessed(steps);
}
BENCHMARK(BM_ReadTimeline)->Arg(10)->Arg(100)->Arg(1'000);

}  // namespace
}  // namespace waymark::rocks
