#pragma once

#include <cstdint>

#include <nlohmann/json_fwd.hpp>

#include "api/selection.h"
#include "measure/picture.h"
#include "model/intervention.h"

namespace waymark::api {

// How many days before and after are looked at.
inline constexpr int32_t kCourseDays = 28;
inline constexpr int32_t kCourseDaysMost = 180;

// The interventions of a model, newest first, each with the course of the figures about it.
// `interventions`: null: there are none.
nlohmann::ordered_json InterventionsJson(const Question& question,
                                         const model::ModelInterventions* interventions,
                                         const measure::Picture& picture, int32_t days);

}  // namespace waymark::api
