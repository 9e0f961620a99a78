#include <functional>

#include "snapshots.h"
#include "timelines.h"

namespace waymark::bench {
namespace {

constexpr uint32_t kRestored = 1'000'000;

using Restore = std::function<void(Snapshots&, Store&)>;

std::string RestoredKey(uint32_t index) {
  // An odd multiplier visits every rank once, in an order that looks random.
  return ProfilePrefix(static_cast<uint32_t>(uint64_t{index} * 7'368'787 % kRestored));
}

void RestoreByPuts(Snapshots& snapshots, Store& store) {
  BatchWriter writer(store);
  for (uint32_t i = 0; i < kRestored; ++i) writer.Put(RestoredKey(i), snapshots.Make(i, 0));
}

void RestoreByRuns(Snapshots& snapshots, Store& store) {
  SortBuffer buffer;
  for (uint32_t i = 0; i < kRestored; ++i) {
    buffer.Add(RestoredKey(i), snapshots.Make(i, 0));
    if (buffer.memory_bytes() >= kSortBytes) FlushBuffer(Layout::kIngested, store, &buffer);
  }
  FlushBuffer(Layout::kIngested, store, &buffer);
}

void RestoreByExternalSort(Snapshots& snapshots, Store& store) {
  ExternalSort sort(store.spill_path(), kSortBytes);
  for (uint32_t i = 0; i < kRestored; ++i) sort.Add(RestoredKey(i), snapshots.Make(i, 0));
  FileWriter writer(store);
  sort.Merge([&writer](std::string_view key, std::string_view value) { writer.Put(key, value); });
  store.Ingest({{store.rows(), writer.Finish()}});
}

void MeasureRestore(const std::string& name, const Restore& restore, const std::string& folder,
                    Report* report) {
  Snapshots snapshots(250);
  Store store(folder, {.block_bytes = 4'096});
  const Meter meter;
  restore(snapshots, store);
  store.Flush(true);
  const double ready_wall = meter.wall();
  const double ready_process = meter.process();
  store.Settle();
  const double settled_process = meter.process();
  if (ScanAll(Layout::kIngested, store).count() != kRestored) std::abort();
  report->Row({name, Number(ready_wall, 2), Number(kRestored / ready_wall / 1e3, 0) + "k",
               Number(ready_process * 1e6 / kRestored, 2),
               Number(settled_process * 1e6 / kRestored, 2),
               Number(double(store.written_bytes()) / kRestored, 0),
               Number(double(store.disk_bytes()) / kRestored, 0)});
}

}  // namespace

void MeasureRestores(const Workload& workload, const std::string& folder, Report* report) {
  report->Head("## 3 Restore of 1,000,000 snapshots of 250 B in random order (lz4)",
               {"way", "ready s", "records/s", "CPU µs/record until ready",
                "until settled", "written B/record", "disk B/record"});
  MeasureRestore("puts", RestoreByPuts, folder, report);
  MeasureRestore("64 MiB sorted runs, each ingested", RestoreByRuns, folder, report);
  MeasureRestore("external sort, one file ingested", RestoreByExternalSort, folder, report);
  std::string copy;
  Digest digest;
  const Meter meter;
  for (const Step& step : workload.steps()) {
    copy = workload.value(step);
    digest.Add(copy);
  }
  report->Line("\nSteps beyond the snapshot, copied and hashed as a stand-in for decoding: " +
               Number(meter.thread() * 1e6 / double(digest.count()), 3) + " µs/step.");
}

}  // namespace waymark::bench
