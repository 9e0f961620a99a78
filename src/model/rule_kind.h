#pragma once

#include <optional>

#include "model/signal.h"
#include "model/yaml_reader.h"

namespace waymark::model {

// The kind of signal that a rule may publish; with its fault where the processor finds that kind
// by itself, or there is no such kind.
std::optional<SignalKind> ReadRuleKind(const YamlNode& node, YamlReader& reader);

}  // namespace waymark::model
