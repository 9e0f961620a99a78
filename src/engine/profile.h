#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/strong.h"
#include "base/time.h"
#include "engine/kept_folds.h"
#include "engine/open_journeys.h"
#include "engine/recent_rows.h"
#include "journey/state.h"
#include "model/step.h"

namespace waymark::engine {

// An interaction that came behind others of its profile, waiting for the end of the batch.
struct LateArrival {
  std::string_view bytes;  // canonical interaction, in the task's batch arena
  model::Origin origin;
};

inline constexpr base::Offset kAtTheEnd{std::numeric_limits<int64_t>::max()};

// A profile in memory: its state at the head, and what is not in the store yet.
struct Profile {
  journey::State state;
  RecentRows recent;
  std::vector<LateArrival> late;
  KeptFolds kept;

  // Of the state's ratings, as they are counted in the task's totals.
  int64_t ratings_resolved = 0;
  int64_t ratings_unresolved = 0;
  // What of it is open, as it is among the task's counts, and as the store's row is.
  OpenPart open;
  OpenPart stored_open;

  bool touched = false;         // by the present batch
  bool store_dirty = false;     // state differs from the store's
  bool snapshot_dirty = false;  // state differs from the last published snapshot
  bool snapshot_urgent = false;
  bool snapshot_waiting = false;  // the task's queue of snapshots points here
  // While restoring: the steps before it hold the last change; the end at the last timer's.
  base::Offset changed_until{0};
  base::Offset timer_at{0};
  base::Offset covers{0};       // of the stored snapshot: steps before it are folded in
  base::Timestamp stored_due = base::Timestamp::max();  // of its row among the timers
  base::Timestamp queued_due = base::Timestamp::max();  // of its entry in the queue
  // Of the state in the store: no row of the timeline there is later.
  base::Timestamp stored_time = base::Timestamp::min();

  // What was trimmed from the timeline: rows up to `floor_order` (OrderBytes, or the beginning of
  // them) count no more, and `floor` is the state that they gave (codec::EncodeState, without ids;
  // empty: the initial one).
  std::string floor_order;
  std::string floor;
  base::Timestamp oldest = base::Timestamp::max();  // of the rows that count, or earlier
  base::Timestamp trim_due = base::Timestamp::max();
  base::Millis forget_after = base::Millis::max();  // so long after it lapsed it is forgotten
  bool held = false;  // while restoring or pending: neither of these is done

  // The least OrderBytes that a pending row of the timeline may have; empty: no row is pending.
  // Pending rows are not folded into the state yet: they came late and too deep for their batch.
  std::string pending_from;
  bool listed = false;          // as the store has it: IsListed()
  bool models_waiting = false;  // its state is to be folded again under later models
  bool migration_noted = false;  // the task has queued it since a migration is wanted
  // Since it was read from the store, or restored, what it had to become has been published.
  bool caught_up = false;
  bool refolding = false;       // a re-fold of it is under way from batch to batch

  bool WantsMigration() const { return journey::HasWanted(state.migrations); }
  bool AwaitsRefold() const { return IsListed() || models_waiting; }
  // The store lists it among those that wait.
  bool IsListed() const { return !pending_from.empty() || WantsMigration(); }

  // Its state is as the store's. Pending rows may lie behind it.
  void NoteStored() {
    const bool pending = !pending_from.empty();
    stored_time = pending ? base::Timestamp::max() : base::Timestamp{state.position.time};
    if (pending) kept.ForgetStoreHead();
  }

  // When the task has something to do for it.
  base::Timestamp DueAt() const {
    return held ? state.next_due : StoredDueAt();
  }
  // What is held as long as it awaits a re-fold must not hide the timer behind it.
  base::Timestamp StoredDueAt() const {
    if (AwaitsRefold()) return state.next_due;
    return std::min({state.next_due, trim_due, ForgetDue()});
  }
  base::Timestamp ForgetDue() const { return state.lapses_at + forget_after; }

  // True while dropping it would lose something or leave a pointer behind.
  bool IsInUse() const {
    return touched || refolding || store_dirty || snapshot_dirty || snapshot_waiting ||
           !recent.empty();
  }

  size_t bytes = 0;             // an estimate of its memory
  bool read_ahead = false;      // and not asked for yet
  bool used = false;            // since the cache last looked at it
  Profile* newer = nullptr;     // in the order of its looks
  Profile* older = nullptr;
};

}  // namespace waymark::engine
