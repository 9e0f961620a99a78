#include "measure/cell_table.h"

#include <algorithm>
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

void Delta::Add(const CellKey& key, std::span<const Cell::Entry> amounts) {
  key_.clear();
  AppendKey(key, key_);
  auto at = cells_.find(key_);
  if (at == cells_.end()) at = cells_.try_emplace(key_).first;
  at->second.Add(amounts);
  if (at->second.IsZero()) cells_.erase(at);
}

void CellTable::Add(const CellKey& key, std::span<const Cell::Entry> amounts) {
  if (IsForgotten(key)) return;
  key_.clear();
  AppendKey(key, key_);
  Day& day = BringUp(key.day);
  Entry& entry = Find(day, key_);
  entry.second.cell.Add(amounts);
  MarkChanged(day, entry);
}

void CellTable::Add(const Delta& delta) {
  for (const auto& [bytes, cell] : delta.cells()) {
    const CellKey key = Parsed(bytes);
    if (IsForgotten(key)) continue;
    Day& day = BringUp(key.day);
    Entry& entry = Find(day, bytes);
    entry.second.cell.Add(cell);
    MarkChanged(day, entry);
  }
}

void CellTable::Set(const CellKey& key, Slot slot, int64_t value) {
  key_.clear();
  AppendKey(key, key_);
  Day& day = BringUp(key.day);
  Entry& entry = Find(day, key_);
  const int64_t before = entry.second.cell.At(slot);
  entry.second.cell.Add(slot, value - before);
  if (before != value) MarkChanged(day, entry);
  EraseIfGone(day, entry);
}

bool CellTable::Load(std::string_view bytes, std::string_view cell) {
  CellKey key;
  Cell value;
  if (!ParseKey(bytes, key) || !value.Parse(cell)) return false;
  Day& day = BringUp(key.day);
  const auto at = day.cells.find(bytes);
  Entry& entry = at != day.cells.end() ? *at : Insert(day, bytes);
  entry.second.cell = std::move(value);
  if (key.kind == CellKind::kOverflow) day.is_full = true;
  MarkUnstored(day, entry);
  EraseIfGone(day, entry);
  return true;
}

void CellTable::NoteStored(std::string_view bytes) {
  const CellKey key = Parsed(bytes);
  Day& day = Known(key.day);
  ++day.stored;
  if (key.kind == CellKind::kOverflow) day.is_full = true;
}

bool CellTable::IsForgotten(const CellKey& key) const {
  return key.day < from_day_ && key.kind != CellKind::kStanding;
}

void CellTable::ForgetBefore(int32_t number) {
  if (number <= from_day_) return;
  from_day_ = number;
  for (auto at = days_.begin(); at != days_.end() && at->first < number; ++at) {
    Day& day = BringUp(at->first);
    for (Entry& entry : day.cells) {
      if (!IsForgotten(Parsed(entry.first))) continue;
      entry.second.cell = {};
      MarkChanged(day, entry);
    }
  }
}

void CellTable::ChangeAll() {
  for (auto& [number, unused] : days_) {
    Day& day = BringUp(number);
    for (Entry& entry : day.cells) MarkChanged(day, entry);
  }
}

void CellTable::Evict(size_t cells_max) {
  ++round_;
  last_ = nullptr;
  std::erase_if(days_, [&](const auto& known) {
    const Day& day = known.second;
    return day.cells.empty() && day.stored == 0 && day.waiting == 0 && !day.is_full;
  });
  if (in_memory_ <= cells_max || stored_ == nullptr) return;
  std::vector<Day*> still;
  for (auto& [number, day] : days_) {
    if (day.waiting == 0 && !day.cells.empty()) still.push_back(&day);
  }
  std::ranges::sort(still, {}, &Day::used);
  for (Day* const day : still) {
    if (in_memory_ <= cells_max) break;
    in_memory_ -= day->cells.size();
    day->stored = day->cells.size();
    day->cells = {};
  }
}

CellTable::Day& CellTable::Known(int32_t number) {
  if (last_ != nullptr && last_->number == number) return *last_;
  const auto [at, is_new] = days_.try_emplace(number);
  at->second.number = number;
  last_ = &at->second;
  return at->second;
}

CellTable::Day& CellTable::BringUp(int32_t number) {
  Day& day = Known(number);
  day.used = round_;
  if (day.stored == 0) return day;
  day.stored = 0;
  const base::Status read =
      stored_->ReadDay(number, [&](std::string_view key, std::string_view cell) {
        const bool is_read = Insert(day, key).second.cell.Parse(cell);
        if (is_read || !status_.ok()) return;
        status_ = {base::StatusCode::kStore, "a stored cell of measures is malformed",
                   "the state folder is damaged: remove it, it is restored from the topics"};
      });
  if (!read.ok()) status_ = read;
  return day;
}

CellTable::Entry& CellTable::Insert(Day& day, std::string_view key) {
  const auto [at, is_new] = day.cells.try_emplace(std::string(key));
  if (is_new) ++in_memory_;
  return *at;
}

CellTable::Entry& CellTable::Find(Day& day, std::string_view key) {
  const auto at = day.cells.find(key);
  if (at != day.cells.end()) return *at;
  if (!day.is_full && day.cells.size() >= cells_per_day_max_) MarkFull(day);
  return day.is_full ? FindOther(day, key) : Insert(day, key);
}

CellTable::Entry& CellTable::FindOther(Day& day, std::string_view key) {
  std::string other;
  AppendKey(OtherOf(Parsed(key)), other);
  return Insert(day, other);
}

void CellTable::MarkFull(Day& day) {
  day.is_full = true;
  Entry& mark = Insert(day, OverflowKey(day.number));
  mark.second.cell.Add(Slot::kCount, 1);
  MarkChanged(day, mark);
}

void CellTable::MarkChanged(Day& day, Entry& entry) {
  if (!entry.second.is_changed) {
    entry.second.is_changed = true;
    ++day.waiting;
    changed_.emplace_back(&day, &entry);
  }
  if (stored_ != nullptr) MarkUnstored(day, entry);
}

void CellTable::MarkUnstored(Day& day, Entry& entry) {
  if (entry.second.is_unstored || stored_ == nullptr) return;
  entry.second.is_unstored = true;
  ++day.waiting;
  unstored_.emplace_back(&day, &entry);
}

void CellTable::EraseIfGone(Day& day, Entry& entry) {
  const State& state = entry.second;
  if (!state.cell.IsZero() || state.is_changed || state.is_unstored) return;
  day.cells.erase(entry.first);
  --in_memory_;
}

}  // namespace waymark::measure
