#include "measure/cell.h"

#include <algorithm>

#include "measure/wire.h"

namespace waymark::measure {
namespace {

// Numbers of the fields of waymark.v1.MeasureCell.
constexpr int kSlots = 1;
constexpr int kValues = 2;

// Modulo 2^64: what hostile values make overflow comes back when it is taken back.
int64_t Sum(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}
int64_t Times(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}

}  // namespace

void Cell::Add(Slot slot, int64_t amount) {
  if (amount == 0) return;
  const auto at = std::ranges::lower_bound(entries_, slot, {}, &Entry::slot);
  if (at == entries_.end() || at->slot != slot) {
    entries_.insert(at, {slot, amount});
    return;
  }
  at->value = Sum(at->value, amount);
  if (at->value == 0) entries_.erase(at);
}

void Cell::Add(std::span<const Entry> amounts) {
  for (const Entry& entry : amounts) Add(entry.slot, entry.value);
}

void Cell::Add(const Cell& other, int64_t times) {
  for (const Entry& entry : other.entries_) Add(entry.slot, Times(times, entry.value));
}

int64_t Cell::At(Slot slot) const {
  const auto at = std::ranges::lower_bound(entries_, slot, {}, &Entry::slot);
  return at != entries_.end() && at->slot == slot ? at->value : 0;
}

// Slots as distances from the one before, which are short.
void Cell::AppendTo(std::string& out) const {
  std::string packed;
  uint16_t before = 0;
  for (const Entry& entry : entries_) {
    const auto slot = static_cast<uint16_t>(entry.slot);
    AppendVarint(static_cast<uint16_t>(slot - before), packed);
    before = slot;
  }
  AppendText(kSlots, packed, out);
  packed.clear();
  for (const Entry& entry : entries_) AppendVarint(ZigZag(entry.value), packed);
  AppendText(kValues, packed, out);
}

bool Cell::Parse(std::string_view bytes) {
  entries_.clear();
  std::string_view slots;
  std::string_view values;
  WireReader in(bytes);
  while (in.Next()) {
    if (in.field() == kSlots) slots = in.bytes();
    if (in.field() == kValues) values = in.bytes();
  }
  if (in.failed()) return false;
  WireReader slot_reader(slots);
  WireReader value_reader(values);
  uint64_t slot = 0;
  while (!slot_reader.at_end()) {
    const uint64_t distance = slot_reader.Varint();
    const int64_t value = UnZigZag(value_reader.Varint());
    slot += distance;
    const bool rises = distance > 0 && slot <= UINT16_MAX;
    if (slot_reader.failed() || value_reader.failed() || !rises || value == 0) return false;
    entries_.push_back({static_cast<Slot>(slot), value});
  }
  return value_reader.at_end();
}

}  // namespace waymark::measure
