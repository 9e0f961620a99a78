#include "engine/stuck_watch.h"

#include <algorithm>

namespace waymark::engine {

using base::Millis;
using base::Timestamp;

namespace {

constexpr Millis kTellAgain{60'000};
constexpr const char* kSlowHint =
    "look at what produces this input; timers of the partition wait for it until it is read to its "
    "end or silent for time.idle_timeout";
constexpr const char* kHistoryHint =
    "only interactions older than that come in: they are folded, but timers wait until newer ones "
    "come or the input is read to its end; look at the consumer lag and at the producers' clocks";

}  // namespace

bool StuckWatch::Find(const Watermarks& watermarks, Timestamp horizon, Timestamp now) {
  const Watermarks::Input* const slowest = watermarks.SlowestActive(horizon, now);
  const Watermarks::Input* const latest = watermarks.latest();
  if (latest == nullptr) return false;
  const bool is_slow =
      slowest != nullptr && slowest->watermark + stuck_after_ < watermarks.greatest();
  const bool stands_still = now >= moved_at_ + stuck_after_ && latest->seen_at > moved_at_ &&
                            now < latest->seen_at + stuck_after_;
  if (!is_slow && !stands_still) return false;
  const bool is_held = slowest != nullptr && slowest->watermark < watermarks.greatest();
  input_ = is_held ? slowest->name : latest->name;
  behind_ = is_held ? watermarks.greatest() - slowest->watermark
                    : std::max(Millis(0), horizon - latest->event_time);
  hint_ = is_held ? kSlowHint : kHistoryHint;
  return true;
}

StuckWatch::News StuckWatch::Look(const Watermarks& watermarks, Timestamp horizon,
                                  Timestamp now) {
  if (!looked_ || horizon != horizon_) moved_at_ = now;
  looked_ = true;
  horizon_ = horizon;
  is_stuck_ = Find(watermarks, horizon, now);
  if (is_stuck_) {
    if (told_at_ != Timestamp() && now < told_at_ + kTellAgain) return News::kNone;
    told_at_ = now;
    was_told_ = true;
    return News::kStuck;
  }
  if (!was_told_) return News::kNone;
  was_told_ = false;
  return News::kMovesAgain;
}

}  // namespace waymark::engine
