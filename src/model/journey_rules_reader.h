#pragma once

#include "model/condition_reader.h"
#include "model/journey_model.h"
#include "model/stage_reader.h"

namespace waymark::model {

// Reads how runs begin, go on and end. `conditions` is what rules within a journey may refer to.
JourneyRules ReadJourneyRules(const YamlNode& node, const StageNames& names,
                              const ConditionScope& conditions, YamlReader& reader);

}  // namespace waymark::model
