#pragma once

#include <functional>
#include <optional>

#include "base/status.h"
#include "base/time.h"
#include "engine/stream_output.h"
#include "engine/task.h"
#include "engine/task_mark.h"
#include "store/store.h"
#include "stream/consumer.h"

namespace waymark::engine {

// Told now and then how far a restore has come.
using RestoreProgress =
    std::function<void(base::Partition partition, int64_t restored, int64_t remaining)>;

// What a restore reads from.
struct RestoreSource {
  stream::LogReader& reader;
  const TopicNames& topics;
  store::Store& store;
  const journey::Fold& fold;
  base::Millis no_progress{30'000};
  RestoreProgress progress;
};

// Brings a fresh task to the committed state: what the store holds, or the last snapshots where it
// holds nothing of this partition; then the steps beyond, folded to the committed horizon with
// outputs suppressed. `committed` is the mark beside the input offsets; nothing where none was
// committed. The same path after a restart, an abort, a crash, and on a bare machine.
base::Status RestoreTask(Task& task, const std::optional<TaskMark>& committed,
                         const RestoreSource& source);

}  // namespace waymark::engine
