#pragma once

#include <nlohmann/json_fwd.hpp>

#include "api/selection.h"
#include "measure/figures.h"

namespace waymark::api {

// The company's side of a map: who answers for what, who hands over to whom, who lets others wait.
nlohmann::ordered_json InternalJson(const Question& question, const measure::Figures& figures);

}  // namespace waymark::api
