#pragma once

#include <functional>
#include <memory>

#include "app/held_partitions.h"
#include "app/neighbours.h"
#include "journey/fold.h"
#include "serve/router.h"
#include "store/store.h"

namespace waymark::app {

// What the routes of customers ask; what is referred to lives as long as the router.
struct ProfileSource {
  const store::Store& store;
  const HeldPartitions& held;
  Neighbours* neighbours;  // null: there are none
  // What states are read under now; null: nothing is known yet.
  std::function<std::shared_ptr<const journey::Fold>()> fold;
  std::function<bool()> is_ready;
};

// Adds the routes below /api/v1/profiles: what the store tells of single customers, as old as the
// last round of storing. What another instance holds is asked of that one.
void AddProfileRoutes(const ProfileSource& source, serve::Router& router);

}  // namespace waymark::app
