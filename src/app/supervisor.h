#pragma once

#include <optional>
#include <string>

#include "base/time.h"

namespace waymark::app {

// Tells who started the process how it fares: systemd, by the socket that NOTIFY_SOCKET names
// (sd_notify(3)). Where there is none nothing is told. Used by one thread.
class Supervisor {
 public:
  explicit Supervisor(const base::Clock& clock) : clock_(clock) {}

  // The service works, ready or not: it restores its state in its own time.
  void Started();
  // To be called all the time; a process that is not live is not told to be.
  void Alive(bool live);
  // A word for people; only told where it has changed.
  void Status(const std::string& text);
  void Reloading();
  void Reloaded();
  void Stopping();

 private:
  const base::Clock& clock_;
  std::optional<std::chrono::nanoseconds> told_;  // when Alive() did last
  std::string status_;
};

}  // namespace waymark::app
