#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "measure/slots.h"

namespace waymark::measure {

// Signed exact counts by slot; a slot that is not there is 0. Adding and taking back commute, so
// that a cell depends on what counts alone, never on the order in which it came.
class Cell {
 public:
  struct Entry {
    Slot slot;
    int64_t value;
    friend bool operator==(const Entry&, const Entry&) = default;
  };

  void Add(Slot slot, int64_t amount);
  void Add(std::span<const Entry> amounts);
  void Add(const Cell& other, int64_t times = 1);
  int64_t At(Slot slot) const;
  int64_t At(Slot first, int32_t offset) const { return At(SlotOf(first, offset)); }
  bool IsZero() const { return entries_.empty(); }
  const std::vector<Entry>& entries() const { return entries_; }  // by slot, none of them 0
  friend bool operator==(const Cell&, const Cell&) = default;

  // The protobuf message waymark.v1.MeasureCell, without transport.
  void AppendTo(std::string& out) const;
  // False: malformed. Fields of newer versions are passed over.
  bool Parse(std::string_view bytes);

 private:
  std::vector<Entry> entries_;
};

}  // namespace waymark::measure
