#include "measure/cell_table.h"

#include <array>

namespace waymark::measure {
namespace {

CellKey Parsed(std::string_view bytes) {
  CellKey key;
  ParseKey(bytes, key);
  return key;
}

// Which parts of a key come with customers' data, by kind, a bit each. Models bound the others.
constexpr std::array<uint8_t, kCellKinds> kOpenParts = {
    0, 0b1100, 0b1110, 0, 0, 0, 0b0010, 0b0001, 0b0001, 0b0011, 0, 0b0010, 0b1110, 0, 0};

CellKey OtherOf(const CellKey& key) {
  CellKey other = key;
  const uint8_t open = kOpenParts[static_cast<size_t>(key.kind)];
  for (size_t part = 0; part < other.parts.size(); ++part) {
    if ((open >> part & 1) != 0 && !key.parts[part].empty()) other.parts[part] = kOther;
  }
  if (!key.persona.empty()) other.persona = kOther;
  if (!key.target_group.empty()) other.target_group = kOther;
  return other;
}

std::string OverflowKey(int32_t day) {
  std::string key;
  AppendKey({.kind = CellKind::kOverflow, .day = day}, key);
  return key;
}

}  // namespace

void Delta::Add(const CellKey& key, Slot slot, int64_t amount) {
  key_.clear();
  AppendKey(key, key_);
  auto at = cells_.find(key_);
  if (at == cells_.end()) at = cells_.try_emplace(key_).first;
  at->second.Add(slot, amount);
  if (at->second.IsZero()) cells_.erase(at);
}

void CellTable::Add(const CellKey& key, Slot slot, int64_t amount) {
  if (IsForgotten(key)) return;
  key_.clear();
  AppendKey(key, key_);
  Entry& entry = Find(key_);
  entry.second.cell.Add(slot, amount);
  MarkChanged(entry);
}

void CellTable::Add(const Delta& delta) {
  for (const auto& [key, cell] : delta.cells()) {
    if (IsForgotten(Parsed(key))) continue;
    Entry& entry = Find(key);
    entry.second.cell.Add(cell);
    MarkChanged(entry);
  }
}

void CellTable::Set(const CellKey& key, Slot slot, int64_t value) {
  key_.clear();
  AppendKey(key, key_);
  Entry& entry = Find(key_);
  const int64_t before = entry.second.cell.At(slot);
  if (before == value) return;
  entry.second.cell.Add(slot, value - before);
  MarkChanged(entry);
}

bool CellTable::Load(std::string_view key, std::string_view cell) {
  CellKey parsed;
  Cell value;
  if (!ParseKey(key, parsed) || !value.Parse(cell)) return false;
  Day& day = days_[parsed.day];
  const auto [at, is_new] = cells_.try_emplace(std::string(key));
  if (is_new) ++day.cells;
  at->second.cell = std::move(value);
  if (parsed.kind == CellKind::kOverflow) day.is_full = true;
  return true;
}

bool CellTable::IsForgotten(const CellKey& key) const {
  return key.day < from_day_ && key.kind != CellKind::kStanding;
}

void CellTable::ForgetBefore(int32_t day) {
  if (day <= from_day_) return;
  from_day_ = day;
  for (Entry& entry : cells_) {
    if (!IsForgotten(Parsed(entry.first))) continue;
    entry.second.cell = {};
    entry.second.is_gone = true;
    MarkChanged(entry);
  }
  std::erase_if(days_, [&](const auto& known) { return known.first < day; });
}

CellTable::Entry& CellTable::Find(std::string_view key) {
  const auto at = cells_.find(key);
  if (at != cells_.end()) return *at;
  const int32_t number = Parsed(key).day;
  Day& day = days_[number];
  if (!day.is_full && day.cells >= cells_per_day_max_) MarkFull(number, day);
  if (day.is_full) return FindOther(key);
  ++day.cells;
  return *cells_.try_emplace(std::string(key)).first;
}

CellTable::Entry& CellTable::FindOther(std::string_view key) {
  std::string other;
  AppendKey(OtherOf(Parsed(key)), other);
  return *cells_.try_emplace(std::move(other)).first;
}

void CellTable::MarkFull(int32_t number, Day& day) {
  day.is_full = true;
  Entry& mark = *cells_.try_emplace(OverflowKey(number)).first;
  mark.second.cell.Add(Slot::kCount, 1);
  MarkChanged(mark);
}

void CellTable::MarkChanged(Entry& entry) {
  if (entry.second.is_changed) return;
  entry.second.is_changed = true;
  changed_.push_back(&entry);
}

}  // namespace waymark::measure
