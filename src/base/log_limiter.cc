#include "base/log_limiter.h"

#include <utility>

namespace waymark::base {

LogLimiter::Verdict LogLimiter::Admit(std::string_view cause) {
  const std::chrono::nanoseconds now = clock_.Monotonic();
  const std::lock_guard lock(mutex_);
  auto at = causes_.find(cause);
  if (at == causes_.end()) {
    if (causes_.size() >= kCausesMax) cause = "other";
    at = causes_.try_emplace(std::string(cause), Cause{.window_start = now}).first;
  }
  Cause& found = at->second;
  if (now - found.window_start >= kWindow) {
    found.window_start = now;
    found.lines = 0;
  }
  if (found.lines >= lines_) {
    ++found.suppressed;
    return {};
  }
  ++found.lines;
  return {true, std::exchange(found.suppressed, 0)};
}

}  // namespace waymark::base
