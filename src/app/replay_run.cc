#include "app/replay_run.h"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <thread>

#include "app/progress_bar.h"
#include "app/stop.h"

namespace waymark::app {

void ReplayInput::AddTo(CLI::App& command, const std::string& name) {
  command.add_option(name, files, "files of interactions, also .gz and .zst")
      ->required()
      ->type_name("FILE");
  command.add_option("--format", format, "of the input (default: by the file's name)")
      ->check(CLI::IsMember({"jsonl", "csv", "protobuf"}));
  command.add_option("--mapping", mapping, "how rows of a delimited file become interactions")
      ->type_name("FILE");
  command.add_option("--now", now, "the horizon at the end; later times are refused")
      ->type_name("TIME");
  command.add_option("--until", until, "leave out interactions after this event time")
      ->type_name("TIME");
  command.add_option("--workers", workers, "threads (default: workers.count)")
      ->check(CLI::Range(1, 256));
}

base::Result<files::ReplaySettings> ReplaySettingsOf(const ReplayInput& input,
                                                     const std::string& output,
                                                     const config::Settings& settings) {
  files::ReplaySettings replay;
  replay.inputs = input.files;
  replay.output = output;
  if (input.format == "jsonl") replay.format = files::FileFormat::kJsonLines;
  if (input.format == "csv") replay.format = files::FileFormat::kCsv;
  if (input.format == "protobuf") replay.format = files::FileFormat::kProtobuf;
  replay.mapping = input.mapping;
  if (!input.now.empty()) {
    WAYMARK_ASSIGN_OR_RETURN(replay.now, ParseTimeOption("--now", input.now));
  }
  if (!input.until.empty()) {
    WAYMARK_ASSIGN_OR_RETURN(replay.until, ParseTimeOption("--until", input.until));
  }
  const auto workers = input.workers != 0 ? input.workers : settings.workers.count;
  replay.workers = workers > 0 ? static_cast<int>(workers)
                               : static_cast<int>(std::thread::hardware_concurrency());
  replay.partitions = static_cast<int>(settings.replay.partitions);
  replay.intake = IntakeSettingsOf(settings);
  replay.task.disorder = settings.time.disorder;
  replay.task.lateness = settings.time.lateness;
  replay.forget.retention = settings.timeline.retention;
  replay.task.snapshot_interval = settings.snapshot.interval;
  replay.task.publish_snapshots = false;
  replay.task.measures = MeasureSettingsOf(settings, settings.measures.enabled);
  replay.task.measures.retention = base::Millis::max();
  replay.task.measures.publish = false;
  replay.task.measures.store = false;
  replay.task.cache_bytes_max = CacheBytesOf(settings) / static_cast<size_t>(replay.partitions);
  for (const std::string& file : input.files) {
    if (!std::filesystem::exists(file)) {
      return base::Status(base::StatusCode::kIo, file + ": no such file");
    }
  }
  return replay;
}

void PassingFolder::Remove() {
  std::error_code ignored;  // What cannot be removed shows when it is used again.
  std::filesystem::remove_all(path_, ignored);
}

base::Result<files::ReplaySummary> RunReplay(const files::ReplaySettings& replay,
                                             const journey::Fold& fold,
                                             const config::Settings& settings, bool keep_state,
                                             const std::string& name) {
  std::error_code error;
  std::filesystem::create_directories(replay.output, error);
  if (error) {
    return base::Status(base::StatusCode::kIo, replay.output + ": " + error.message(),
                        "name a writable folder by --output");
  }
  CatchStopSignals();
  const base::SystemClock clock;
  const PassingFolder folder(replay.output + "/state", keep_state);
  rocks::RocksSettings rocks = RocksSettingsOf(settings);
  rocks.short_lived = !keep_state;
  WAYMARK_ASSIGN_OR_RETURN(const auto store, rocks::RocksStore::Open(folder.path(), rocks));
  ProgressBar bar(name, clock);
  auto summary =
      files::Replay(replay, fold, *store, clock, StopFlag(),
                    [&](double share, int64_t records) { bar.Update(share, records); });
  if (summary.ok() && keep_state) WAYMARK_RETURN_IF_ERROR(store->Flush());
  return summary;
}

}  // namespace waymark::app
