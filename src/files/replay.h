#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/time.h"
#include "engine/intake.h"
#include "engine/task.h"
#include "engine/totals.h"
#include "engine/trim.h"
#include "files/chunk_reader.h"
#include "journey/fold.h"
#include "store/store.h"

namespace waymark::files {

enum class OutputFormat { kJsonLines, kProtobuf };

struct ReplaySettings {
  std::vector<std::string> inputs;
  std::string output;                 // folder
  std::optional<FileFormat> format;   // nothing: by the file's name
  std::string mapping;                // file, for CSV
  OutputFormat output_format = OutputFormat::kJsonLines;
  std::string output_suffix;          // "", ".gz" or ".zst"
  bool all_revisions = false;
  std::optional<base::Timestamp> now;    // the horizon at the end, and the check for future times
  std::optional<base::Timestamp> until;  // later interactions are left out
  int partitions = 16;
  int workers = 1;
  size_t chunk_bytes = 4u << 20;
  size_t sort_bytes_max = 256u << 20;
  engine::IntakeSettings intake;
  engine::TaskSettings task;          // of one partition; its timelines have no limit
  engine::TimelineSettings forget;    // by which the service would have forgotten profiles
};

// What a replay came to.
struct ReplaySummary {
  engine::Totals totals;
  int64_t left_out = 0;  // by `until`
  int64_t sessions = 0;
  int64_t journeys = 0;
  std::map<std::string, int64_t> signals;  // by kind
  base::Timestamp horizon = base::Timestamp::min();
  double seconds = 0;
  double cpu_seconds = 0;
};

// Called now and then with the share of the input read (0 to 1) and the records taken.
using Progress = std::function<void(double share, int64_t records)>;

// Runs the tasks over the files and writes `steps`, `signals`, `journeys` and `dead-letters` into
// the output folder. Nothing is left there when it fails or `stop` becomes true (kCancelled).
base::Result<ReplaySummary> Replay(const ReplaySettings& settings, const journey::Fold& fold,
                                   store::Store& store, const base::Clock& clock,
                                   const std::atomic<bool>& stop, const Progress& progress);

// The format that a file's name tells; nothing where it tells none.
std::optional<FileFormat> FormatOf(const std::string& path);

}  // namespace waymark::files
