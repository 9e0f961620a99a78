#include "rocks/rocks_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/slice.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/statistics.h>
#include <rocksdb/table.h>
#include <rocksdb/version.h>
#include <rocksdb/write_batch.h>
#include <rocksdb/write_buffer_manager.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "base/check.h"
#include "base/crash_point.h"
#include "rocks/background_flush.h"
#include "rocks/expiry_filter.h"
#include "rocks/fault_watch.h"
#include "rocks/raw_options.h"

namespace waymark::rocks {
namespace {

using rocksdb::ColumnFamilyDescriptor;
using rocksdb::ColumnFamilyHandle;
using rocksdb::ColumnFamilyOptions;
using rocksdb::Slice;
using store::Family;

Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view ToView(const Slice& slice) { return {slice.data(), slice.size()}; }

constexpr std::array<Family, store::kFamilies> kFamilies = {
    Family::kMeta, Family::kProfiles, Family::kTimelines, Family::kTimers, Family::kFolds};

// RocksDB has no code for it.
bool IsLocked(const rocksdb::Status& status) {
  const std::string text = status.ToString();
  return text.find("While lock file") != std::string::npos ||
         text.find("lock hold by") != std::string::npos;
}

class RocksCursor final : public store::Cursor {
 public:
  RocksCursor(rocksdb::DB& db, const FaultWatch& watch, ColumnFamilyHandle* family,
              std::string_view begin, std::string_view end)
      : watch_(watch), end_(end), bound_(end_) {
    rocksdb::ReadOptions options;
    if (!end_.empty()) options.iterate_upper_bound = &bound_;
    rows_.reset(db.NewIterator(options, family));
    rows_->Seek(ToSlice(begin));
  }

  bool Next() override {
    if (started_) rows_->Next();
    started_ = true;
    return rows_->Valid();
  }
  std::string_view key() const override { return ToView(rows_->key()); }
  std::string_view value() const override { return ToView(rows_->value()); }
  base::Status status() const override { return watch_.Check(rows_->status(), "reading rows"); }

 private:
  const FaultWatch& watch_;
  std::string end_;
  Slice bound_;
  std::unique_ptr<rocksdb::Iterator> rows_;
  bool started_ = false;
};

}  // namespace

struct RocksStore::Impl {
  std::string folder;
  std::shared_ptr<FaultWatch> watch;
  const std::shared_ptr<store::Expiry> expiry = std::make_shared<store::Expiry>();
  std::shared_ptr<rocksdb::Statistics> statistics;
  std::unique_ptr<rocksdb::DB> db;
  std::array<ColumnFamilyHandle*, store::kFamilies> handles{};
  std::atomic<uint64_t> next_file{0};
  std::optional<BackgroundFlush> background_flush;

  ~Impl() {
    background_flush.reset();
    for (ColumnFamilyHandle* handle : handles) {
      if (handle != nullptr) db->DestroyColumnFamilyHandle(handle);
    }
    if (db) db->Close();
  }
  ColumnFamilyHandle* Of(Family family) const { return handles[static_cast<size_t>(family)]; }
  base::Status Check(const rocksdb::Status& status, std::string_view what) const {
    return watch->Check(status, what);
  }
  base::Status Flush() {
    WAYMARK_RETURN_IF_ERROR(watch->background());
    const std::vector<ColumnFamilyHandle*> all(handles.begin(), handles.end());
    base::AtCrashPoint("store.flush");
    const uint64_t begun = expiry->BeginFlush();
    const rocksdb::Status status = db->Flush(rocksdb::FlushOptions(), all);
    if (status.ok()) expiry->EndFlush(begun);
    base::AtCrashPoint("store.flushed");
    return Check(status, "flushing");
  }
};

namespace {

ColumnFamilyOptions FamilyOptions(Family family, const std::shared_ptr<rocksdb::Cache>& cache,
                                  const RocksSettings& settings,
                                  const std::shared_ptr<const store::Expiry>& expiry) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.block_size = 16 << 10;
  table.format_version = 5;
  if (family == Family::kProfiles || family == Family::kMeta) {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    table.block_size = 4 << 10;  // read for one row of it
  }
  ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.compression = rocksdb::kLZ4Compression;
  options.write_buffer_size = settings.write_buffer_bytes / 4;
  // RocksDB 7.8 may reorder flushes with more than two buffers and eight background jobs.
  options.max_write_buffer_number = 2;
  options.level_compaction_dynamic_level_bytes = true;
  if (family == Family::kTimelines || family == Family::kFolds) {
    // Each round ingests a file for each partition, so that few of them overlap. Merged many at a
    // time, the level below is rewritten less often.
    options.level0_file_num_compaction_trigger = 16;
    options.level0_slowdown_writes_trigger = 64;
    options.level0_stop_writes_trigger = 96;
    options.max_bytes_for_level_base = 512 << 20;
    options.compaction_filter_factory = MakeExpiryFilters(expiry);
    options.periodic_compaction_seconds = static_cast<uint64_t>(settings.rewrite_after.count());
  }
  if (settings.short_lived) {
    options.compression = rocksdb::kNoCompression;
    options.level0_file_num_compaction_trigger = 24;
    options.level0_slowdown_writes_trigger = 64;
    options.level0_stop_writes_trigger = 96;
  }
  return options;
}

rocksdb::DBOptions DatabaseOptions(const RocksSettings& settings) {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.atomic_flush = true;
  options.max_background_jobs = settings.background_jobs;
  // Without stalls: a stall would hold the commit up; the flush rhythm bounds the memory instead.
  options.write_buffer_manager =
      std::make_shared<rocksdb::WriteBufferManager>(settings.write_buffer_bytes, nullptr, false);
  options.keep_log_file_num = 3;
  options.max_log_file_size = 8 << 20;
  options.info_log_level = rocksdb::WARN_LEVEL;
  return options;
}

// Before opening: RocksDB 7.8 as Debian builds it aborts where it can't write its list of files.
base::Status CheckRoom(const std::string& folder) {
  constexpr uintmax_t kRoomLeast = 4 << 20;
  std::error_code error;
  const uintmax_t room = std::filesystem::space(folder, error).available;
  if (error || room >= kRoomLeast) return {};
  return ToStatus(rocksdb::Status::NoSpace(std::to_string(room) + " bytes are left"),
                  "opening " + folder);
}

}  // namespace

RocksStore::RocksStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RocksStore::~RocksStore() = default;

base::Result<std::unique_ptr<RocksStore>> RocksStore::Open(const std::string& folder,
                                                           const RocksSettings& settings) {
  std::error_code error;
  if (!settings.read_only) {
    std::filesystem::create_directories(folder + "/ingest", error);
    if (error) {
      return base::Status(base::StatusCode::kStore,
                          "cannot make the state folder " + folder + ": " + error.message(),
                          "make it writable, or name another by state.directory");
    }
    for (const auto& left : std::filesystem::directory_iterator(folder + "/ingest", error)) {
      std::filesystem::remove(left.path(), error);
    }
    WAYMARK_RETURN_IF_ERROR(CheckRoom(folder));
  }
  auto impl = std::make_unique<Impl>();
  const auto cache = rocksdb::NewLRUCache(settings.block_cache_bytes);
  std::vector<ColumnFamilyDescriptor> families;
  families.emplace_back(rocksdb::kDefaultColumnFamilyName, ColumnFamilyOptions());
  for (const Family family : kFamilies) {
    ColumnFamilyOptions options = FamilyOptions(family, cache, settings, impl->expiry);
    WAYMARK_RETURN_IF_ERROR(ApplyRaw(settings.raw, options));
    families.emplace_back(std::string(store::ToString(family)), options);
  }
  impl->folder = folder;
  impl->watch = std::make_shared<FaultWatch>(folder, settings.read_only);
  std::vector<ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  auto options = DatabaseOptions(settings);
  WAYMARK_RETURN_IF_ERROR(ApplyRaw(settings.raw, options));
  options.listeners.push_back(impl->watch);
  impl->statistics = rocksdb::CreateDBStatistics();
  impl->statistics->set_stats_level(rocksdb::StatsLevel::kExceptHistogramOrTimers);
  options.statistics = impl->statistics;
  const rocksdb::Status status =
      settings.read_only ? rocksdb::DB::OpenForReadOnly(options, folder, families, &handles, &db)
                         : rocksdb::DB::Open(options, folder, families, &handles, &db);
  if (!status.ok()) {
    base::Status fault = impl->Check(status, "opening " + folder);
    if (!IsLocked(status)) return fault;
    return base::Status(fault.code(), fault.message(),
                        "another process has it open: give each its own state.directory");
  }
  impl->db.reset(db);
  db->DestroyColumnFamilyHandle(handles[0]);
  for (const Family family : kFamilies) {
    const auto index = static_cast<size_t>(family);
    impl->handles[index] = handles[index + 1];
  }
  impl->background_flush.emplace([kept = impl.get()] { return kept->Flush(); });
  return std::unique_ptr<RocksStore>(new RocksStore(std::move(impl)));
}

base::Result<std::optional<std::string>> RocksStore::Get(Family family,
                                                         std::string_view key) const {
  base::AtCrashPoint("store.get");
  std::string value;
  const rocksdb::Status status =
      impl_->db->Get(rocksdb::ReadOptions(), impl_->Of(family), ToSlice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return impl_->Check(status, "reading a row");
  return std::optional<std::string>(std::move(value));
}

base::Result<std::vector<std::optional<std::string>>> RocksStore::MultiGet(
    Family family, const std::vector<std::string_view>& keys) const {
  base::AtCrashPoint("store.get");
  std::vector<Slice> slices;
  slices.reserve(keys.size());
  for (const std::string_view key : keys) slices.push_back(ToSlice(key));
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  impl_->db->MultiGet(rocksdb::ReadOptions(), impl_->Of(family), keys.size(), slices.data(),
                      values.data(), statuses.data());
  std::vector<std::optional<std::string>> found(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    if (!statuses[i].ok()) return impl_->Check(statuses[i], "reading rows");
    found[i].emplace(values[i].data(), values[i].size());
  }
  return found;
}

std::unique_ptr<store::Cursor> RocksStore::Read(Family family, std::string_view begin,
                                                std::string_view end) const {
  return std::make_unique<RocksCursor>(*impl_->db, *impl_->watch, impl_->Of(family), begin, end);
}

base::Result<std::optional<store::OwnedRow>> RocksStore::ReadLast(Family family,
                                                                  std::string_view begin,
                                                                  std::string_view end) const {
  base::AtCrashPoint("store.get");
  const Slice lower = ToSlice(begin);
  const Slice upper = ToSlice(end);
  rocksdb::ReadOptions options;
  options.iterate_lower_bound = &lower;
  if (!end.empty()) options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> rows(
      impl_->db->NewIterator(options, impl_->Of(family)));
  rows->SeekToLast();
  if (!rows->status().ok()) return impl_->Check(rows->status(), "reading the last row");
  if (!rows->Valid()) return std::optional<store::OwnedRow>();
  return std::optional<store::OwnedRow>(
      {std::string(ToView(rows->key())), std::string(ToView(rows->value()))});
}

base::Status RocksStore::Write(const store::Batch& batch) {
  WAYMARK_RETURN_IF_ERROR(impl_->watch->background());
  rocksdb::WriteBatch writes;
  for (const store::Batch::Change& change : batch.changes()) {
    ColumnFamilyHandle* const family = impl_->Of(change.family);
    const rocksdb::Status status =
        change.value ? writes.Put(family, ToSlice(change.key), ToSlice(*change.value))
                     : writes.Delete(family, ToSlice(change.key));
    if (!status.ok()) return impl_->Check(status, "collecting rows");
  }
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  base::AtCrashPoint("store.write");
  const rocksdb::Status status = impl_->db->Write(options, &writes);
  base::AtCrashPoint("store.written");
  return impl_->Check(status, "writing rows");
}

base::Status RocksStore::Ingest(Family family, const std::vector<store::Row>& rows) {
  if (rows.empty()) return {};
  WAYMARK_RETURN_IF_ERROR(impl_->watch->background());
  base::AtCrashPoint("store.ingest");
  const std::string file = impl_->folder + "/ingest/" +
                           std::to_string(impl_->next_file.fetch_add(1)) + ".sst";
  ColumnFamilyHandle* const handle = impl_->Of(family);
  rocksdb::Options options = impl_->db->GetOptions(handle);
  // It is compressed when it is merged with others, by a thread of RocksDB's.
  options.compression = rocksdb::kNoCompression;
  // The file's pages stay cached: compaction reads them soon.
  rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), options, nullptr,
                                /*invalidate_page_cache=*/false);
  if (auto status = writer.Open(file); !status.ok()) return impl_->Check(status, "making " + file);
  for (const store::Row& row : rows) {
    const rocksdb::Status status = row.value ? writer.Put(ToSlice(row.key), ToSlice(*row.value))
                                             : writer.Delete(ToSlice(row.key));
    if (!status.ok()) return impl_->Check(status, "writing " + file);
  }
  if (auto status = writer.Finish(); !status.ok()) return impl_->Check(status, "closing " + file);
  rocksdb::IngestExternalFileOptions ingest;
  ingest.move_files = true;
  ingest.write_global_seqno = false;
  const rocksdb::Status status = impl_->db->IngestExternalFile(handle, {file}, ingest);
  base::AtCrashPoint("store.ingested");
  return impl_->Check(status, "taking in " + file);
}

base::Status RocksStore::EraseRange(Family family, std::string_view begin, std::string_view end) {
  base::AtCrashPoint("store.erase");
  std::string after_last(end);
  if (end.empty()) {
    const std::unique_ptr<rocksdb::Iterator> rows(
        impl_->db->NewIterator(rocksdb::ReadOptions(), impl_->Of(family)));
    rows->SeekToLast();
    if (!rows->Valid()) return impl_->Check(rows->status(), "erasing rows");
    after_last.assign(ToView(rows->key())).push_back('\0');
  }
  if (begin >= after_last) return {};
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  return impl_->Check(
      impl_->db->DeleteRange(options, impl_->Of(family), ToSlice(begin), after_last),
      "erasing rows");
}

base::Status RocksStore::Flush() { return impl_->Flush(); }

base::Status RocksStore::FlushSoon() { return impl_->background_flush->Request(); }

void RocksStore::SetExpired(std::string_view prefix, store::KeyTest test) {
  impl_->expiry->Set(prefix, std::move(test));
}

base::Status RocksStore::Compact() {
  for (const Family family : kFamilies) {
    const rocksdb::Status status = impl_->db->CompactRange(rocksdb::CompactRangeOptions(),
                                                           impl_->Of(family), nullptr, nullptr);
    WAYMARK_RETURN_IF_ERROR(impl_->Check(status, "rewriting files"));
  }
  return {};
}

base::Status RocksStore::EraseAll() {
  // Meta first: rows of other families that no mark stands for are erased by whoever restores.
  for (const Family family : kFamilies) {
    ColumnFamilyHandle*& handle = impl_->handles[static_cast<size_t>(family)];
    const ColumnFamilyOptions options(impl_->db->GetOptions(handle));
    const std::string what = "erasing " + std::string(store::ToString(family));
    WAYMARK_RETURN_IF_ERROR(impl_->Check(impl_->db->DropColumnFamily(handle), what));
    impl_->db->DestroyColumnFamilyHandle(handle);
    handle = nullptr;
    WAYMARK_RETURN_IF_ERROR(impl_->Check(
        impl_->db->CreateColumnFamily(options, std::string(store::ToString(family)), &handle),
        what));
  }
  return {};
}

base::Status RocksStore::BackgroundFault() const { return impl_->watch->background(); }

RocksUsage RocksStore::Usage() const {
  RocksUsage usage;
  for (size_t family = 0; family < store::kFamilies; ++family) {
    ColumnFamilyHandle* const handle = impl_->handles[family];
    const auto add = [&](const std::string& property, uint64_t& to) {
      uint64_t value = 0;
      if (impl_->db->GetIntProperty(handle, property, &value)) to += value;
    };
    add(rocksdb::DB::Properties::kCurSizeAllMemTables, usage.memtable_bytes);
    add(rocksdb::DB::Properties::kEstimateTableReadersMem, usage.table_readers_bytes);
    add(rocksdb::DB::Properties::kLiveSstFilesSize, usage.live_sst_bytes);
    add(rocksdb::DB::Properties::kEstimatePendingCompactionBytes, usage.pending_compaction_bytes);
    add(rocksdb::DB::Properties::kEstimateNumKeys, usage.estimated_keys[family]);
    std::string l0_files;
    if (impl_->db->GetProperty(handle, rocksdb::DB::Properties::kNumFilesAtLevelPrefix + "0",
                               &l0_files)) {
      usage.l0_files =
          std::max<uint64_t>(usage.l0_files, std::strtoull(l0_files.c_str(), nullptr, 10));
    }
  }
  uint64_t stopped = 0;
  uint64_t delayed_rate = 0;
  impl_->db->GetIntProperty(rocksdb::DB::Properties::kIsWriteStopped, &stopped);
  impl_->db->GetIntProperty(rocksdb::DB::Properties::kActualDelayedWriteRate, &delayed_rate);
  usage.write_stalled = stopped != 0 || delayed_rate != 0;
  const rocksdb::Statistics& counted = *impl_->statistics;
  usage.stall_micros = counted.getTickerCount(rocksdb::STALL_MICROS);
  usage.bytes_read = counted.getTickerCount(rocksdb::BYTES_READ) +
                     counted.getTickerCount(rocksdb::NUMBER_MULTIGET_BYTES_READ) +
                     counted.getTickerCount(rocksdb::ITER_BYTES_READ);
  usage.bytes_written = counted.getTickerCount(rocksdb::BYTES_WRITTEN);
  usage.compaction_bytes_read = counted.getTickerCount(rocksdb::COMPACT_READ_BYTES);
  usage.compaction_bytes_written = counted.getTickerCount(rocksdb::COMPACT_WRITE_BYTES);
  usage.block_cache_hits = counted.getTickerCount(rocksdb::BLOCK_CACHE_HIT);
  usage.block_cache_misses = counted.getTickerCount(rocksdb::BLOCK_CACHE_MISS);
  impl_->db->GetIntProperty(impl_->Of(Family::kMeta), rocksdb::DB::Properties::kBlockCacheUsage,
                            &usage.block_cache_bytes);
  impl_->db->GetIntProperty(rocksdb::DB::Properties::kBackgroundErrors, &usage.background_errors);
  std::error_code error;
  const std::filesystem::space_info disk = std::filesystem::space(impl_->folder, error);
  if (error) return usage;
  usage.disk_free_bytes = disk.available;
  usage.disk_size_bytes = disk.capacity;
  return usage;
}

std::string LibraryVersion() {
  return std::to_string(ROCKSDB_MAJOR) + "." + std::to_string(ROCKSDB_MINOR) + "." +
         std::to_string(ROCKSDB_PATCH);
}

}  // namespace waymark::rocks
