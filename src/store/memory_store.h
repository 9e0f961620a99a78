#pragma once

#include <array>
#include <map>
#include <mutex>
#include <string>

#include "store/store.h"

namespace waymark::store {

// The store's in-memory form, for tests and the simulation. LoseUnflushed() plays a crash. Rows
// that may vanish do so at once.
class MemoryStore final : public Store {
 public:
  base::Result<std::optional<std::string>> Get(Family family, std::string_view key) const override;
  base::Result<std::vector<std::optional<std::string>>> MultiGet(
      Family family, const std::vector<std::string_view>& keys) const override;
  std::unique_ptr<Cursor> Read(Family family, std::string_view begin,
                               std::string_view end) const override;
  base::Result<std::optional<OwnedRow>> ReadLast(Family family, std::string_view begin,
                                                 std::string_view end) const override;
  base::Status Write(const Batch& batch) override;
  base::Status Ingest(Family family, const std::vector<Row>& rows) override;
  base::Status EraseRange(Family family, std::string_view begin, std::string_view end) override;
  base::Status Flush() override;
  void SetExpired(std::string_view prefix, KeyTest test) override;

  // Back to the state of the last Flush(), ingested rows kept.
  void LoseUnflushed();

 private:
  using Rows = std::map<std::string, std::string, std::less<>>;
  Rows& rows(Family family) { return rows_[static_cast<size_t>(family)]; }
  const Rows& rows(Family family) const { return rows_[static_cast<size_t>(family)]; }
  void DropExpired();

  mutable std::mutex mutex_;
  std::array<Rows, kFamilies> rows_;
  std::array<Rows, kFamilies> flushed_;
  Expiry expiry_;
};

}  // namespace waymark::store
