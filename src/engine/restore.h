#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "base/status.h"
#include "base/time.h"
#include "engine/stream_output.h"
#include "engine/task.h"
#include "engine/task_mark.h"
#include "store/store.h"
#include "stream/consumer.h"

namespace waymark::engine {

// What a restore reads from. The reader is used by one restore at a time.
struct RestoreSource {
  stream::LogReader& reader;
  const TopicNames& topics;
  store::Store& store;
  base::Millis no_progress{30'000};
  size_t load_bytes_max = 32u << 20;  // of rows that are sorted at a time
  // Told where what the store holds of a partition is discarded: a value of the label `reason` of
  // waymark_state_rebuilds_total.
  std::function<void(const char* reason)> on_rebuild = nullptr;
};

// Records of the journeys and steps topics.
struct RestoreProgress {
  int64_t restored = 0;
  int64_t remaining = 0;
};

// Brings a fresh task to the committed state, a piece at a time: what the store holds, or the last
// snapshots where it holds nothing of this partition that can be trusted; then the steps beyond,
// folded to the committed horizon with outputs suppressed. The same path after a restart, an abort,
// a crash, and on a bare machine, whose rows are loaded sorted and in bulk.
//
// It never ends well on less than what was committed: kStore where the topics have lost what the
// state needs. Dropped half-way it leaves a store that the next restore goes on from or rebuilds.
class Restorer {
 public:
  // `committed`: the mark beside the input offsets; nothing where none was committed.
  Restorer(Task& task, const std::optional<TaskMark>& committed, const RestoreSource& source);
  // Brings a task that was restored before to a later mark.
  static std::unique_ptr<Restorer> Follow(Task& task, const TaskMark& committed,
                                          const RestoreSource& source);
  ~Restorer();

  // Some thousand records. True: the task stands at the mark. After kRetriable it may be called
  // again.
  base::Result<bool> Step();
  RestoreProgress progress() const;
  // False: nothing has been read or written, so that it may as well begin with another task.
  bool has_begun() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// All steps of a Restorer.
base::Status RestoreTask(Task& task, const std::optional<TaskMark>& committed,
                         const RestoreSource& source);

}  // namespace waymark::engine
