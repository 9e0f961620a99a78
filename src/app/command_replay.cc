#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <memory>

#include "app/command.h"
#include "app/progress_bar.h"
#include "app/replay_run.h"
#include "app/setup.h"
#include "files/replay.h"

namespace waymark::app {
namespace {

struct ReplayOptions {
  CommonOptions common;
  ReplayInput input;
  std::string output;
  std::string output_format = "jsonl";
  std::string compress;
  std::string summary = "text";
  std::string revisions = "canonical";
  bool keep_state = false;
  bool strict = false;
  bool force = false;
};

base::Result<files::ReplaySettings> SettingsOf(const ReplayOptions& options,
                                               const config::Settings& settings) {
  WAYMARK_ASSIGN_OR_RETURN(files::ReplaySettings replay,
                           ReplaySettingsOf(options.input, options.output, settings));
  if (options.output_format == "protobuf") replay.output_format = files::OutputFormat::kProtobuf;
  if (!options.compress.empty()) replay.output_suffix = "." + options.compress;
  replay.all_revisions = options.revisions == "all";
  replay.task.publish_snapshots = replay.all_revisions;
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

int Run(const ReplayOptions& options) {
  auto configuration = LoadSettings(options.common);
  if (!configuration.ok()) return Report(configuration.status());
  const config::Settings& settings = configuration->settings;
  auto models = LoadModels(options.common, settings);
  if (!models.ok()) return Report(models.status());
  const auto replay = SettingsOf(options, settings);
  if (!replay.ok()) return Report(replay.status());
  const auto summary = RunReplay(*replay, *models->fold, settings, options.keep_state, "replay");
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
  options->input.AddTo(*command, "--input");
  command
      ->add_option("--output", options->output, "folder for steps, signals, journeys, dead letters")
      ->required()
      ->type_name("DIR");
  options->common.AddTo(*command, true);
  command->add_option("--output-format", options->output_format, "jsonl or protobuf")
      ->check(CLI::IsMember({"jsonl", "protobuf"}));
  command->add_option("--compress", options->compress, "pack the output files")
      ->check(CLI::IsMember({"gz", "zst"}));
  command->add_option("--summary", options->summary, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command
      ->add_option("--revisions", options->revisions,
                   "canonical view, or all revisions (of customers forgotten since as well)")
      ->check(CLI::IsMember({"canonical", "all"}));
  command->add_flag("--keep-state", options->keep_state, "keep DIR/state for `waymark journey`");
  command->add_flag("--strict", options->strict, "exit 1 where there are dead letters");
  command->callback([options, &action] { action = [options] { return Run(*options); }; });
}

}  // namespace waymark::app
