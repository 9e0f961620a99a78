#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "base/time.h"

namespace waymark::app {

// Keeps a stream of records at a rate of the wall clock. One thread.
class Pacer {
 public:
  // Records a second; 0: as fast as it goes.
  Pacer(double rate, const base::Clock& clock);

  // How long to wait before record number `sent` (from 0) goes out; nothing where it is due.
  base::Millis Left(int64_t sent) const;
  // Waits until it is due, or `stop` becomes true. `idle` is called now and then meanwhile; what it
  // returns other than ok ends the waiting.
  template <class Idle>
  auto Wait(int64_t sent, const std::atomic<bool>& stop, Idle idle) -> decltype(idle());

 private:
  static void Sleep(base::Millis time);

  double rate_;
  const base::Clock& clock_;
  std::chrono::nanoseconds started_;
};

template <class Idle>
auto Pacer::Wait(int64_t sent, const std::atomic<bool>& stop, Idle idle) -> decltype(idle()) {
  constexpr base::Millis kSlice{100};
  for (base::Millis left = Left(sent); left.count() > 0 && !stop; left = Left(sent)) {
    Sleep(std::min(left, kSlice));
    if (auto status = idle(); !status.ok()) return status;
  }
  return {};
}

}  // namespace waymark::app
