#pragma once

#include <optional>

#include "explain/explanation.h"

namespace waymark::explain {

// The signal rule of a journey model that a signal comes from; null: Waymark found it by itself.
const model::SignalRule* SignalRuleOf(const journey::CompiledModel* model,
                                      const model::Signal& signal);

// Sets what of an explanation the models say: the rule, what was awaited, and the part of each
// evidence. The trace and the evidence are there already.
void TellRule(const Timeline& timeline, const journey::CompiledModel* model,
              Explanation& explanation);

}  // namespace waymark::explain
