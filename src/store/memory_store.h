#pragma once

#include <array>
#include <map>
#include <mutex>
#include <string>

#include "store/store.h"

namespace waymark::store {

// The store's in-memory form, for tests and the simulation. lose_unflushed() plays a crash.
class MemoryStore final : public Store {
 public:
  base::Result<std::optional<std::string>> get(Family family, std::string_view key) const override;
  base::Result<std::vector<std::optional<std::string>>> multi_get(
      Family family, const std::vector<std::string_view>& keys) const override;
  base::Status scan(Family family, std::string_view begin, std::string_view end,
                    const RowVisitor& visit) const override;
  base::Status write(const Batch& batch) override;
  base::Status ingest(Family family, const std::vector<Row>& rows) override;
  base::Status erase_range(Family family, std::string_view begin, std::string_view end) override;
  base::Status flush() override;

  // Back to the state of the last flush(), ingested rows kept.
  void lose_unflushed();

 private:
  using Rows = std::map<std::string, std::string, std::less<>>;
  Rows& rows(Family family) { return rows_[static_cast<size_t>(family)]; }
  const Rows& rows(Family family) const { return rows_[static_cast<size_t>(family)]; }

  mutable std::mutex mutex_;
  std::array<Rows, kFamilies> rows_;
  std::array<Rows, kFamilies> flushed_;
};

}  // namespace waymark::store
