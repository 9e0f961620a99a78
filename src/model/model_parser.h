#pragma once

#include <string>
#include <string_view>

#include "model/extends.h"
#include "model/journey_model.h"

namespace waymark::model {

// Reads the tree of one file.
ModelSource ReadSource(std::string_view yaml, const std::string& file);
// Reads a model or the customer file out of its tree. Faults, those of the source among them, name
// the file that their place is in.
ModelSet ParseSource(const ModelSource& source);

}  // namespace waymark::model
