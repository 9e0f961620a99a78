#pragma once

#include <vector>

#include "model/journey_model.h"

namespace waymark::model {

// A fault for each important target group of the customer file without a model of its own: none has
// a scope that asks for the group or one of its personas, and none with another scope is drawn for
// one of its personas. No set is refused for that.
std::vector<Fault> CheckTargetGroups(const ModelSet& set);

}  // namespace waymark::model
