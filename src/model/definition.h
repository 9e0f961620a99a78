#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/journey_model.h"

namespace waymark::model {

// The longest text of a definition: a record of Kafka's default size holds it with key and headers.
inline constexpr size_t kDefinitionBytesMax = 1'000'000;

// A journey model with everything that its file says, and what it extends put in: it stands for
// itself.
struct ModelDefinition {
  JourneyModel model;
  // Which is YAML, too: ParseDefinition reads the same model from it, without its interventions.
  std::string json;
};

struct DefinitionSet {
  std::vector<ModelDefinition> definitions;
  std::optional<CustomerModel> customer;
  std::vector<Fault> faults;  // of single files; what is wrong between them CheckModels knows
};

// The models of these folders and files, as LoadModels finds them. A definition that is too long is
// a fault.
DefinitionSet LoadDefinitions(std::span<const std::string> paths);
// Of a text that a definition was written to. `name` is for messages.
DefinitionSet ParseDefinition(std::string_view json, const std::string& name);

// "family/model/version", which names a definition for good.
std::string DefinitionKey(const JourneyModel& model);

// Where two definitions first say different things, such as "stages.buy.enter.action: \"order\"
// instead of \"pay\""; empty where they say the same. The order of keys says nothing.
std::string DefinitionDifference(std::string_view is, std::string_view instead_of);

// The definition as people write it.
std::string DefinitionYaml(std::string_view json);

}  // namespace waymark::model
