#pragma once

#include <string>

#include "model/yaml_reader.h"
#include "scenario/test_file.h"
#include "scenario/times.h"

namespace waymark::scenario {

// Reads the fields of an interaction from a row of a test, whose id, customer and time are known,
// into `row.bytes`. Names are those of the contract; what an input would be refused for whatever
// the time is a fault.
void ReadInteraction(const model::YamlNode& node, const Times& times, model::YamlReader& reader,
                     Row& row);

}  // namespace waymark::scenario
