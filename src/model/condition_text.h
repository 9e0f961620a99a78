#pragma once

#include <string>

#include "model/condition.h"

namespace waymark::model {

// The condition as a model file states it, on one line: "{action: [order, pay], channel: web}"
// comes
// back as "{all: [{action: [\"order\", \"pay\"]}, {channel: [\"web\"]}]}". Read again it is the
// same.
std::string ToYaml(const Condition& condition);

// A text between double quotes, as YAML and JSON have it.
std::string QuotedYaml(std::string_view text);

}  // namespace waymark::model
