#pragma once

#include <span>
#include <string>

#include "model/temporal_profile.h"
#include "model/yaml_reader.h"

namespace waymark::model {

// Reads a temporal profile over these stages.
TemporalProfile ReadTemporalProfile(const YamlNode& node, std::span<const std::string> stages,
                                    YamlReader& reader);

}  // namespace waymark::model
