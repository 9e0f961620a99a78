#include "measure/picture.h"

namespace waymark::measure {

bool Picture::Take(int32_t partition, std::string_view bytes,
                   std::optional<std::string_view> value) {
  CellKey key;
  Cell fresh;
  if (!ParseKey(bytes, key) || !fresh.Parse(value.value_or(std::string_view()))) return false;
  const int32_t number = std::exchange(key.day, 0);
  Wholes::value_type& whole = FindWhole(key);
  Day& day = days_[number];
  const auto [at, is_new] = day.try_emplace(&whole);
  if (is_new) {
    ++size_;
    ++whole.second.days;
    Count(key, number, 1);
  }
  const Cell change = Replace(at->second, partition, fresh);
  if (!change.IsZero()) ++revision_;
  at->second.sum.Add(change);
  whole.second.sum.Add(change);
  if (!at->second.sum.IsZero() || at->second.parts != nullptr) return true;
  --size_;
  day.erase(at);
  if (day.empty()) days_.erase(number);
  Count(key, number, -1);
  if (--whole.second.days == 0) wholes_.erase(whole.first);
  return true;
}

Picture::Wholes::value_type& Picture::FindWhole(const CellKey& key) {
  bytes_.clear();
  AppendKey(key, bytes_);
  const auto [at, is_new] = wholes_.try_emplace(bytes_);
  if (is_new) ParseKey(at->first, at->second.key);
  return *at;
}

void Picture::Count(const CellKey& key, int32_t day, int by) {
  if (key.kind == CellKind::kStanding || key.kind == CellKind::kProbe) return;
  const auto audience =
      audiences_
          .try_emplace({std::string(key.family), std::string(key.model), key.model_version,
                        std::string(key.persona), std::string(key.target_group)})
          .first;
  auto& days = audience->second;
  if ((days[day] += by) == 0) days.erase(day);
  if (days.empty()) audiences_.erase(audience);
}

// What the cell changes by.
Cell Picture::Replace(DayCell& cell, int32_t partition, const Cell& fresh) {
  Cell change = fresh;
  if (cell.parts == nullptr && cell.sum.IsZero()) {
    cell.partition = partition;
    return change;
  }
  if (cell.parts == nullptr && cell.partition == partition) {
    change.Add(cell.sum, -1);
    return change;
  }
  if (cell.parts == nullptr) {
    cell.parts = std::make_unique<std::map<int32_t, Cell>>();
    cell.parts->emplace(cell.partition, cell.sum);
  }
  Cell& part = (*cell.parts)[partition];
  change.Add(part, -1);
  part = fresh;
  if (part.IsZero()) cell.parts->erase(partition);
  if (cell.parts->size() > 1) return change;
  cell.partition = cell.parts->begin()->first;
  cell.parts.reset();
  return change;
}

}  // namespace waymark::measure
