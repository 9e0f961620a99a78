#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/condition.h"
#include "model/journey_model.h"
#include "model/yaml_reader.h"

namespace waymark::model {

// What a condition may refer to where it stands.
struct ConditionScope {
  std::span<const std::string> stages;  // the model's
  // False where there is no journey yet: what speaks of one is refused.
  bool in_journey = true;
  std::span<const std::string> detectors{};     // those whose findings are known here
  std::span<const Touchpoint> touchpoints{};    // the registry, by which `online` is known
};

// Reads a condition; where it is wrong, faults are added and what comes back must not be used.
Condition ReadCondition(const YamlNode& node, const ConditionScope& scope, YamlReader& reader);

// The name of a field, with its fault and hint where there is none.
std::optional<FieldRef> ReadField(std::string_view path, Place place, YamlReader& reader);

// An exact decimal number in millionths ("1.5" is 1500000); nothing where the text is no such
// number or has more than six decimals.
std::optional<int64_t> ParseMicros(std::string_view text);

}  // namespace waymark::model
