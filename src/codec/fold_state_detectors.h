#pragma once

#include "codec/compact.h"
#include "detect/detectors.h"
#include "model/journey_model.h"

namespace waymark::codec {

// What the detectors of a run remember; FORMAT.md describes every byte.
void WriteDetectors(CompactWriter& out, const model::JourneyModel& model,
                    const detect::DetectorState& state);
// False where it cannot be a state of this model's detectors.
bool ReadDetectors(CompactReader& in, const model::JourneyModel& model,
                   detect::DetectorState& state);

}  // namespace waymark::codec
