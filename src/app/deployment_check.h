#pragma once

#include "app/service.h"
#include "base/status.h"
#include "base/time.h"
#include "config/settings.h"
#include "engine/state_identity.h"

namespace waymark::app {

// What a start learns of its topics and its group.
struct Deployment {
  Ground ground;
  engine::StateIdentity identity;
  base::Millis state_age_max{};  // a store older than this missed tombstones
};

// Checks that every topic is there, has the same number of partitions as the others and as what the
// group has committed, and keeps records as long as a restore needs them. Faults of the deployment
// are kConfig, each with a hint; what may be lived with is a warning.
base::Result<Deployment> CheckDeployment(const config::Settings& settings);

}  // namespace waymark::app
