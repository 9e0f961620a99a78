#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "store/memory_store.h"

namespace waymark::test {

// A machine's disk: the store in memory, with a hook at every access that may fail or end the
// process (by an exception), before or after the deed.
class FaultyStore final : public store::Store {
 public:
  // store.get  store.read  store.write  store.written  store.ingest  store.ingested  store.erase
  // store.flush  store.flushed
  using Hook = std::function<base::Status(const char* point)>;
  // `is_full`: asked after each write; true: the disk flushes by itself, as RocksDB does.
  FaultyStore(Hook hook, std::function<bool()> is_full)
      : hook_(std::move(hook)), is_full_(std::move(is_full)) {}

  base::Result<std::optional<std::string>> Get(store::Family family,
                                               std::string_view key) const override {
    WAYMARK_RETURN_IF_ERROR(hook_("store.get"));
    return disk_->Get(family, key);
  }
  base::Result<std::vector<std::optional<std::string>>> MultiGet(
      store::Family family, const std::vector<std::string_view>& keys) const override {
    WAYMARK_RETURN_IF_ERROR(hook_("store.get"));
    return disk_->MultiGet(family, keys);
  }
  std::unique_ptr<store::Cursor> Read(store::Family family, std::string_view begin,
                                      std::string_view end) const override {
    return disk_->Read(family, begin, end);
  }
  base::Result<std::optional<store::OwnedRow>> ReadLast(store::Family family,
                                                        std::string_view begin,
                                                        std::string_view end) const override {
    WAYMARK_RETURN_IF_ERROR(hook_("store.get"));
    return disk_->ReadLast(family, begin, end);
  }
  base::Status Write(const store::Batch& batch) override {
    return Around("store.write", "store.written", [&]() -> base::Status {
      WAYMARK_RETURN_IF_ERROR(disk_->Write(batch));
      return is_full_() ? disk_->Flush() : base::Status();
    });
  }
  base::Status Ingest(store::Family family, const std::vector<store::Row>& rows) override {
    return Around("store.ingest", "store.ingested", [&] { return disk_->Ingest(family, rows); });
  }
  base::Status EraseRange(store::Family family, std::string_view begin,
                          std::string_view end) override {
    WAYMARK_RETURN_IF_ERROR(hook_("store.erase"));
    return disk_->EraseRange(family, begin, end);
  }
  base::Status Flush() override {
    return Around("store.flush", "store.flushed", [&] { return disk_->Flush(); });
  }
  void SetExpired(std::string_view prefix, store::KeyTest test) override {
    disk_->SetExpired(prefix, std::move(test));
  }

  void LoseUnflushed() { disk_->LoseUnflushed(); }
  void Wipe() { disk_ = std::make_unique<store::MemoryStore>(); }

 private:
  template <class F>
  base::Status Around(const char* before, const char* after, F deed) {
    WAYMARK_RETURN_IF_ERROR(hook_(before));
    WAYMARK_RETURN_IF_ERROR(deed());
    return hook_(after);
  }

  Hook hook_;
  std::function<bool()> is_full_;
  std::unique_ptr<store::MemoryStore> disk_ = std::make_unique<store::MemoryStore>();
};

}  // namespace waymark::test
