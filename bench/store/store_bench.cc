#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "engine/keys.h"
#include "rocks/rocks_store.h"

// The state store as tasks use it: profiles put and read, timelines taken in sorted and in bulk.
namespace waymark::rocks {
namespace {

using store::Family;

constexpr base::Partition kPartition{3};
constexpr size_t kProfileBytes = 400;  // a row of a profile with one open journey
constexpr size_t kStepBytes = 300;
constexpr int kBatch = 4'096;

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

// Argument: number of profiles. Per item: one row put, in batches of random profiles.
void BM_PutProfiles(benchmark::State& bench) {
  OnDisk store;
  if (!store.is_open()) return bench.SkipWithError("cannot open the store");
  std::mt19937_64 random(1);
  const std::string value = Value(kProfileBytes, random);
  store::Batch batch;
  for (auto _ : bench) {
    batch.Clear();
    for (int i = 0; i < kBatch; ++i) {
      const uint64_t profile = random() % static_cast<uint64_t>(bench.range(0));
      batch.Put(Family::kProfiles, engine::ProfileKey(kPartition, ProfileName(profile)), value);
    }
    if (!store->Write(batch).ok()) bench.SkipWithError("not written");
  }
  bench.SetItemsProcessed(bench.iterations() * kBatch);
}
BENCHMARK(BM_PutProfiles)->Arg(100'000)->Arg(10'000'000)->Unit(benchmark::kMillisecond);

void FillProfiles(OnDisk& store, int64_t profiles) {
  std::mt19937_64 random(1);
  const std::string value = Value(kProfileBytes, random);
  store::Batch batch;
  for (int64_t i = 0; i < profiles; ++i) {
    batch.Put(Family::kProfiles,
              engine::ProfileKey(kPartition, ProfileName(static_cast<uint64_t>(i))), value);
    if (i % kBatch == 0 || i + 1 == profiles) {
      if (!store->Write(batch).ok()) return;
      batch.Clear();
    }
  }
  (void)store->Flush();
}

// Argument: number of profiles. Per item: one profile read at random.
void BM_GetProfile(benchmark::State& bench) {
  OnDisk store;
  if (!store.is_open()) return bench.SkipWithError("cannot open the store");
  FillProfiles(store, bench.range(0));
  std::mt19937_64 random(2);
  for (auto _ : bench) {
    const uint64_t profile = random() % static_cast<uint64_t>(bench.range(0));
    auto row =
        store->Get(Family::kProfiles, engine::ProfileKey(kPartition, ProfileName(profile)));
    if (!row.ok() || !*row) bench.SkipWithError("not found");
  }
  bench.SetItemsProcessed(bench.iterations());
}
BENCHMARK(BM_GetProfile)->Arg(100'000)->Arg(1'000'000);

// Argument: steps in one file. Per item: one step of a random profile, taken in sorted.
void BM_IngestSteps(benchmark::State& bench) {
  OnDisk store;
  if (!store.is_open()) return bench.SkipWithError("cannot open the store");
  std::mt19937_64 random(3);
  const std::string value = Value(kStepBytes, random);
  int64_t time = 1'700'000'000'000;
  for (auto _ : bench) {
    std::vector<std::string> keys;
    for (int64_t i = 0; i < bench.range(0); ++i) {
      std::string& key =
          keys.emplace_back(engine::ProfileKey(kPartition, ProfileName(random() % 100'000)));
      const std::string id = std::to_string(++time);
      engine::AppendOrderBytes({time, 0, "shop", id}, key);
    }
    std::sort(keys.begin(), keys.end());
    std::vector<store::Row> rows;
    for (const std::string& key : keys) rows.push_back({key, value});
    if (!store->Ingest(Family::kTimelines, rows).ok()) bench.SkipWithError("not taken in");
  }
  bench.SetItemsProcessed(bench.iterations() * bench.range(0));
}
BENCHMARK(BM_IngestSteps)->Arg(4'096)->Arg(65'536)->Unit(benchmark::kMillisecond);

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
