#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/strong.h"
#include "engine/profile.h"
#include "store/store.h"

namespace waymark::engine {

// What a profile's timeline holds beside its state: the same interactions, or, while restoring,
// maybe more: rows become durable before the profile does.
enum class Timeline { kOfState, kMaybeAhead };

// A late arrival that counts.
struct LateRow {
  std::string order;      // OrderBytes
  std::string_view bytes;  // as in LateArrival
  model::Origin origin;
  uint64_t hash = 0;       // journey::RowHash
  std::string replaces;    // OrderBytes of the copy that counted so far; empty: it is new
};

// The late arrivals of a profile, with duplicates resolved: of the copies of an interaction, the
// least (time, sequence, XXH3-128 of the serialised interaction) counts.
struct LateRows {
  std::vector<LateRow> rows;  // by order
  std::set<std::string, std::less<>> removed;  // OrderBytes of stored copies that no longer count
  // OrderBytes of corrections in the state that the timeline, which is ahead of it, no longer has.
  std::set<std::string, std::less<>> corrections_gone;
  int64_t added = 0;
  int64_t duplicates = 0;
  bool removes_folded = false;  // of those removed one at least is not pending
  bool corrects = false;        // an arrival or a removed copy is a correction
  // The least place that any arrival or removed copy has, or what one of them corrects.
  std::string from;
  base::Timestamp from_time = base::Timestamp::max();

  bool empty() const { return rows.empty() && removed.empty(); }
};

base::Result<LateRows> ResolveLate(const store::Store& store, base::Partition partition,
                                   const Profile& profile, Timeline timeline);

}  // namespace waymark::engine
