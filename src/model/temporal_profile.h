#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/condition.h"

namespace waymark::model {

// How long journeys usually take from the first entry of one stage to the first entry of another.
// A journey that takes longer or shorter by more than `zeta` deviations runs unusually. The method
// is temporal conformance checking with temporal profiles: Stertz, Mangler, Rinderle-Ma, "Temporal
// Conformance Checking at Runtime based on Time-infused Process Models" (2020).
struct TemporalProfile {
  struct Pair {
    std::string from;  // stage
    std::string to;    // stage, another one
    base::Millis mean{};
    base::Millis deviation{};  // standard deviation, longer than zero
    Place place;
  };

  int64_t zeta_milli = 3000;  // thousandths of a deviation
  std::vector<Pair> pairs;    // each once
};
inline constexpr size_t kTemporalPairsMax = 512;
inline constexpr double kZetaMin = 0.1;
inline constexpr double kZetaMax = 100;
// Of means and deviations: what is compared with them then stays within 64 bits.
inline constexpr base::Millis kTemporalMax{100LL * 365 * 86'400'000};

}  // namespace waymark::model
