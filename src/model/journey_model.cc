#include "model/journey_model.h"

namespace waymark::model {

std::optional<size_t> JourneyModel::StageIndex(std::string_view stage) const {
  for (size_t i = 0; i < stages.size(); ++i) {
    if (stages[i].name == stage) return i;
  }
  return std::nullopt;
}

std::string Fault::text() const {
  std::string out = file;
  if (place.line > 0) {
    out += ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
  }
  out += ": " + message;
  if (!hint.empty()) out += " (hint: " + hint + ")";
  return out;
}

}  // namespace waymark::model
