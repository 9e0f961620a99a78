#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "api/selection.h"
#include "measure/figures.h"
#include "measure/picture.h"

namespace waymark::api {

// One figure by day; days on which it is not known are left out. Nothing where there is no such
// figure.
std::optional<nlohmann::ordered_json> TrendJson(const Question& question,
                                                const measure::Picture& picture,
                                                const std::string& what,
                                                const measure::DayPlace& place);
// "interactions, started, …".
std::string TrendNames();

}  // namespace waymark::api
