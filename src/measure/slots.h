#pragma once

#include <cstdint>

#include "measure/log_buckets.h"

namespace waymark::measure {

// The place of a number within a cell. Stored and published: never used again for another meaning.
enum class Slot : uint16_t {
  kCount = 1,             // of what the cell is about; of contacts those of customers
  kStaff = 2,             // contacts by staff
  kSystem = 3,            // contacts by machines
  kSum = 4,               // of what the histogram counts, milliseconds
  kSatisfaction = 10,     // 10 + answer (1 to 5)
  kNps = 20,              // 20 + answer (0 to 10)
  kEmotion = 40,          // 42 + answer (-2 to 2)
  kNeedFulfilment = 50,   // 50 + answer (1 to 5)
  kEntered = 60,          // stages
  kReentered = 61,        // of these, by a journey that had been there before
  kLeft = 62,             // for another stage
  kMissed = 63,           // stays beyond the target
  kUnusual = 64,          // pairs: journeys whose time the model's temporal profile finds unusual
  kStarted = 70,          // journeys
  kReopened = 71,
  kEnded = 80,            // 80 + status as in the contract: journeys that ended so
  kInteractions = 90,     // of journeys that ended
  kValueMicros = 91,
  kSpread = 92,           // between channels, thousandths of a point
  kSpreadJourneys = 93,
  kHistogram = 1000,      // 1000 + bucket
};

inline constexpr Slot SlotOf(Slot first, int32_t offset) {
  return static_cast<Slot>(static_cast<int32_t>(first) + offset);
}
inline Slot HistogramSlot(int64_t value) { return SlotOf(Slot::kHistogram, BucketOf(value)); }

}  // namespace waymark::measure
