#pragma once

#include <string>

#include "model/journey_model.h"

namespace waymark::journey {

// What decides about the results of a model, as text; titles and other words of the map are left
// out.
std::string FingerprintOf(const model::JourneyModel& model);
std::string FingerprintOf(const model::CustomerModel& customer);

}  // namespace waymark::journey
