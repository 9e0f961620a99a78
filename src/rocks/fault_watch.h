#pragma once

#include <rocksdb/listener.h>
#include <rocksdb/status.h>

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>

#include "base/status.h"

namespace waymark::rocks {

// True where bytes on disk are not what was written: only a rebuild helps.
bool IsDamage(const rocksdb::Status& status);

// A fault of RocksDB as ours, with what can be done about it.
base::Status ToStatus(const rocksdb::Status& status, std::string_view what);

// Sees every fault of one open database. What fails in the background, such as a flush or a
// merge of files, is kept: after it no write may be taken, since RocksDB goes on trying by itself
// and takes writes in memory meanwhile. Damage is noted in the folder. Any thread may call it.
class FaultWatch final : public rocksdb::EventListener {
 public:
  // A folder that is only read is not noted in: its owner may be moving files at this moment.
  FaultWatch(std::string folder, bool read_only)
      : folder_(std::move(folder)), read_only_(read_only) {}

  // The status as ours.
  base::Status Check(const rocksdb::Status& status, std::string_view what) const;
  // The first fault in the background; ok where there was none.
  base::Status background() const;

  const char* Name() const override { return "waymark fault watch"; }
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason,
                         rocksdb::Status* status) override;

 private:
  const std::string folder_;
  const bool read_only_;
  std::atomic<bool> failed_{false};
  mutable std::mutex mutex_;
  base::Status fault_;
};

}  // namespace waymark::rocks
