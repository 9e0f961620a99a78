// A RocksDB store under measurement: its options, and the two ways to fill it in bulk.
#pragma once

#include <chrono>
#include <filesystem>
#include <iostream>
#include <thread>

#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/statistics.h>
#include <rocksdb/table.h>
#include <rocksdb/version.h>

#include "steps.h"

namespace waymark::bench {

using rocksdb::Slice;
using Handle = rocksdb::ColumnFamilyHandle*;

inline constexpr size_t kBatchBytes = kMebibyte;
inline constexpr size_t kSortBytes = 64 * kMebibyte;

inline void Check(const rocksdb::Status& status) {
  if (status.ok()) return;
  std::cerr << status.ToString() << "\n";
  std::abort();
}

inline Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

struct Tuning {
  rocksdb::CompressionType compression = rocksdb::kLZ4Compression;
  bool universal = false;
  bool sorted_puts = false;  // Rows arrive sorted: inserts start at the last one's place.
  bool filter = true;
  size_t memtable_bytes = 64 * kMebibyte;
  size_t block_bytes = 16 * 1024;
  size_t tree_divisor = 1;  // Files and levels smaller by this: how a tree so much larger behaves.
};

inline rocksdb::Options MakeOptions(const Tuning& tuning) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(64 * kMebibyte);
  table.block_size = tuning.block_bytes;
  if (tuning.filter) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  rocksdb::Options options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.atomic_flush = true;
  options.max_background_jobs = 2;
  options.max_write_buffer_number = 2;
  options.write_buffer_size = tuning.memtable_bytes;
  options.level_compaction_dynamic_level_bytes = true;
  options.target_file_size_base /= tuning.tree_divisor;
  options.max_bytes_for_level_base /= tuning.tree_divisor;
  options.compression = tuning.compression;
  options.statistics = rocksdb::CreateDBStatistics();
  options.statistics->set_stats_level(rocksdb::StatsLevel::kExceptHistogramOrTimers);
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  if (tuning.universal) options.compaction_style = rocksdb::kCompactionStyleUniversal;
  if (tuning.sorted_puts) {
    options.memtable_insert_with_hint_prefix_extractor.reset(
        rocksdb::NewFixedPrefixTransform(2));
  }
  return options;
}

// A database of its own folder, emptied before use and removed after it.
class Store {
 public:
  Store(const std::filesystem::path& folder, const Tuning& tuning)
      : folder_(folder), options_(MakeOptions(tuning)) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ / "incoming");
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const char* name : {"default", "offsets"}) families.emplace_back(name, options_);
    rocksdb::DB* opened = nullptr;
    Check(rocksdb::DB::Open(options_, folder_ / "store", families, &handles_, &opened));
    db_.reset(opened);
  }
  ~Store() {
    for (Handle handle : handles_) Check(db_->DestroyColumnFamilyHandle(handle));
    db_.reset();
    std::filesystem::remove_all(folder_);
  }
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  rocksdb::DB& db() { return *db_; }
  Handle rows() const { return handles_[0]; }
  Handle offsets() const { return handles_[1]; }
  const rocksdb::Options& options() const { return options_; }
  std::string spill_path() const { return folder_ / "spill"; }
  std::string NewFile() {
    return folder_ / "incoming" / (std::to_string(file_count_++) + ".sst");
  }

  void Write(rocksdb::WriteBatch* batch) {
    rocksdb::WriteOptions unlogged;
    unlogged.disableWAL = true;
    Check(db_->Write(unlogged, batch));
    batch->Clear();
  }

  void Flush(bool wait) {
    rocksdb::FlushOptions flush;
    flush.wait = wait;
    flush.allow_write_stall = true;
    Check(db_->Flush(flush, handles_));
    NoteFiles();
  }

  // All files become visible in one step of the manifest, whatever family they are for.
  void Ingest(const std::vector<std::pair<Handle, std::string>>& files) {
    std::vector<rocksdb::IngestExternalFileArg> arguments;
    for (const auto& [handle, file] : files) {
      ingested_bytes_ += std::filesystem::file_size(file);
      rocksdb::IngestExternalFileArg& argument = arguments.emplace_back();
      argument.column_family = handle;
      argument.external_files = {file};
      argument.options.move_files = true;
      argument.options.write_global_seqno = false;
    }
    Check(db_->IngestExternalFiles(arguments));
    NoteFiles();
  }

  // Waits until flushes and compactions have rested for a while. "compaction-pending" is no use
  // here: under universal compaction it can stay set though there is nothing to pick.
  void Settle() {
    Flush(true);
    for (int quiet = 0; quiet < 30; ++quiet) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      for (const char* name :
           {"mem-table-flush-pending", "num-running-flushes", "num-running-compactions"}) {
        if (Property(name) > 0) quiet = -1;
      }
    }
  }

  // Merges all levels into the last, so that cases compare whatever compaction has left undone.
  void Compact() { Check(db_->CompactRange({}, rows(), nullptr, nullptr)); }

  uint64_t Property(const std::string& name) {
    uint64_t value = 0;
    if (!db_->GetIntProperty(rows(), "rocksdb." + name, &value)) std::abort();
    return value;
  }
  uint64_t disk_bytes() { return Property("live-sst-files-size"); }
  uint64_t written_bytes() const {
    return ingested_bytes_ + Ticker(rocksdb::FLUSH_WRITE_BYTES) +
           Ticker(rocksdb::COMPACT_WRITE_BYTES);
  }
  uint64_t Ticker(uint32_t ticker) const { return options_.statistics->getTickerCount(ticker); }
  uint64_t level0_files_max() const { return level0_files_max_; }
  uint64_t level0_files() {
    std::string count;
    db_->GetProperty(rows(), "rocksdb.num-files-at-level0", &count);
    return std::stoul(count);
  }
  void NoteFiles() { level0_files_max_ = std::max(level0_files_max_, level0_files()); }

 private:
  std::filesystem::path folder_;
  rocksdb::Options options_;
  std::vector<Handle> handles_;
  std::unique_ptr<rocksdb::DB> db_;
  uint64_t file_count_ = 0;
  uint64_t ingested_bytes_ = 0;
  uint64_t level0_files_max_ = 0;
};

// Puts in batches of about a mebibyte.
class BatchWriter {
 public:
  explicit BatchWriter(Store& store) : store_(store) {}
  ~BatchWriter() { store_.Write(&batch_); }
  BatchWriter(const BatchWriter&) = delete;
  BatchWriter& operator=(const BatchWriter&) = delete;

  void Put(std::string_view key, std::string_view value) {
    Check(batch_.Put(store_.rows(), ToSlice(key), ToSlice(value)));
    if (batch_.GetDataSize() < kBatchBytes) return;
    store_.Write(&batch_);
    store_.NoteFiles();
  }

 private:
  Store& store_;
  rocksdb::WriteBatch batch_;
};

// One SST file, filled in the order of keys.
class FileWriter {
 public:
  explicit FileWriter(Store& store)
      : path_(store.NewFile()),
        // The page cache is kept: the file's first reader is a compaction soon after.
        writer_(rocksdb::EnvOptions(), store.options(), nullptr, false) {
    Check(writer_.Open(path_));
  }
  void Put(std::string_view key, std::string_view value) {
    Check(writer_.Put(ToSlice(key), ToSlice(value)));
  }
  std::string Finish() {
    Check(writer_.Finish());
    return path_;
  }

 private:
  std::string path_;
  rocksdb::SstFileWriter writer_;
};

}  // namespace waymark::bench
