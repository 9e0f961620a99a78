#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

#include "explain/explanation.h"

namespace waymark::app {

// What is known of a signal besides its explanation: "published 3 times …"; empty: nothing.
struct ExplainedSignal {
  const explain::Explanation& explanation;
  std::string note;
};

// An explanation for people: the sentence, the rule, the evidence as a table.
std::string ExplanationText(const ExplainedSignal& explained, std::optional<size_t> width);

// The same by fields.
nlohmann::ordered_json ExplanationJson(const ExplainedSignal& explained);

}  // namespace waymark::app
