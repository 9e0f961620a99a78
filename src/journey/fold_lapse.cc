#include <algorithm>
#include <utility>

#include "journey/fold_step.h"

namespace waymark::journey {

using base::Timestamp;

Timestamp FoldStep::SilentUntil() const {
  return Timestamp{state_.position.time} + fold_.settings().profile_retention;
}

// While no timer is pending, only an open run can keep a profile: whatever else is remembered, such
// as closed runs without a retention, goes with it.
Timestamp FoldStep::LapsesAt() const {
  if (state_.is_new()) return Timestamp::max();
  for (const FamilyState& family : state_.families) {
    for (const Run& run : family.runs) {
      if (run.is_open()) return Timestamp::max();
    }
  }
  return std::max(SilentUntil(), state_.fired_until);
}

// Like a timer that is due when the profile lapses, but nothing shows of it before the profile's
// next interaction. What was applied stays in the order and among the ids; corrections and
// migrations are about what was before as well.
void FoldStep::BeginAnewIfLapsed(Timestamp time) {
  if (state_.lapses_at >= time) {
    PassOverDates(time);
    return;
  }
  State fresh = fold_.Initial(state_.profile_id);
  fresh.position = std::move(state_.position);
  fresh.fired_until = state_.fired_until;
  fresh.interactions = state_.interactions;
  fresh.ids = std::move(state_.ids);
  fresh.corrections = std::move(state_.corrections);
  fresh.migrations = std::move(state_.migrations);
  state_ = std::move(fresh);
  effects_.stage_changed = true;
}

}  // namespace waymark::journey
