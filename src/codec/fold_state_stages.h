#pragma once

#include <cstddef>

#include "codec/compact.h"
#include "detect/used_stages.h"

namespace waymark::codec {

// Of each of the `count` stages of the model: a bit, visited; then a flag, and the counts where
// there are any.
void WriteStages(CompactWriter& out, const detect::UsedStages& stages, size_t count);
void ReadStages(CompactReader& in, size_t count, detect::UsedStages& stages);

}  // namespace waymark::codec
