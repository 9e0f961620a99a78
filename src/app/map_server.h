#pragma once

#include <string>

#include "app/setup.h"
#include "base/status.h"
#include "config/settings.h"

namespace waymark::app {

// What `waymark map --serve` shows.
struct ServedMap {
  std::string from;   // as ReadMeasures() takes it
  std::string state;  // a state folder for single customers; empty: `state` below `from`, if any
  CommonOptions common;
};

// The page and the API over figures that no worker of this process counts: those of a folder are
// read once, those of Kafka are followed. Customers are shown where there is a state folder; that
// is opened to be read alone. SIGHUP reads the interventions of the models' files anew. Returns
// once StopFlag() is set, or with the first fault.
base::Status ServeMap(const ServedMap& served, const config::Settings& settings);

}  // namespace waymark::app
