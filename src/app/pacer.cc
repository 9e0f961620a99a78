#include "app/pacer.h"

#include <thread>

namespace waymark::app {

Pacer::Pacer(double rate, const base::Clock& clock)
    : rate_(rate), clock_(clock), started_(clock.Monotonic()) {}

base::Millis Pacer::Left(int64_t sent) const {
  if (rate_ <= 0) return {};
  const auto due = std::chrono::duration<double>(static_cast<double>(sent) / rate_);
  const auto left = due - std::chrono::duration<double>(clock_.Monotonic() - started_);
  return std::chrono::duration_cast<base::Millis>(left);
}

void Pacer::Sleep(base::Millis time) { std::this_thread::sleep_for(time); }

}  // namespace waymark::app
