#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "base/check.h"
#include "codec/fold_state.h"
#include "engine/keys.h"
#include "meter.h"
#include "scratch_store.h"
#include "traffic.h"

// The state on disk as tasks use it: rows of 50,000 profiles put and read, steps taken in sorted.
namespace waymark::path {
namespace {

using store::Family;

constexpr base::Partition kPartition{7};
constexpr size_t kProfiles = 50'000;
constexpr size_t kBatch = 4'096;
constexpr size_t kBatchesPerPass = 4;
constexpr size_t kReads = 2'000;
constexpr size_t kStepsAtOnce = 20'000;

std::string KeyOf(size_t profile) {
  std::string digits = std::to_string(profile);
  return engine::ProfileKey(kPartition, "crm:C-" + std::string(8 - digits.size(), '0') + digits);
}

// Stored states of the traffic's customers.
const std::vector<std::string>& Values() {
  static const std::vector<std::string> values = [] {
    std::vector<std::string> made;
    for (const journey::State& state : FinalStates(SixStages(), OrderedTraffic())) {
      codec::EncodeState(state, made.emplace_back());
    }
    return made;
  }();
  return values;
}
const std::string& ValueOf(size_t profile) { return Values()[profile % Values().size()]; }

void Fill(store::Store& store) {
  store::Batch batch;
  for (size_t profile = 0; profile < kProfiles; ++profile) {
    batch.Put(Family::kProfiles, KeyOf(profile), ValueOf(profile));
    if (profile % kBatch != 0 && profile + 1 < kProfiles) continue;
    Must(store.Write(batch));
    batch.Clear();
  }
  Must(store.Flush());
}

void Put(benchmark::State& bench, bool sorted) {
  ScratchStore store;
  Fill(*store);
  std::mt19937_64 random(1);
  std::vector<std::string> keys(kBatch);
  store::Batch batch;
  Meter meter(bench);
  for (auto _ : bench) {
    for (size_t n = 0; n < kBatchesPerPass; ++n) {
      for (std::string& key : keys) key = KeyOf(random() % kProfiles);
      if (sorted) std::sort(keys.begin(), keys.end());
      meter.Start();
      batch.Clear();
      for (size_t i = 0; i < kBatch; ++i) batch.Put(Family::kProfiles, keys[i], ValueOf(i));
      Must(store->Write(batch));
      meter.Stop();
    }
    meter.EndPass(kBatch * kBatchesPerPass);
  }
}
BENCHMARK_CAPTURE(Put, s, true)->Name("store/put_sorted")->UseManualTime();
BENCHMARK_CAPTURE(Put, u, false)->Name("store/put_unsorted")->UseManualTime();

void Get(benchmark::State& bench) {
  ScratchStore store;
  Fill(*store);
  // Once all, so that the block cache has them.
  for (size_t profile = 0; profile < kProfiles; ++profile) {
    Must(store->Get(Family::kProfiles, KeyOf(profile)).status());
  }
  std::mt19937_64 random(2);
  std::vector<std::string> keys(kReads);
  Meter meter(bench);
  for (auto _ : bench) {
    for (std::string& key : keys) key = KeyOf(random() % kProfiles);
    meter.Start();
    for (const std::string& key : keys) {
      const auto row = store->Get(Family::kProfiles, key);
      WAYMARK_CHECK(row.ok() && *row, "each profile has a row");
    }
    meter.Stop();
    meter.EndPass(kReads);
  }
}
BENCHMARK(Get)->Name("store/get")->UseManualTime();

// Rows of timelines: steps of random customers, later from pass to pass. Their values are
// interactions, a little shorter than the steps of a task.
void IngestSteps(benchmark::State& bench) {
  ScratchStore store;
  const std::vector<Record>& records = OrderedTraffic().records;
  std::mt19937_64 random(3);
  int64_t time = 1'700'000'000'000;
  std::vector<std::string> keys(kStepsAtOnce);
  std::vector<store::Row> rows;
  Meter meter(bench);
  for (auto _ : bench) {
    for (std::string& key : keys) {
      const std::string id = std::to_string(++time);
      key = KeyOf(random() % kProfiles);
      engine::AppendOrderBytes({time, 0, "shop", id}, key);
    }
    std::sort(keys.begin(), keys.end());
    rows.clear();
    for (size_t i = 0; i < kStepsAtOnce; ++i) {
      rows.push_back({keys[i], records[i].bytes});
    }
    meter.Start();
    Must(store->Ingest(Family::kTimelines, rows));
    meter.Stop();
    meter.EndPass(kStepsAtOnce);
  }
}
BENCHMARK(IngestSteps)->Name("store/ingest_step")->UseManualTime();

}  // namespace
}  // namespace waymark::path
