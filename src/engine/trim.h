#pragma once

#include <algorithm>
#include <chrono>
#include <string>

#include "base/status.h"
#include "base/strong.h"
#include "base/time.h"
#include "codec/fold_state.h"
#include "engine/profile.h"
#include "journey/fold.h"
#include "store/store.h"

namespace waymark::engine {

// How long steps stay in the timelines. A profile's timeline is trimmed when its oldest step has
// been too old for `slack`, so that it is not read for every step that grows old.
struct TimelineSettings {
  base::Millis retention = base::Millis::max();  // max(): for ever
  // False: no rows are kept, so that nothing is ever folded again. What comes behind its profile's
  // last interaction is refused.
  bool enabled = true;

  bool is_limited() const { return retention != base::Millis::max(); }
  base::Millis slack() const {
    constexpr base::Millis kLeast = std::chrono::hours(1);
    constexpr base::Millis kMost = std::chrono::hours(24 * 5);
    return std::clamp(retention / 16, kLeast, kMost);
  }
  // What is older than this is no longer accepted.
  base::Timestamp AcceptedFrom(base::Timestamp horizon) const {
    return is_limited() ? horizon - retention : base::Timestamp::min();
  }
  // At this horizon every row before is behind the floor of its profile.
  base::Timestamp ExpiredBefore(base::Timestamp horizon) const {
    return is_limited() ? horizon - retention - slack() : base::Timestamp::min();
  }
  // Before this format of states an older process would lose the floors: there are none.
  base::Timestamp TrimDue(base::Timestamp oldest,
                          int format = codec::kStateFormatWithFloors) const {
    const bool is_due = enabled && is_limited() && oldest != base::Timestamp::max() &&
                        format >= codec::kStateFormatWithFloors;
    return is_due ? oldest + retention + slack() : base::Timestamp::max();
  }
  // So long after it lapsed a profile is forgotten: whatever is accepted later comes behind that
  // time and begins the profile anew, so that nothing of it can matter any more. An older process
  // would bring it back.
  base::Millis ForgetAfter(int format = codec::kStateFormatWithForgetting) const {
    return format >= codec::kStateFormatWithForgetting ? retention : base::Millis::max();
  }
};

// The state that the trimmed steps gave, from which on the timeline is folded.
base::Result<journey::State> FloorState(const journey::Fold& fold, const Profile& profile);

// Folds the rows from before `cutoff` into the profile's floor, from which on the timeline is read.
// Rows behind the floor are left to the store, which drops them at its leisure. Sets `oldest`.
base::Status TrimTimeline(const journey::Fold& fold, const store::Store& store,
                          base::Partition partition, base::Timestamp cutoff, int state_format,
                          Profile& profile);

}  // namespace waymark::engine
