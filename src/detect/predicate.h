#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detect/facts.h"
#include "model/condition.h"
#include "model/journey_model.h"

namespace waymark::detect {

// What the names in a model's conditions stand for.
struct Names {
  const std::vector<model::Stage>& stages;
  const std::vector<model::Detector>& detectors;
};

// Values of one field without which a condition cannot hold.
using RequiredValues = std::optional<std::vector<std::string>>;

// One condition of a model, ready to be asked. Immutable; any number of threads may ask.
class Predicate {
 public:
  Predicate();  // holds always
  Predicate(const model::Condition& condition, const Names& names);

  bool Holds(const Facts& facts) const { return Holds(0, facts); }
  // The values of a text field without which this cannot hold; nothing: it may hold for any.
  RequiredValues Required(model::Field field) const { return Required(0, field); }
  // True: whether it holds may depend on what detectors find.
  bool AsksDetectors() const;

 private:
  struct Node {
    model::Condition::Kind kind = model::Condition::Kind::kAlways;
    model::FieldRef field;
    std::vector<std::string> values;  // sorted, but for kInOrder
    std::vector<uint64_t> tags;       // by value
    std::vector<int32_t> numbers;     // of the stages or detectors that are named
    int64_t bound_micros = 0;
    std::vector<uint32_t> children;
  };

  uint32_t Add(const model::Condition& condition, const Names& names);
  bool Holds(uint32_t node, const Facts& facts) const;
  RequiredValues Required(uint32_t node, model::Field field) const;
  static bool OneIn(const Node& node, const Facts& facts);
  static bool Compares(const Node& node, const Facts& facts);

  std::vector<Node> nodes_;
};

}  // namespace waymark::detect
