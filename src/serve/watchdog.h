#pragma once

#include <chrono>
#include <optional>

#include "base/time.h"
#include "serve/health.h"

namespace waymark::serve {

// Decides that a part of the process is beyond help: it gave no sign of life for longer than the
// patience allows. To be asked every few moments, from one thread. Time in which nobody asked is
// not held against anybody, for then the whole process stood still.
class Watchdog {
 public:
  Watchdog(const HealthState& health, const base::Clock& clock, base::Millis patience);

  // The most silent part, once its silence is too long.
  std::optional<HealthState::Silence> Check();

 private:
  const HealthState& health_;
  const base::Clock& clock_;
  const base::Millis patience_;
  std::chrono::nanoseconds last_check_;
  std::chrono::nanoseconds awake_since_;
};

}  // namespace waymark::serve
