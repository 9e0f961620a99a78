#pragma once

#include "journey/fold.h"
#include "measure/cell_key.h"
#include "measure/cell_table.h"
#include "model/interaction.h"

namespace waymark::engine {

// What one application of the fold adds to measures (sign 1), or what it had added (-1). It depends
// on the interaction and the effects alone, so that measures follow the canonical view: whoever
// adds up all standing steps and signals comes to the same figures.
//
// `interaction` is null where only time has passed; `state` is as the application has left it.
template <class Cells>
void Measure(const journey::State& state, const model::Interaction* interaction,
             const journey::Effects& effects, int sign, Cells& cells);

extern template void Measure(const journey::State&, const model::Interaction*,
                             const journey::Effects&, int, measure::Delta&);
extern template void Measure(const journey::State&, const model::Interaction*,
                             const journey::Effects&, int, measure::CellTable&);

}  // namespace waymark::engine
