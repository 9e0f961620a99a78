#pragma once

#include "codec/compact.h"
#include "journey/state.h"

namespace waymark::codec {

// The part of a stored state that ratings of other steps need; from format 4 on.

// False: there is nothing to write.
bool HasRatings(const journey::RatingState& ratings);
void WriteRatings(CompactWriter& out, int64_t epoch, const journey::RatingState& ratings);
// False: they contradict themselves. `families` is how many the models have.
bool ReadRatings(CompactReader& in, int64_t epoch, size_t families, journey::RatingState& ratings);

}  // namespace waymark::codec
