#include "serve/watchdog.h"

#include <algorithm>

namespace waymark::serve {
namespace {
constexpr base::Millis kStandstill{5'000};  // between two questions; then the process stood still
}  // namespace

Watchdog::Watchdog(const HealthState& health, const base::Clock& clock, base::Millis patience)
    : health_(health),
      clock_(clock),
      patience_(patience),
      last_check_(clock.Monotonic()),
      awake_since_(last_check_) {}

std::optional<HealthState::Silence> Watchdog::Check() {
  const auto now = clock_.Monotonic();
  if (now - last_check_ > kStandstill) awake_since_ = now;
  last_check_ = now;
  auto silence = health_.LongestSilence();
  if (!silence) return std::nullopt;
  silence->length = std::min(silence->length, now - awake_since_);
  if (silence->length <= patience_) return std::nullopt;
  return silence;
}

}  // namespace waymark::serve
