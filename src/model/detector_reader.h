#pragma once

#include <string_view>

#include "model/condition_reader.h"
#include "model/detector.h"
#include "model/stage_reader.h"
#include "model/yaml_reader.h"

namespace waymark::model {

// What a detector may refer to.
struct DetectorContext {
  ConditionScope conditions;  // with the detectors that stand before it
  const StageNames& names;
};

// True where the entry says what is to be found in more than a single interaction.
bool SaysDetector(const YamlNode& entry);

// Reads what an entry is to find, out of exactly one of the keys `when`, `sequence`, `silence`,
// `stay`, `bounce` and `narrowing`, and the keys that go with it. `what` names the entry: "a
// signal".
Detector ReadDetector(const YamlNode& entry, YamlMap& map, std::string_view what,
                      const DetectorContext& context, YamlReader& reader);

}  // namespace waymark::model
