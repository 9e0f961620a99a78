#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/yaml_tree.h"

namespace waymark::model {

// The text of one model file, read as a tree.
struct ModelSource {
  std::optional<YamlNode> root;    // nothing: it could not be read
  std::vector<std::string> files;  // its own, then those of what it extends, as Place::file says
  std::vector<Fault> faults;       // of reading it
};

// Replaces every source that `extends` another one by both together: keys given again replace those
// of the base; `journey` and the stages are taken key by key; stages, signals, detectors,
// touchpoints
// and personas are found by their names, and left out where they say `remove: true`. What it names
// must be among the sources, and no chain may lead back to itself: else the source has a fault, and
// loses its tree.
void ResolveExtends(std::vector<ModelSource>& sources);

}  // namespace waymark::model
