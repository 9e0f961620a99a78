#include "store/memory_store.h"

namespace waymark::store {

base::Result<std::optional<std::string>> MemoryStore::Get(Family family,
                                                          std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto at = rows(family).find(key);
  if (at == rows(family).end()) return std::optional<std::string>();
  return std::optional<std::string>(at->second);
}

base::Result<std::vector<std::optional<std::string>>> MemoryStore::MultiGet(
    Family family, const std::vector<std::string_view>& keys) const {
  std::vector<std::optional<std::string>> values;
  values.reserve(keys.size());
  for (const std::string_view key : keys) {
    WAYMARK_ASSIGN_OR_RETURN(auto value, Get(family, key));
    values.push_back(std::move(value));
  }
  return values;
}

namespace {
// Rows as they were when the cursor was made.
class CopiedRows final : public Cursor {
 public:
  explicit CopiedRows(std::vector<std::pair<std::string, std::string>> rows)
      : rows_(std::move(rows)) {}
  bool Next() override { return next_++ < rows_.size(); }
  std::string_view key() const override { return rows_[next_ - 1].first; }
  std::string_view value() const override { return rows_[next_ - 1].second; }
  base::Status status() const override { return {}; }

 private:
  std::vector<std::pair<std::string, std::string>> rows_;
  size_t next_ = 0;
};
}  // namespace

std::unique_ptr<Cursor> MemoryStore::Read(Family family, std::string_view begin,
                                          std::string_view end) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<std::string, std::string>> copied;
  for (auto at = rows(family).lower_bound(begin); at != rows(family).end(); ++at) {
    if (!end.empty() && std::string_view(at->first) >= end) break;
    copied.emplace_back(at->first, at->second);
  }
  return std::make_unique<CopiedRows>(std::move(copied));
}

base::Result<std::optional<OwnedRow>> MemoryStore::ReadLast(Family family, std::string_view begin,
                                                            std::string_view end) const {
  const std::lock_guard lock(mutex_);
  const Rows& all = rows(family);
  auto at = end.empty() ? all.end() : all.lower_bound(end);
  if (at == all.begin() || std::string_view((--at)->first) < begin) {
    return std::optional<OwnedRow>();
  }
  return std::optional<OwnedRow>({at->first, at->second});
}

base::Status MemoryStore::Write(const Batch& batch) {
  const std::lock_guard lock(mutex_);
  for (const Batch::Change& change : batch.changes()) {
    if (change.value) {
      rows(change.family).insert_or_assign(std::string(change.key), std::string(*change.value));
    } else {
      rows(change.family).erase(std::string(change.key));
    }
  }
  return {};
}

base::Status MemoryStore::Ingest(Family family, const std::vector<Row>& sorted) {
  const std::lock_guard lock(mutex_);
  for (size_t i = 0; i < sorted.size(); ++i) {
    WAYMARK_CHECK(i == 0 || sorted[i - 1].key < sorted[i].key, "ingested rows are sorted");
    for (Rows* target : {&rows(family), &flushed_[static_cast<size_t>(family)]}) {
      if (sorted[i].value) {
        target->insert_or_assign(std::string(sorted[i].key), std::string(*sorted[i].value));
      } else {
        target->erase(std::string(sorted[i].key));
      }
    }
  }
  return {};
}

base::Status MemoryStore::EraseRange(Family family, std::string_view begin,
                                      std::string_view end) {
  const std::lock_guard lock(mutex_);
  if (!end.empty() && begin >= end) return {};
  const auto first = rows(family).lower_bound(begin);
  const auto last = end.empty() ? rows(family).end() : rows(family).lower_bound(end);
  rows(family).erase(first, last);
  return {};
}

base::Status MemoryStore::Flush() {
  const std::lock_guard lock(mutex_);
  const uint64_t begun = expiry_.BeginFlush();
  flushed_ = rows_;
  expiry_.EndFlush(begun);
  DropExpired();
  return {};
}

void MemoryStore::SetExpired(std::string_view prefix, KeyTest test) {
  expiry_.Set(prefix, std::move(test));
}

void MemoryStore::DropExpired() {
  const auto tests = expiry_.tests();
  if (tests->empty()) return;
  const auto is_expired = [&](const auto& row) { return Expiry::IsExpired(*tests, row.first); };
  for (const Family family : {Family::kTimelines, Family::kFolds}) {
    std::erase_if(rows(family), is_expired);
    std::erase_if(flushed_[static_cast<size_t>(family)], is_expired);
  }
}

void MemoryStore::LoseUnflushed() {
  const std::lock_guard lock(mutex_);
  rows_ = flushed_;
  expiry_.Clear();
}

}  // namespace waymark::store
