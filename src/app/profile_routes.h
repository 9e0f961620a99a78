#pragma once

#include <functional>
#include <memory>

#include "journey/fold.h"
#include "serve/router.h"
#include "store/store.h"

namespace waymark::app {

// Adds the routes below /api/v1/profiles: what this process's store tells of single customers, as
// old as the last round of storing. `fold` gives what states are read under now; null: nothing is
// known yet. Both live as long as the router.
void AddProfileRoutes(const store::Store& store,
                      std::function<std::shared_ptr<const journey::Fold>()> fold,
                      serve::Router& router);

}  // namespace waymark::app
