#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "base/status.h"
#include "engine/profile.h"
#include "engine/timeline.h"
#include "journey/fold.h"
#include "store/store.h"

namespace waymark::engine {

// A step whose placement is new or other than before.
struct ChangedStep {
  std::string order;      // OrderBytes
  std::string canonical;  // the step's canonical bytes
  model::Origin origin;   // texts live as long as the outcome's rows and the late arrivals
  std::string channel;
  bool is_new = false;    // false: the profile had this step, here or in another place
};

struct ChangedSignal {
  std::string canonical;
  bool is_new = false;  // false: the same signal as before, with other content
};

// What a profile's timeline holds beside its state: the same interactions, or, while restoring,
// maybe more: rows become durable before the profile does.
enum class Timeline { kOfState, kMaybeAhead };

// What folding a profile again, with late arrivals put in their places, changes.
struct RefoldOutcome {
  std::vector<TimelineRow> rows;  // the timeline as it was; origins below are views into it
  bool changed = false;  // false: the state stays, every arrival was a duplicate without effect
  journey::State state;
  std::vector<ChangedStep> steps;
  std::vector<std::string> removed;  // OrderBytes of rows whose copy no longer counts
  std::vector<ChangedSignal> signals;  // new, or other than before
  std::vector<std::string> retracted;  // canonical bytes: no longer true
  int64_t added = 0;                   // arrivals that became steps
  int64_t duplicates = 0;
  bool stage_changed = false;
};

// Folds the profile's timeline once more with its late arrivals. Where the timeline may be ahead,
// the state always comes new from it. Both the old and the new set are
// folded in one pass, from the first difference on; what they say differently is the outcome.
// `horizon` is the task's; the profile may have timers left that are due before it.
base::Result<RefoldOutcome> Refold(const journey::Fold& fold, const store::Store& store,
                                   base::Partition partition, const Profile& profile,
                                   base::Timestamp horizon, Timeline timeline);

// Appends the canonical bytes of a step. `scratch` saves building a Step anew for each; its
// interaction is not looked at.
void EncodeCanonicalStep(std::string_view profile_id, std::string_view interaction_bytes,
                         journey::Effects& effects, model::Step& scratch, std::string& out);

}  // namespace waymark::engine
