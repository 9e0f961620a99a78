#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "serve/http_message.h"

namespace waymark::serve {

// Whether the process is alive and ready, as told by its parts. Safe from any thread.
// Live: every component that ever gave a heartbeat gave one within `age_max`, and nothing fatal
// happened. Ready: live, and somebody said so last; at the start it is not.
class HealthState {
 public:
  struct Silence {
    std::string component;
    std::chrono::nanoseconds length{};  // since its last sign of life
  };

  HealthState(const base::Clock& clock, base::Millis age_max);

  // A sign of life of a thread that should keep going, such as "worker-0".
  void Beat(std::string_view component);
  // The component ended in good order.
  void Forget(std::string_view component);
  // Of the component that is silent for longest; none where no component is known.
  std::optional<Silence> LongestSilence() const;

  void SetReady();
  // `reason` is a few words ("restoring"); `detail` is JSON for the curious, or empty.
  void SetNotReady(std::string reason, std::string detail = {});
  // Neither live nor ready from now on, whatever else is said.
  void SetFatal(std::string reason);

  bool IsLive() const;
  bool IsReady() const;
  // 200 or 503 with JSON: {"live":…,"reason":…,"components":{"worker-0":{"age_seconds":…}}}
  Response LiveResponse() const;
  // 200 or 503 with JSON: {"ready":…,"reason":…,"detail":…}
  Response ReadyResponse() const;

 private:
  // Why it is not live; empty where it is. The mutex is held.
  std::string LiveFault() const;

  const base::Clock& clock_;
  const base::Millis age_max_;
  mutable std::mutex mutex_;
  std::map<std::string, std::chrono::nanoseconds, std::less<>> beats_;
  std::string fatal_;
  std::string not_ready_ = "starting";  // empty: ready
  std::string detail_;
};

}  // namespace waymark::serve
