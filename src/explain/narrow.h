#pragma once

#include "detect/facts.h"
#include "detect/predicate.h"
#include "model/condition.h"

namespace waymark::explain {

// What of a condition that held was decisive: alternatives under `any` that cannot have held are
// left out. Judged by the interaction alone and, where `facts` name it, the journey's stage; what
// asks for more stays.
model::Condition Narrowed(const model::Condition& condition, const detect::Facts& facts,
                          const detect::Names& names);

}  // namespace waymark::explain
