#pragma once

#include "generate/item.h"
#include "generate/walker.h"

namespace waymark::generate {

// Writes an event out as an interaction with its truth. The same event gives the same bytes, so a
// copy is composed from it again.
class Composer {
 public:
  explicit Composer(uint64_t seed) : seed_(seed) {}
  // Fills key, interaction, copy and truth; not the arrival and the number of the record.
  void Compose(const Event& event, Copy copy, Item& item) const;

 private:
  void PutTruth(const Event& event, Item& item) const;

  uint64_t seed_;
};

}  // namespace waymark::generate
