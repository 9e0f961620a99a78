#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/live_picture.h"
#include "base/time.h"
#include "serve/router.h"

namespace waymark::api {

// What routes ask of the process they run in.
struct Surroundings {
  const LivePicture& picture;
  const base::Clock& clock;
  std::string version;
  std::function<bool()> is_ready;
};

// Adds the routes below /api/v1 that tell of models and figures. The surroundings live as long as
// the router.
void AddRoutes(const Surroundings& surroundings, serve::Router& router);

}  // namespace waymark::api
