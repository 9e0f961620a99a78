#pragma once

#include <string>

#include "base/time.h"
#include "engine/watermarks.h"

namespace waymark::engine {

// Notices when event time stands still although interactions come in, or when one input holds it
// far behind the others: then timers do not fire. Pure: the caller passes wall time.
class StuckWatch {
 public:
  // What to tell at this look. While it lasts, the fault is told once a minute.
  enum class News { kNone, kStuck, kMovesAgain };

  explicit StuckWatch(base::Millis stuck_after) : stuck_after_(stuck_after) {}

  News Look(const Watermarks& watermarks, base::Timestamp horizon, base::Timestamp now);

  bool is_stuck() const { return is_stuck_; }
  // Of the last look that found it stuck: what holds it, how far behind that is, and what to do.
  const std::string& input() const { return input_; }
  base::Millis behind() const { return behind_; }
  const std::string& hint() const { return hint_; }

 private:
  bool Find(const Watermarks& watermarks, base::Timestamp horizon, base::Timestamp now);

  base::Millis stuck_after_;
  base::Timestamp horizon_ = base::Timestamp::min();
  base::Timestamp moved_at_;  // wall time at which the horizon was last seen to move
  bool looked_ = false;
  bool is_stuck_ = false;
  bool was_told_ = false;
  base::Timestamp told_at_;
  std::string input_;
  base::Millis behind_{};
  std::string hint_;
};

}  // namespace waymark::engine
