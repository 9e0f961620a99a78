// Measures how timelines, snapshots and restores are best laid out in RocksDB when the steps topic
// is the log and the store is only a view of it. See README.md for what each row means.
//
// Usage: state_layout [steps] [working directory] [results file]

#include <sys/sysinfo.h>
#include <time.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "steps.h"
#include "store.h"

namespace waymark::bench {
namespace {

double Seconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

// Wall time and CPU time since its making: of this thread, and of the process with RocksDB's own
// threads.
class Meter {
 public:
  double wall() const { return Seconds(CLOCK_MONOTONIC) - wall_; }
  double process() const { return Seconds(CLOCK_PROCESS_CPUTIME_ID) - process_; }
  double thread() const { return Seconds(CLOCK_THREAD_CPUTIME_ID) - thread_; }

 private:
  double wall_ = Seconds(CLOCK_MONOTONIC);
  double process_ = Seconds(CLOCK_PROCESS_CPUTIME_ID);
  double thread_ = Seconds(CLOCK_THREAD_CPUTIME_ID);
};

std::string Number(double value, int digits) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

// Markdown that is shown as it grows and written to the results file at the end.
class Report {
 public:
  void Line(const std::string& line) {
    std::cout << line << std::endl;
    text_ += line + "\n";
  }
  void Row(const std::vector<std::string>& cells) {
    std::string line = "|";
    for (const std::string& cell : cells) line += " " + cell + " |";
    Line(line);
  }
  void Head(const std::string& title, const std::vector<std::string>& columns) {
    Line("\n" + title + "\n");
    Row(columns);
    Row(std::vector<std::string>(columns.size(), "---"));
  }

  void Append(const Report& other) { text_ += other.text_; }

  // The conclusion is written by hand, so a new run keeps it.
  void Write(const std::string& path) const {
    std::stringstream before;
    before << std::ifstream(path).rdbuf();
    const size_t conclusion = before.str().find("\n## Conclusion");
    std::ofstream out(path);
    out << text_;
    if (conclusion != std::string::npos) out << before.str().substr(conclusion);
  }

 private:
  std::string text_;
};

// ---- 1. Timelines -------------------------------------------------------------------------------

constexpr size_t kPageSteps = 64;

enum class Layout { kArrivals, kSortedPuts, kIngested, kPages };

struct TimelineCase {
  std::string name;
  Layout layout;
  Tuning tuning;
  size_t sort_bytes = kSortBytes;
};

void FlushSortedPuts(Store& store, const SortBuffer& buffer) {
  {
    BatchWriter writer(store);
    for (size_t i = 0; i < buffer.size(); ++i) writer.Put(buffer.key(i), buffer.value(i));
  }
  store.Flush(false);
}

void FlushIngested(Store& store, const SortBuffer& buffer) {
  FileWriter writer(store);
  for (size_t i = 0; i < buffer.size(); ++i) writer.Put(buffer.key(i), buffer.value(i));
  store.Ingest({{store.rows(), writer.Finish()}});
}

// Up to 64 steps of a profile in one row. The first byte counts them; each step is two sizes, the
// key without the profile's prefix, and the value. Full pages are keyed by their first step, the
// unfinished one by a fixed key behind them all, so that a point read finds it.
class Page {
 public:
  size_t count() const { return static_cast<unsigned char>(bytes_[0]); }
  const std::string& bytes() const { return bytes_; }
  std::string_view first_order() const { return std::string_view(bytes_).substr(7, Head()[0]); }

  void Clear() { bytes_.assign(1, '\0'); }
  void Assign(const Slice& bytes) { bytes_.assign(bytes.data(), bytes.size()); }
  void Append(std::string_view order, std::string_view value) {
    ++bytes_[0];
    AppendBigEndian(order.size(), 2, &bytes_);
    AppendBigEndian(value.size(), 4, &bytes_);
    bytes_.append(order).append(value);
  }

  template <typename Visitor>
  static void Visit(std::string_view bytes, const Visitor& visit) {
    size_t position = 1;
    while (position < bytes.size()) {
      const std::array<size_t, 2> sizes = Sizes(bytes.substr(position));
      visit(bytes.substr(position + 6 + sizes[0], sizes[1]));
      position += 6 + sizes[0] + sizes[1];
    }
  }

 private:
  static std::array<size_t, 2> Sizes(std::string_view bytes) {
    std::array<size_t, 2> sizes{};
    for (size_t i = 0; i < 6; ++i) {
      size_t& size = sizes[i < 2 ? 0 : 1];
      size = size << 8 | static_cast<unsigned char>(bytes[i]);
    }
    return sizes;
  }
  std::array<size_t, 2> Head() const { return Sizes(std::string_view(bytes_).substr(1)); }

  std::string bytes_ = std::string(1, '\0');
};

std::string UnfinishedPageKey(const std::string& prefix) { return prefix + std::string(8, '\xff'); }

size_t PrefixSize(std::string_view key) {
  static constexpr std::string_view kEnd("\0\0", 2);
  return key.find(kEnd, 2) + kEnd.size();
}

void FlushPages(Store& store, const SortBuffer& buffer) {
  BatchWriter writer(store);
  std::string prefix;
  Page page;
  rocksdb::PinnableSlice found;
  for (size_t i = 0; i < buffer.size(); ++i) {
    const std::string_view key = buffer.key(i);
    const size_t prefix_size = PrefixSize(key);
    if (key.substr(0, prefix_size) != prefix) {
      if (!prefix.empty()) writer.Put(UnfinishedPageKey(prefix), page.bytes());
      prefix = key.substr(0, prefix_size);
      found.Reset();
      const rocksdb::Status status =
          store.db().Get({}, store.rows(), UnfinishedPageKey(prefix), &found);
      if (status.IsNotFound()) {
        page.Clear();
      } else {
        Check(status);
        page.Assign(found);
      }
    }
    if (page.count() == kPageSteps) {
      writer.Put(prefix + std::string(page.first_order()), page.bytes());
      page.Clear();
    }
    page.Append(key.substr(prefix_size), buffer.value(i));
  }
  if (!prefix.empty()) writer.Put(UnfinishedPageKey(prefix), page.bytes());
}

void FlushBuffer(Layout layout, Store& store, SortBuffer* buffer) {
  buffer->Sort();
  if (layout == Layout::kSortedPuts) FlushSortedPuts(store, *buffer);
  if (layout == Layout::kIngested) FlushIngested(store, *buffer);
  if (layout == Layout::kPages) FlushPages(store, *buffer);
  buffer->Clear();
}

void WriteTimelines(const Workload& workload, const TimelineCase& test, Store& store) {
  std::string key;
  if (test.layout == Layout::kArrivals) {
    BatchWriter writer(store);
    for (size_t i = 0; i < workload.steps().size(); ++i) {
      workload.MakeKey(i, &key);
      writer.Put(key, workload.value(workload.steps()[i]));
    }
    return;
  }
  SortBuffer buffer;
  for (size_t i = 0; i < workload.steps().size(); ++i) {
    workload.MakeKey(i, &key);
    buffer.Add(key, workload.value(workload.steps()[i]));
    if (buffer.memory_bytes() >= test.sort_bytes) FlushBuffer(test.layout, store, &buffer);
  }
  FlushBuffer(test.layout, store, &buffer);
}

Digest ScanRows(Layout layout, rocksdb::Iterator* iterator) {
  Digest digest;
  const auto add = [&digest](std::string_view value) { digest.Add(value); };
  for (; iterator->Valid(); iterator->Next()) {
    const std::string_view value(iterator->value().data(), iterator->value().size());
    if (layout == Layout::kPages) {
      Page::Visit(value, add);
    } else {
      add(value);
    }
  }
  Check(iterator->status());
  return digest;
}

Digest ScanAll(Layout layout, Store& store) {
  rocksdb::ReadOptions read;
  read.readahead_size = 2 * kMebibyte;
  read.fill_cache = false;
  std::unique_ptr<rocksdb::Iterator> iterator(store.db().NewIterator(read, store.rows()));
  iterator->SeekToFirst();
  return ScanRows(layout, iterator.get());
}

void ScanProfile(const Workload& workload, Layout layout, Store& store, uint32_t rank) {
  const std::string& prefix = workload.prefix(rank);
  std::string end = prefix;
  end.back() = '\1';
  const Slice bound = end;
  rocksdb::ReadOptions read;
  read.iterate_upper_bound = &bound;
  std::unique_ptr<rocksdb::Iterator> iterator(store.db().NewIterator(read, store.rows()));
  iterator->Seek(prefix);
  if (ScanRows(layout, iterator.get()).count() != workload.count(rank)) std::abort();
}

// Mean microseconds to read one profile of median size.
double ScanMedian(const Workload& workload, Layout layout, Store& store) {
  const uint32_t median = workload.median_count();
  std::vector<uint32_t> ranks;
  for (uint32_t i = 0; ranks.size() < 2'000 && i < kProfiles; ++i) {
    const auto rank = static_cast<uint32_t>(uint64_t{i} * 7'919 % kProfiles);
    if (workload.count(rank) == median) ranks.push_back(rank);
  }
  const Meter meter;
  for (const uint32_t rank : ranks) ScanProfile(workload, layout, store, rank);
  return meter.thread() * 1e6 / double(ranks.size());
}

double ScanBusiest(const Workload& workload, Layout layout, Store& store) {
  constexpr int kRepeats = 5;
  const Meter meter;
  for (int i = 0; i < kRepeats; ++i) ScanProfile(workload, layout, store, workload.busiest());
  return meter.thread() * 1e3 / kRepeats;
}

std::string CompressionName(rocksdb::CompressionType type) {
  if (type == rocksdb::kNoCompression) return "none";
  return type == rocksdb::kLZ4Compression ? "lz4" : "zstd";
}

void MeasureTimeline(const Workload& workload, const TimelineCase& test, const Digest& expected,
                     const std::string& folder, Report* report) {
  Store store(folder, test.tuning);
  const auto steps = double(workload.steps().size());
  const Meter meter;
  WriteTimelines(workload, test, store);
  const double foreground = meter.thread();
  const double written_wall = meter.wall();
  store.Settle();
  const double process = meter.process();
  const double settled_wall = meter.wall();
  const double median = ScanMedian(workload, test.layout, store);
  const double busiest = ScanBusiest(workload, test.layout, store);
  const Meter scan;
  if (ScanAll(test.layout, store) != expected) std::abort();
  const double scanned = scan.thread();
  const auto logical = double(workload.logical_bytes());
  const auto disk = double(store.disk_bytes());
  const double written = double(store.written_bytes()) / logical;
  const uint64_t level0_files = store.level0_files();
  const Meter compaction;
  store.Compact();
  report->Row({test.name, CompressionName(test.tuning.compression),
               Number(foreground * 1e6 / steps, 2), Number(process * 1e6 / steps, 2),
               Number((process + compaction.process()) * 1e6 / steps, 2),
               Number(written_wall, 1) + " / " + Number(settled_wall, 1),
               Number(disk / steps, 0),
               Number(written, 2) + " / " + Number(double(store.written_bytes()) / logical, 2),
               std::to_string(store.level0_files_max()) + " / " + std::to_string(level0_files),
               Number(double(store.Ticker(rocksdb::STALL_MICROS)) * 1e-6, 1), Number(median, 0),
               Number(busiest, 1), Number(scanned * 1e6 / steps, 2)});
}

std::vector<rocksdb::CompressionType> Compressions() {
  const auto supported = rocksdb::GetSupportedCompressions();
  std::vector<rocksdb::CompressionType> wanted = {
      rocksdb::kNoCompression, rocksdb::kLZ4Compression, rocksdb::kZSTD};
  std::erase_if(wanted, [&supported](rocksdb::CompressionType type) {
    return std::find(supported.begin(), supported.end(), type) == supported.end();
  });
  return wanted;
}

std::vector<TimelineCase> TimelineCases() {
  constexpr size_t kOneFlush = 128 * kMebibyte;  // Only the explicit flush ends a memtable.
  std::vector<TimelineCase> cases;
  for (const rocksdb::CompressionType type : Compressions()) {
    cases.push_back({"a: puts as they arrive", Layout::kArrivals,
                     {.compression = type, .filter = false}});
    cases.push_back({"b: 64 MiB sorted puts", Layout::kSortedPuts,
                     {.compression = type, .sorted_puts = true, .filter = false,
                      .memtable_bytes = kOneFlush}});
    cases.push_back({"c: 64 MiB ingested", Layout::kIngested,
                     {.compression = type, .filter = false}});
    cases.push_back({"d: pages of 64", Layout::kPages,
                     {.compression = type, .sorted_puts = true}});
  }
  cases.push_back({"b without insert hint", Layout::kSortedPuts,
                   {.filter = false, .memtable_bytes = kOneFlush}});
  cases.push_back({"c, universal compaction", Layout::kIngested,
                   {.universal = true, .filter = false}});
  cases.push_back({"c, 16 MiB", Layout::kIngested, {.filter = false}, 16 * kMebibyte});
  cases.push_back({"c, 256 MiB", Layout::kIngested, {.filter = false}, 256 * kMebibyte});
  constexpr size_t kDivisor = 16;
  for (const bool universal : {false, true}) {
    const std::string style = universal ? "universal" : "levels";
    cases.push_back({"c, tree 16 times larger, " + style, Layout::kIngested,
                     {.universal = universal, .filter = false, .tree_divisor = kDivisor},
                     kSortBytes / kDivisor});
  }
  return cases;
}

void MeasureTimelines(const Workload& workload, const Digest& expected, const std::string& folder,
                      Report* report) {
  report->Head("## 1 Timelines, one row or page entry per step",
               {"layout", "compression", "CPU µs/step foreground", "settled", "compacted",
                "wall s written / settled", "disk B/step",
                "write amplification settled / compacted", "level-0 files max / settled",
                "stalled s", "median timeline µs", "10,000 steps ms", "scan all µs/step"});
  for (const TimelineCase& test : TimelineCases()) {
    MeasureTimeline(workload, test, expected, folder, report);
  }
}

// ---- 2. Snapshots -------------------------------------------------------------------------------

// Snapshots of one size: words that compress and ids that do not, half and half.
class Snapshots {
 public:
  explicit Snapshots(size_t bytes) : values_(1'024) {
    static constexpr std::string_view kWords =
        "purchase consideration awareness product-page web app open marketing ";
    for (size_t i = 0; i < values_.size(); ++i) {
      std::string& value = values_[i];
      for (uint64_t part = 0; value.size() < bytes; ++part) {
        const uint64_t chance = Mix(i * 1'000 + part);
        AppendHex(chance, &value);
        value.append(kWords.substr(chance % 48, 16));
      }
      value.resize(bytes);
    }
  }
  // A fresh snapshot: the stamp makes it differ from every other.
  const std::string& Make(uint32_t rank, uint64_t stamp) {
    std::string& value = values_[(rank + stamp) % values_.size()];
    const uint64_t mark = Mix(rank ^ stamp << 32);
    std::memcpy(value.data() + value.size() / 2, &mark, sizeof(mark));
    return value;
  }

 private:
  std::vector<std::string> values_;
};

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

// ---- 3. Restore ---------------------------------------------------------------------------------

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

// ---- 4. External sort ---------------------------------------------------------------------------

// Returns the digest of all steps in the order of their keys, which every layout must reproduce.
Digest MeasureExternalSort(const Workload& workload, const std::string& folder, Report* report) {
  std::filesystem::create_directories(folder);
  const auto steps = double(workload.steps().size());
  ExternalSort sort(folder + "/spill", kSortBytes);
  std::string key;
  Digest digest;
  const Meter meter;
  for (size_t i = 0; i < workload.steps().size(); ++i) {
    workload.MakeKey(i, &key);
    sort.Add(key, workload.value(workload.steps()[i]));
  }
  const double spilled = meter.thread();
  sort.Merge([&digest](std::string_view, std::string_view value) { digest.Add(value); });
  report->Head("## 4 Own external sort of the same steps, 64 MiB of memory",
               {"runs", "CPU µs/step", "sort and spill", "merge", "wall s", "spilled B/step"});
  report->Row({std::to_string(sort.run_count()), Number(meter.thread() * 1e6 / steps, 2),
               Number(spilled * 1e6 / steps, 2),
               Number((meter.thread() - spilled) * 1e6 / steps, 2), Number(meter.wall(), 1),
               Number(double(sort.spilled_bytes()) / steps, 0)});
  return digest;
}

std::string CpuModel() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(": ") + 2);
  }
  return "unknown CPU";
}

void DescribeRun(const Workload& workload, Report* report) {
  struct sysinfo machine {};
  sysinfo(&machine);
  const double memory = double(machine.totalram) * machine.mem_unit / double(1 << 30);
  report->Line("# Results of the state layout benchmark\n");
  report->Line("Machine: " + std::to_string(std::thread::hardware_concurrency()) + " cores of " +
               CpuModel() + ", " + Number(memory, 0) + " GiB of memory; RocksDB " +
               std::to_string(ROCKSDB_MAJOR) + "." + std::to_string(ROCKSDB_MINOR) + "." +
               std::to_string(ROCKSDB_PATCH) + ".\n");
  report->Line(std::to_string(workload.steps().size()) + " steps of " +
               Number(workload.value_bytes_mean(), 0) + " B (with key " +
               Number(double(workload.logical_bytes()) / double(workload.steps().size()), 0) +
               " B), " + std::to_string(kProfiles) + " profiles by Zipf " + Number(kSkew, 1) +
               "; the median profile has " + std::to_string(workload.median_count()) +
               " steps, the busiest " + std::to_string(workload.count(workload.busiest())) + ".");
}

void Run(size_t step_count, const std::string& folder, const std::string& results) {
  const Workload workload(step_count);
  Report report;
  DescribeRun(workload, &report);
  Report sorted;
  const Digest expected = MeasureExternalSort(workload, folder, &sorted);
  MeasureTimelines(workload, expected, folder, &report);
  MeasureSnapshots(workload, folder, &report);
  MeasureRestores(workload, folder, &report);
  report.Append(sorted);
  report.Write(results);
}

}  // namespace
}  // namespace waymark::bench

int main(int argc, char** argv) {
  const size_t step_count = argc > 1 ? std::stoul(argv[1]) : 2'000'000;
  const std::string folder = argc > 2 ? argv[2] : "state_layout.work";
  const std::string results = argc > 3 ? argv[3] : "RESULTS.md";
  waymark::bench::Run(step_count, folder, results);
  return 0;
}
