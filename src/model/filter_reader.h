#pragma once

#include "model/condition_reader.h"
#include "model/filter_rule.h"

namespace waymark::model {

// Reads a filter; the probabilities of a row must add up to 1, to a hundredth.
FilterRule ReadFilter(const YamlNode& node, const ConditionScope& before_journey,
                      YamlReader& reader);

}  // namespace waymark::model
