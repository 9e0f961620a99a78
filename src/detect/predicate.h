#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/condition.h"
#include "model/interaction.h"
#include "model/journey_model.h"

namespace waymark::detect {

// What the profile is known to be: name → value, sorted by name.
using ProfileAttributes = std::vector<std::pair<std::string, std::string>>;

// Everything that a condition may look at. The pointers live during the question only.
struct Facts {
  const model::Interaction* interaction = nullptr;
  const ProfileAttributes* profile = nullptr;
  int32_t stage = -1;                         // index in the model, -1 before the first
  const std::vector<bool>* visited = nullptr;  // by stage index; null: none
  int64_t interactions = 0;                   // of the journey, before this one
};

// One condition of a model, ready to be asked. Immutable; any number of threads may ask.
class Predicate {
 public:
  Predicate();  // holds always
  // Stage names are resolved against `stages`.
  Predicate(const model::Condition& condition, const std::vector<model::Stage>& stages);

  bool Holds(const Facts& facts) const { return Holds(0, facts); }
  // The actions without which this cannot hold; nothing: it may hold for any action.
  std::optional<std::vector<std::string>> RequiredActions() const { return RequiredActions(0); }

 private:
  struct Node {
    model::Condition::Kind kind = model::Condition::Kind::kAlways;
    model::FieldRef field;
    std::vector<std::string> values;  // sorted
    std::vector<uint64_t> tags;       // by value
    std::vector<int32_t> stages;      // for kStage and kVisited
    int64_t bound_micros = 0;
    std::vector<uint32_t> children;
  };

  uint32_t Add(const model::Condition& condition, const std::vector<model::Stage>& stages);
  bool Holds(uint32_t node, const Facts& facts) const;
  std::optional<std::vector<std::string>> RequiredActions(uint32_t node) const;

  std::vector<Node> nodes_;
};

// The value of a text field; empty where absent.
model::Text TextOf(const model::FieldRef& field, const Facts& facts);
// The value of a numeric field in millionths; nothing where absent.
std::optional<int64_t> MicrosOf(const model::FieldRef& field, const Facts& facts);

}  // namespace waymark::detect
