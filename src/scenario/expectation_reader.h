#pragma once

#include <vector>

#include "model/yaml_reader.h"
#include "scenario/fields.h"
#include "scenario/test_file.h"
#include "scenario/times.h"

namespace waymark::scenario {

// Reads `expect`: a map, or a list of maps, one for each customer. A map that names no customer
// speaks of `customer`.
std::vector<Expectation> ReadExpectations(const model::YamlNode& node, const std::string& customer,
                                          const Times& times, model::YamlReader& reader);

// A list of maps with fields of these specs.
std::vector<ExpectedRow> ReadExpectedRows(const model::YamlNode& node,
                                          std::span<const FieldSpec> fields, const Times& times,
                                          model::YamlReader& reader);

}  // namespace waymark::scenario
