#include "timelines.h"

namespace waymark::bench {
namespace {

constexpr size_t kPageSteps = 64;

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

}  // namespace

void FlushBuffer(Layout layout, Store& store, SortBuffer* buffer) {
  buffer->Sort();
  if (layout == Layout::kSortedPuts) FlushSortedPuts(store, *buffer);
  if (layout == Layout::kIngested) FlushIngested(store, *buffer);
  if (layout == Layout::kPages) FlushPages(store, *buffer);
  buffer->Clear();
}

namespace {

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

}  // namespace

Digest ScanAll(Layout layout, Store& store) {
  rocksdb::ReadOptions read;
  read.readahead_size = 2 * kMebibyte;
  read.fill_cache = false;
  std::unique_ptr<rocksdb::Iterator> iterator(store.db().NewIterator(read, store.rows()));
  iterator->SeekToFirst();
  return ScanRows(layout, iterator.get());
}

namespace {

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

}  // namespace

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

}  // namespace waymark::bench
