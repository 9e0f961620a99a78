#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>

#include "app/command.h"
#include "app/progress_bar.h"
#include "app/setup.h"
#include "app/stop.h"
#include "files/replay.h"

namespace waymark::app {
namespace {

struct ReplayOptions {
  CommonOptions common;
  std::vector<std::string> inputs;
  std::string output;
  std::string format;
  std::string mapping;
  std::string output_format = "jsonl";
  std::string compress;
  std::string summary = "text";
  std::string now;
  std::string until;
  std::string revisions = "canonical";
  int workers = 0;
  bool keep_state = false;
  bool strict = false;
  bool force = false;
};

base::Result<files::ReplaySettings> SettingsOf(const ReplayOptions& options,
                                               const config::Settings& settings) {
  files::ReplaySettings replay;
  replay.inputs = options.inputs;
  replay.output = options.output;
  if (options.format == "jsonl") replay.format = files::FileFormat::kJsonLines;
  if (options.format == "csv") replay.format = files::FileFormat::kCsv;
  if (options.format == "protobuf") replay.format = files::FileFormat::kProtobuf;
  replay.mapping = options.mapping;
  if (options.output_format == "protobuf") replay.output_format = files::OutputFormat::kProtobuf;
  if (!options.compress.empty()) replay.output_suffix = "." + options.compress;
  replay.all_revisions = options.revisions == "all";
  if (!options.now.empty()) {
    WAYMARK_ASSIGN_OR_RETURN(replay.now, ParseTimeOption("--now", options.now));
  }
  if (!options.until.empty()) {
    WAYMARK_ASSIGN_OR_RETURN(replay.until, ParseTimeOption("--until", options.until));
  }
  const auto workers = options.workers != 0 ? options.workers : settings.workers.count;
  replay.workers = workers > 0 ? static_cast<int>(workers)
                               : static_cast<int>(std::thread::hardware_concurrency());
  replay.partitions = static_cast<int>(settings.replay.partitions);
  replay.intake = IntakeSettingsOf(settings);
  replay.task.disorder = settings.time.disorder;
  replay.task.lateness = settings.time.lateness;
  replay.forget.retention = settings.timeline.retention;
  replay.task.snapshot_interval = settings.snapshot.interval;
  replay.task.publish_snapshots = replay.all_revisions;
  replay.task.cache_bytes_max =
      static_cast<size_t>(settings.cache.bytes_max) / static_cast<size_t>(replay.partitions);
  return replay;
}

nlohmann::ordered_json SummaryJson(const files::ReplaySummary& summary) {
  const engine::Totals& totals = summary.totals;
  nlohmann::ordered_json json;
  json["inputs"] = totals.consumed;
  json["steps"] = totals.steps;
  json["duplicates"] = totals.duplicates;
  nlohmann::ordered_json& letters = json["dead_letters"] = nlohmann::ordered_json::object();
  for (size_t i = 0; i < totals.dead_letters.size(); ++i) {
    if (totals.dead_letters[i] == 0) continue;
    letters[std::string(model::ToString(static_cast<model::DeadLetterReason>(i)))] =
        totals.dead_letters[i];
  }
  if (summary.left_out > 0) json["left_out"] = summary.left_out;
  json["profiles"] = totals.profiles;
  json["sessions"] = summary.sessions;
  json["journeys"] = summary.journeys;
  json["signals"] = summary.signals;
  json["ids_derived"] = totals.ids_derived;
  json["late"] = totals.late;
  json["refolds"] = totals.refolds;
  if (summary.horizon > base::Timestamp::min()) {
    json["horizon"] = base::FormatRfc3339(summary.horizon);
  }
  json["seconds"] = summary.seconds;
  json["cpu_seconds"] = summary.cpu_seconds;
  const double rate =
      summary.seconds > 0 ? static_cast<double>(totals.consumed) / summary.seconds : 0;
  json["events_per_second"] = static_cast<int64_t>(rate);
  return json;
}

void PrintLine(const char* name, int64_t number) {
  std::printf("%-14s %14s\n", name, Grouped(number).c_str());
}

void PrintSummary(const files::ReplaySummary& summary) {
  const engine::Totals& totals = summary.totals;
  PrintLine("inputs", totals.consumed);
  PrintLine("= steps", totals.steps);
  PrintLine("+ duplicates", totals.duplicates);
  PrintLine("+ dead letters", totals.dead_letters_total());
  for (size_t i = 0; i < totals.dead_letters.size(); ++i) {
    if (totals.dead_letters[i] == 0) continue;
    const std::string reason(model::ToString(static_cast<model::DeadLetterReason>(i)));
    std::printf("    %-24s %s\n", reason.c_str(), Grouped(totals.dead_letters[i]).c_str());
  }
  if (summary.left_out > 0) PrintLine("left out", summary.left_out);
  PrintLine("profiles", totals.profiles);
  PrintLine("sessions", summary.sessions);
  PrintLine("journeys", summary.journeys);
  int64_t signals = 0;
  for (const auto& [kind, count] : summary.signals) signals += count;
  PrintLine("signals", signals);
  for (const auto& [kind, count] : summary.signals) {
    std::printf("    %-24s %s\n", kind.c_str(), Grouped(count).c_str());
  }
  PrintLine("late", totals.late);
  if (summary.horizon > base::Timestamp::min()) {
    std::printf("%-14s %s\n", "horizon", base::FormatRfc3339(summary.horizon).c_str());
  }
  const double rate =
      summary.seconds > 0 ? static_cast<double>(totals.consumed) / summary.seconds : 0;
  std::printf("%.2f s, %s interactions/s, %.2f CPU seconds\n", summary.seconds,
              Grouped(static_cast<int64_t>(rate)).c_str(), summary.cpu_seconds);
}

// Removes the state folder when it goes, unless it is to be kept.
class StateFolder {
 public:
  StateFolder(std::string path, bool keep) : path_(std::move(path)), keep_(keep) { Remove(); }
  ~StateFolder() {
    if (!keep_) Remove();
  }
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  void Remove() {
    std::error_code ignored;  // What cannot be removed shows when the store is opened.
    std::filesystem::remove_all(path_, ignored);
  }
  std::string path_;
  bool keep_;
};

int RunReplay(const ReplayOptions& options) {
  auto configuration = LoadSettings(options.common);
  if (!configuration.ok()) return Report(configuration.status());
  const config::Settings& settings = configuration->settings;
  auto models = LoadModels(options.common, settings);
  if (!models.ok()) return Report(models.status());
  auto replay = SettingsOf(options, settings);
  if (!replay.ok()) return Report(replay.status());
  for (const std::string& input : options.inputs) {
    if (!std::filesystem::exists(input)) {
      return Report({base::StatusCode::kIo, input + ": no such file"});
    }
  }
  std::error_code error;
  std::filesystem::create_directories(options.output, error);
  if (error) {
    return Report({base::StatusCode::kIo, options.output + ": " + error.message(),
                   "name a writable folder by --output"});
  }
  CatchStopSignals();
  const base::SystemClock clock;
  const StateFolder folder(options.output + "/state", options.keep_state);
  rocks::RocksSettings rocks = RocksSettingsOf(settings);
  rocks.short_lived = !options.keep_state;
  auto store = rocks::RocksStore::Open(folder.path(), rocks);
  if (!store.ok()) return Report(store.status());
  auto summary = [&] {
    ProgressBar bar("replay", clock);
    return files::Replay(*replay, *models->fold, **store, clock, StopFlag(),
                         [&](double share, int64_t records) { bar.Update(share, records); });
  }();
  if (summary.ok() && options.keep_state) {
    if (auto status = (*store)->Flush(); !status.ok()) return Report(status);
  }
  if (!summary.ok()) return Report(summary.status());
  if (options.summary == "json") {
    std::printf("%s\n", SummaryJson(*summary).dump(2).c_str());
  } else {
    PrintSummary(*summary);
  }
  const bool faulty = options.strict && summary->totals.dead_letters_total() > 0;
  return faulty ? kExitFaults : kExitFine;
}

}  // namespace

void AddReplay(CLI::App& app, Action& action) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* const command =
      app.add_subcommand("replay", "run the pipeline over files and write what it finds");
  command->add_option("--input", options->inputs, "files of interactions, also .gz and .zst")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--output", options->output, "folder for steps, signals, journeys, dead letters")
      ->required()
      ->type_name("DIR");
  options->common.AddTo(*command, true);
  command->add_option("--format", options->format, "of the input (default: by the file's name)")
      ->check(CLI::IsMember({"jsonl", "csv", "protobuf"}));
  command
      ->add_option("--mapping", options->mapping,
                   "how rows of a delimited file become interactions")
      ->type_name("FILE");
  command->add_option("--output-format", options->output_format, "jsonl or protobuf")
      ->check(CLI::IsMember({"jsonl", "protobuf"}));
  command->add_option("--compress", options->compress, "pack the output files")
      ->check(CLI::IsMember({"gz", "zst"}));
  command->add_option("--summary", options->summary, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_option("--now", options->now, "the horizon at the end; later times are refused")
      ->type_name("TIME");
  command->add_option("--until", options->until, "leave out interactions after this event time")
      ->type_name("TIME");
  command
      ->add_option("--revisions", options->revisions,
                   "canonical view, or all revisions (of customers forgotten since as well)")
      ->check(CLI::IsMember({"canonical", "all"}));
  command->add_option("--workers", options->workers, "threads (default: workers.count)")
      ->check(CLI::Range(1, 256));
  command->add_flag("--keep-state", options->keep_state, "keep DIR/state for `waymark journey`");
  command->add_flag("--strict", options->strict, "exit 1 where there are dead letters");
  command->callback([options, &action] { action = [options] { return RunReplay(*options); }; });
}

}  // namespace waymark::app
