#pragma once

#include <nlohmann/json_fwd.hpp>

#include "api/selection.h"
#include "measure/figures.h"

namespace waymark::api {

// Touchpoints by how likely a bad end is after them, and what would be gained most by reaching the
// model's targets.
nlohmann::ordered_json RankingsJson(const Question& question, const measure::Figures& figures);

}  // namespace waymark::api
