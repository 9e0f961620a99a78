#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "base/status.h"
#include "store/store.h"

namespace waymark::rocks {

struct RocksSettings {
  size_t block_cache_bytes = 256u << 20;
  size_t write_buffer_bytes = 128u << 20;  // of all families together
  int background_jobs = 2;
  // Files of timelines and folds that nothing has rewritten for so long are, so that what has
  // expired in them goes. At least a second.
  std::chrono::seconds rewrite_after = std::chrono::hours(24 * 7);
  // Options of RocksDB by its own names, for the database or for every family.
  std::map<std::string, std::string> raw;
  bool read_only = false;
  // The state is thrown away soon: time for compressing and merging it would not pay.
  bool short_lived = false;
};

// What the store uses, for metrics.
struct RocksUsage {
  // Of the disk that holds the folder; 0 where that can't be told.
  uint64_t disk_free_bytes = 0;
  uint64_t disk_size_bytes = 0;
  uint64_t memtable_bytes = 0;
  uint64_t block_cache_bytes = 0;
  uint64_t table_readers_bytes = 0;
  uint64_t live_sst_bytes = 0;
  uint64_t pending_compaction_bytes = 0;
  uint64_t background_errors = 0;
  uint64_t l0_files = 0;  // of the family with most
  bool write_stalled = false;
  // Since it was opened.
  uint64_t stall_micros = 0;
  uint64_t bytes_read = 0;
  uint64_t bytes_written = 0;
  uint64_t compaction_bytes_read = 0;
  uint64_t compaction_bytes_written = 0;
  uint64_t block_cache_hits = 0;
  uint64_t block_cache_misses = 0;
  std::array<uint64_t, store::kFamilies> estimated_keys{};  // by family
};

// The state store on disk: one RocksDB, a column family for each kind of state, without write-ahead
// log. Flush() makes all families durable at the same point (`atomic_flush`). Safe for use by
// several threads that write different keys. Faults carry StatusCode::kStore; one that RocksDB
// meets in the background is told by every later write. Damage is noted in the folder
// (rocks/damage.h).
class RocksStore final : public store::Store {
 public:
  // Opens the folder, making it where it is missing. Only one process may have it open for writing.
  static base::Result<std::unique_ptr<RocksStore>> Open(const std::string& folder,
                                                        const RocksSettings& settings);
  ~RocksStore() override;

  base::Result<std::optional<std::string>> Get(store::Family family,
                                               std::string_view key) const override;
  base::Result<std::vector<std::optional<std::string>>> MultiGet(
      store::Family family, const std::vector<std::string_view>& keys) const override;
  std::unique_ptr<store::Cursor> Read(store::Family family, std::string_view begin,
                                      std::string_view end) const override;
  base::Result<std::optional<store::OwnedRow>> ReadLast(store::Family family,
                                                        std::string_view begin,
                                                        std::string_view end) const override;
  base::Status Write(const store::Batch& batch) override;
  base::Status Ingest(store::Family family, const std::vector<store::Row>& rows) override;
  base::Status EraseRange(store::Family family, std::string_view begin,
                          std::string_view end) override;
  base::Status Flush() override;
  base::Status FlushSoon() override;
  void SetExpired(std::string_view prefix, store::KeyTest test) override;

  // Rewrites the files of all families: what is deleted or has expired gives its room back.
  base::Status Compact();
  // Forgets all rows without reading any, durably. Nobody else may use the store meanwhile.
  base::Status EraseAll();
  // The first fault in the background, after which nothing more is stored; ok where there was none.
  base::Status BackgroundFault() const;
  RocksUsage Usage() const;

 private:
  struct Impl;
  explicit RocksStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Whether Open() would take these as RocksSettings::raw; kConfig with the reason where not.
base::Status CheckOptions(const std::map<std::string, std::string>& raw);

// The version of the library, as linked.
std::string LibraryVersion();

}  // namespace waymark::rocks
