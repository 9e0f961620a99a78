#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "api/selection.h"
#include "measure/figures.h"
#include "measure/statistics.h"

namespace waymark::api {

// The map of one selection: the model's stages with their figures, and what lies between them.
nlohmann::ordered_json MapJson(const Question& question, const measure::Figures& figures);

// How much likelier a bad end is after a touchpoint, among journeys that came as far. Nothing where
// there is nothing to compare with.
std::optional<measure::Harm> HarmOfTouchpoint(const measure::Figures& figures,
                                              const std::string& touchpoint);

// Too few journeys to tell much; shown all the same.
inline constexpr int64_t kRareJourneys = 30;

}  // namespace waymark::api
