#include "kafka/log_limiter.h"

#include <utility>

namespace waymark::kafka {

LogLimiter::Verdict LogLimiter::Admit() {
  const std::chrono::nanoseconds now = clock_.Monotonic();
  const std::lock_guard lock(mutex_);
  if (!started_ || now - window_start_ >= kWindow) {
    started_ = true;
    window_start_ = now;
    lines_ = 0;
  }
  if (lines_ >= kLines) {
    ++suppressed_;
    return {};
  }
  ++lines_;
  return {true, std::exchange(suppressed_, 0)};
}

}  // namespace waymark::kafka
