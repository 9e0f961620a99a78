#pragma once

#include <vector>

#include "codec/compact.h"
#include "journey/state.h"

namespace waymark::codec {

// The parts of a stored state that ratings and corrections of other steps need; from format 4 on.

// False: there is nothing to write.
bool HasRatings(const journey::RatingState& ratings);
void WriteRatings(CompactWriter& out, int64_t epoch, const journey::RatingState& ratings);
// False: they contradict themselves. `families` is how many the models have.
bool ReadRatings(CompactReader& in, int64_t epoch, size_t families, journey::RatingState& ratings);


void WriteCorrections(CompactWriter& out, const std::vector<journey::Correction>& corrections);
void ReadCorrections(CompactReader& in, std::vector<journey::Correction>& corrections);

}  // namespace waymark::codec
