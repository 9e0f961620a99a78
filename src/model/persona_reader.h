#pragma once

#include <vector>

#include "model/journey_model.h"
#include "model/stage_reader.h"

namespace waymark::model {

// The personas of a model, with what they need and expect by stage and station.
std::vector<Persona> ReadPersonas(const YamlNode& node, const StageNames& names,
                                  YamlReader& reader);

}  // namespace waymark::model
