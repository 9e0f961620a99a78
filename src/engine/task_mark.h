#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/strong.h"
#include "base/time.h"
#include "engine/totals.h"

namespace waymark::engine {

// Names the mark among a partition's rows of the meta family.
inline constexpr std::string_view kTaskMarkName = "mark";
// The name of the row with the profiles whose snapshots were not published yet. Rows whose names
// begin with it, "snapshots/" and a number, hold those among the profiles stored since the mark.
inline constexpr std::string_view kWaitingSnapshotsName = "snapshots";
// The name of the row that counts the partition's rows of timers.
inline constexpr std::string_view kTimerCountName = "timers";
// The name of the row that counts what is open of the profiles stored.
inline constexpr std::string_view kOpenName = "open";
// The name of the row with the revision up to which that is so: an older version of this program
// stores profiles and moves the mark on, but knows neither row.
inline constexpr std::string_view kOpenRevisionName = "open/revision";

// The name of the row with the offset of the measures topic up to which the stored cells are as it
// says, and what comes before the day and the key of a cell in the names of their rows.
inline constexpr std::string_view kMeasuresEndName = "measures";
inline constexpr std::string_view kCellName = "cell/";

// Before the ids of profiles in the keys of rows that tell which have pending rows in their
// timelines.
inline constexpr std::string_view kPendingName = "pending/";

// What was taken of one input of a partition, ever.
struct InputCounts {
  int64_t taken = 0;
  int64_t refused = 0;    // of these: dead letters
  base::Timestamp last;   // record time of the last one taken
};

// How far a task has come, committed beside its input offsets (as their metadata) and in the store.
struct TaskMark {
  base::Offset steps_end{0};     // steps before this offset are folded in
  bool is_end_exact = true;      // false: committed steps may lie behind it too
  base::Offset restore_from{0};  // every snapshot holds at least the steps before this offset
  bool all_published = false;    // no snapshot is waiting
  base::Timestamp horizon = base::Timestamp::min();
  base::Timestamp time_max = base::Timestamp::min();
  base::Revision revision{0};
  bool has_timelines = true;
  bool has_measures = false;
  int format = 1;                // of the newest snapshots and rows (codec/fold_state.h)
  uint64_t models = 0;           // fingerprint of the models folded under
  int64_t epoch = 0;             // of these: how many versions had been added
  int64_t swept = 0;             // the epoch that all profiles have been brought up to
  int partitions = 0;            // of the topics; 0: not known
  Totals totals;
  InputCounts input;     // of the input that it is committed beside
  std::string producer;  // the transactional id of who committed it; empty: unknown
  std::string address;   // scheme://host:port of the HTTP API of who committed it; empty: none

  // One line of text, "waymark1 key=value …", below 2 KiB.
  std::string ToText() const;
  static std::optional<TaskMark> Parse(std::string_view text);
};

}  // namespace waymark::engine
