#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/live_picture.h"
#include "base/strong.h"
#include "base/time.h"
#include "serve/router.h"

namespace waymark::api {

// What routes ask of the process they run in.
struct Surroundings {
  const LivePicture& picture;
  const base::Clock& clock;
  std::string version;
  std::function<bool()> is_ready;
  std::function<std::string()> address;                      // of this instance, for the others
  std::function<int32_t()> partitions;                       // of all; 0: not known yet
  std::function<std::vector<base::Partition>()> partitions_held;  // by this instance
  // Event time that all partitions have passed; nothing: not known yet.
  std::function<std::optional<base::Timestamp>()> horizon;
};

// Adds the routes below /api/v1 that tell of models and figures. The surroundings live as long as
// the router.
void AddRoutes(const Surroundings& surroundings, serve::Router& router);

}  // namespace waymark::api
