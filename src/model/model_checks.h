#pragma once

#include <vector>

#include "model/journey_model.h"

namespace waymark::model {

// Stages that no run can ever come to (of those that hang together only where it begins), and rules
// that leave a stage which has closed its run. The names in the model must be good.
std::vector<Fault> CheckReachable(const JourneyModel& model);

// Conditions that can never hold.
std::vector<Fault> CheckConditions(const JourneyModel& model);

}  // namespace waymark::model
