#include "snapshots.h"

namespace waymark::bench {
namespace {

enum class Rhythm { kSortedPuts, kIngested, kEachStep };

struct SnapshotCase {
  std::string name;
  Rhythm rhythm;
  size_t bytes;
  size_t window;  // Steps between two flushes.
};

std::vector<uint32_t> DirtyProfiles(const Workload& workload, size_t begin, size_t end) {
  std::vector<uint32_t> ranks;
  std::vector<bool> seen(kProfiles + 1);
  for (size_t i = begin; i < end; ++i) {
    const uint32_t rank = workload.steps()[i].rank;
    if (!seen[rank]) ranks.push_back(rank);
    seen[rank] = true;
  }
  std::sort(ranks.begin(), ranks.end(), [&workload](uint32_t left, uint32_t right) {
    return workload.prefix(left) < workload.prefix(right);
  });
  return ranks;
}

std::vector<std::string> OffsetKeys() {
  std::vector<std::string> keys(kPartitions);
  for (uint32_t i = 0; i < kPartitions; ++i) AppendBigEndian(i, 2, &keys[i]);
  return keys;
}

void FlushSnapshotPuts(const Workload& workload, const std::vector<uint32_t>& ranks,
                       uint64_t stamp, Snapshots& snapshots, Store& store) {
  {
    BatchWriter writer(store);
    for (const uint32_t rank : ranks) {
      writer.Put(workload.prefix(rank), snapshots.Make(rank, stamp));
    }
  }
  rocksdb::WriteBatch offsets;
  for (const std::string& key : OffsetKeys()) {
    Check(offsets.Put(store.offsets(), key, std::to_string(stamp)));
  }
  store.Write(&offsets);
  store.Flush(true);
}

void FlushSnapshotFiles(const Workload& workload, const std::vector<uint32_t>& ranks,
                        uint64_t stamp, Snapshots& snapshots, Store& store) {
  FileWriter rows(store);
  for (const uint32_t rank : ranks) {
    rows.Put(workload.prefix(rank), snapshots.Make(rank, stamp));
  }
  FileWriter offsets(store);
  for (const std::string& key : OffsetKeys()) offsets.Put(key, std::to_string(stamp));
  store.Ingest({{store.rows(), rows.Finish()}, {store.offsets(), offsets.Finish()}});
}

void GetAndPutEachStep(const Workload& workload, Snapshots& snapshots, Store& store) {
  rocksdb::PinnableSlice found;
  rocksdb::WriteBatch batch;
  for (size_t i = 0; i < workload.steps().size(); ++i) {
    const uint32_t rank = workload.steps()[i].rank;
    found.Reset();
    const rocksdb::Status status =
        store.db().Get({}, store.rows(), workload.prefix(rank), &found);
    if (!status.IsNotFound()) Check(status);
    Check(batch.Put(store.rows(), workload.prefix(rank), snapshots.Make(rank, i)));
    store.Write(&batch);
  }
}

void MeasureSnapshot(const Workload& workload, const SnapshotCase& test,
                     const std::string& folder, Report* report) {
  Snapshots snapshots(test.bytes);
  Store store(folder, {.sorted_puts = test.rhythm == Rhythm::kSortedPuts,
                       .memtable_bytes = test.rhythm == Rhythm::kEachStep ? kSortBytes
                                                                         : 8 * kSortBytes,
                       .block_bytes = 4'096});
  const auto steps = double(workload.steps().size());
  double pause_max = 0;
  size_t puts = 0;
  const Meter meter;
  if (test.rhythm == Rhythm::kEachStep) {
    GetAndPutEachStep(workload, snapshots, store);
    puts = workload.steps().size();
  } else {
    for (size_t begin = 0; begin < workload.steps().size(); begin += test.window) {
      const size_t end = std::min(begin + test.window, workload.steps().size());
      const auto ranks = DirtyProfiles(workload, begin, end);
      puts += ranks.size();
      const Meter pause;
      const auto flush =
          test.rhythm == Rhythm::kIngested ? FlushSnapshotFiles : FlushSnapshotPuts;
      flush(workload, ranks, begin, snapshots, store);
      pause_max = std::max(pause_max, pause.wall());
    }
  }
  const double foreground = meter.thread();
  store.Settle();
  const double process = meter.process();
  report->Row({test.name, std::to_string(test.bytes), Number(double(puts) / steps, 2),
               Number(process * 1e6 / steps, 2), Number(foreground * 1e6 / steps, 2),
               Number(process * 1e6 / double(puts), 2), Number(pause_max * 1e3, 0),
               Number(double(store.written_bytes()) / steps, 0),
               std::to_string(store.level0_files_max())});
}

}  // namespace

void MeasureSnapshots(const Workload& workload, const std::string& folder, Report* report) {
  report->Head("## 2 Snapshots of dirty profiles, amortised over steps (lz4)",
               {"way", "snapshot B", "snapshots/step", "CPU µs/step", "of it foreground",
                "CPU µs/snapshot", "longest flush ms", "written B/step", "level-0 files max"});
  for (const size_t bytes : {size_t{250}, size_t{1'000}}) {
    for (const size_t window : {size_t{1'000'000}, size_t{200'000}}) {
      const std::string every = " each " + std::to_string(window / 1'000) + "k steps";
      MeasureSnapshot(workload, {"sorted puts, atomic flush" + every, Rhythm::kSortedPuts, bytes,
                                 window}, folder, report);
      MeasureSnapshot(workload, {"two families ingested at once" + every, Rhythm::kIngested,
                                 bytes, window}, folder, report);
    }
    MeasureSnapshot(workload, {"get and put each step", Rhythm::kEachStep, bytes, 1}, folder,
                    report);
  }
}

}  // namespace waymark::bench
