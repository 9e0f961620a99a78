#pragma once

#include <cstdint>

#include "generate/item.h"
#include "generate/walker.h"

namespace waymark::generate {

// Puts what a step's interaction is about: campaign, need, product, value, rating, reference and
// the rest of what Carries names.
void PutWares(const Event& event, const ScriptStep& step, uint64_t seed, Item& item);

}  // namespace waymark::generate
