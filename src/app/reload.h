#pragma once

#include <functional>

#include "app/setup.h"
#include "base/time.h"
#include "config/load.h"
#include "metrics/metrics.h"

namespace waymark::app {

// Reads the settings anew when SIGHUP came. Those that need no restart are taken up; others that
// have changed are named in the log. With a fault in them nothing changes. Used by one thread.
class Reload {
 public:
  using TakeUp = std::function<void(const config::Settings&)>;
  // `loaded`: what is in force. `take_up` is given what was read, of which it takes what it can.
  Reload(const CommonOptions& options, const config::Configuration& loaded, TakeUp take_up,
         const metrics::Metrics& metrics, const base::Clock& clock);

  // Cheap where no signal came.
  void Check();

 private:
  void Read();

  const CommonOptions options_;
  config::Configuration loaded_;
  const TakeUp take_up_;
  const metrics::Metrics& metrics_;
  const base::Clock& clock_;
};

}  // namespace waymark::app
