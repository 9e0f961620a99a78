#pragma once

#include <functional>

#include "app/setup.h"
#include "app/supervisor.h"
#include "base/time.h"
#include "config/load.h"
#include "metrics/metrics.h"

namespace waymark::app {

// Reads the settings anew when SIGHUP came. Those that need no restart are taken up; others that
// have changed are named in the log. With a fault in them nothing changes. Used by one thread.
class Reload {
 public:
  // Is given what was read, of which it takes what can change; with a fault it takes nothing.
  using TakeUp = std::function<base::Status(const config::Settings&)>;
  // `loaded`: what is in force.
  Reload(const CommonOptions& options, const config::Configuration& loaded, TakeUp take_up,
         Supervisor& supervisor, const metrics::Metrics& metrics, const base::Clock& clock);

  // Cheap where no signal came.
  void Check();

 private:
  base::Status Read();

  const CommonOptions options_;
  config::Configuration loaded_;
  const TakeUp take_up_;
  Supervisor& supervisor_;
  const metrics::Metrics& metrics_;
  const base::Clock& clock_;
};

}  // namespace waymark::app
