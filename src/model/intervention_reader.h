#pragma once

#include <span>
#include <vector>

#include "model/intervention.h"
#include "model/journey_model.h"
#include "model/stage_reader.h"
#include "model/yaml_reader.h"

namespace waymark::model {

// The list `interventions` of a model. `touchpoints`: its registry; empty: names are free.
std::vector<Intervention> ReadInterventions(const YamlNode& node, const StageNames& names,
                                            std::span<const Touchpoint> touchpoints,
                                            YamlReader& reader);

}  // namespace waymark::model
