#pragma once

#include <string_view>

namespace waymark::api {

// openapi.json beside this file, as it lies in the program: the description of every route.
std::string_view OpenApi();

}  // namespace waymark::api
