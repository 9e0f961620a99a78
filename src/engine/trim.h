#pragma once

#include <algorithm>
#include <chrono>
#include <string>

#include "base/status.h"
#include "base/strong.h"
#include "base/time.h"
#include "engine/profile.h"
#include "journey/fold.h"
#include "store/store.h"

namespace waymark::engine {

// How long steps stay in the timelines. A profile's timeline is trimmed when its oldest step has
// been too old for `slack`, so that it is not read for every step that grows old.
struct TimelineSettings {
  base::Millis retention = base::Millis::max();  // max(): for ever

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
  // Of a profile that lapses at this time. Whatever is accepted later comes behind it and begins the
  // profile anew, so that nothing of it can matter any more.
  base::Timestamp ForgetDue(base::Timestamp lapses_at) const { return lapses_at + retention; }
  base::Timestamp TrimDue(base::Timestamp oldest) const {
    return is_limited() && oldest != base::Timestamp::max() ? oldest + retention + slack()
                                                            : base::Timestamp::max();
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
