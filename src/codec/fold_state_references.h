#pragma once

#include <vector>

#include "codec/compact.h"
#include "journey/state.h"

namespace waymark::codec {

// The parts of a stored state that ratings and corrections of other steps need; from format 4 on.

// False: there is nothing to write.
bool HasRatings(const journey::RatingState& ratings);
void WriteRatings(CompactWriter& out, int64_t epoch, const journey::RatingState& ratings,
                  int format);
// False: they contradict themselves. `families` is how many the models have.
// Of the state around them.
struct RatingsContext {
  int64_t epoch;
  size_t families;
  int format;
};
bool ReadRatings(CompactReader& in, const RatingsContext& context, journey::RatingState& ratings);


void WriteCorrections(CompactWriter& out, const std::vector<journey::Correction>& corrections);
void ReadCorrections(CompactReader& in, std::vector<journey::Correction>& corrections);

}  // namespace waymark::codec
