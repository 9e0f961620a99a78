#pragma once

#include <nlohmann/json_fwd.hpp>

#include "api/live_picture.h"

namespace waymark::api {

// The models there are, and for which versions, types of customer and days figures are known.
nlohmann::ordered_json ModelsJson(const LivePicture& picture);

}  // namespace waymark::api
