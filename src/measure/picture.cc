#include "measure/picture.h"

#include <algorithm>

namespace waymark::measure {

bool Picture::Take(int32_t partition, std::string_view key, std::optional<std::string_view> value) {
  CellKey parsed;
  Cell fresh;
  if (!ParseKey(key, parsed) || !fresh.Parse(value.value_or(std::string_view()))) return false;
  auto at = cells_.find(key);
  if (at == cells_.end()) {
    if (fresh.IsZero()) return true;
    at = cells_.try_emplace(std::string(key)).first;
    ParseKey(at->first, at->second.key);
  }
  ++revision_;
  Merged& merged = at->second;
  auto part = std::ranges::find(merged.parts, partition, &std::pair<int32_t, std::string>::first);
  if (part == merged.parts.end()) {
    part = merged.parts.insert(part, {partition, std::string()});
  }
  scratch_.Parse(part->second);
  merged.sum.Add(scratch_, -1);
  merged.sum.Add(fresh);
  if (fresh.IsZero()) {
    merged.parts.erase(part);
  } else {
    part->second.assign(value.value_or(std::string_view()));
  }
  if (merged.parts.empty()) cells_.erase(at);
  return true;
}

}  // namespace waymark::measure
