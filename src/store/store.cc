#include "store/store.h"

#include "base/check.h"

namespace waymark::store {

std::string_view ToString(Family family) {
  switch (family) {
    case Family::kMeta: return "meta";
    case Family::kProfiles: return "profiles";
    case Family::kTimelines: return "timelines";
    case Family::kTimers: return "timers";
    case Family::kFolds: return "folds";
  }
  WAYMARK_CHECK(false, "unknown family");
}

void Batch::Put(Family family, std::string_view key, std::string_view value) {
  changes_.push_back({family, bytes_.Copy(key), bytes_.Copy(value)});
}

void Batch::Erase(Family family, std::string_view key) {
  changes_.push_back({family, bytes_.Copy(key), std::nullopt});
}

void Batch::Clear() {
  changes_.clear();
  bytes_.Clear();
}

base::Status Store::Scan(Family family, std::string_view begin, std::string_view end,
                         const RowVisitor& visit) const {
  const auto cursor = Read(family, begin, end);
  while (cursor->Next()) {
    if (!visit(cursor->key(), cursor->value())) return {};
  }
  return cursor->status();
}

std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace waymark::store
