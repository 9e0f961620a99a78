#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include "app/command.h"
#include "app/model_fit.h"
#include "app/progress_bar.h"
#include "app/replay_run.h"
#include "app/stop.h"
#include "base/counted.h"
#include "model/journey_model.h"

namespace waymark::app {
namespace {

struct FitOptions {
  CommonOptions common;
  ReplayInput input;
  std::string model;
  std::string symbols;
  std::string labels = "rules";
  std::string output;
  std::string folder;
  int states = 1;
  int rounds = 100;
  int tries = 1;
  uint64_t seed = 1;
  double holdout = 0.3;
  bool outcomes = false;
  bool json = false;
};

base::Status Usage(std::string message, std::string hint) {
  return {base::StatusCode::kConfig, std::move(message), std::move(hint)};
}

// "family/name", or nothing where there is only one.
base::Result<const model::JourneyModel*> FindModel(const journey::CompiledModels& models,
                                                   const std::string& wanted) {
  const model::JourneyModel* found = nullptr;
  for (const auto& compiled : models.all()) {
    const model::JourneyModel& model = compiled->definition;
    if (!wanted.empty() && model.family + "/" + model.name != wanted && model.name != wanted) {
      continue;
    }
    if (found != nullptr && found->name != model.name) {
      return Usage("which model is to learn?", "name it by --model FAMILY/NAME");
    }
    found = &model;
  }
  if (found == nullptr) return Usage("no model '" + wanted + "'", "see waymark check");
  return found;
}

nlohmann::ordered_json JsonOf(const Fitted& fitted, const FitScore& score) {
  nlohmann::ordered_json json;
  json["learned_from"] = fitted.learned_from;
  json["states"] = fitted.filter.states.size();
  json["symbols"] = fitted.filter.symbols.size();
  json["rounds"] = fitted.rounds;
  json["log_likelihood"] = fitted.log_likelihood;
  json["held_out"] = {{"interactions", score.interactions},
                      {"stages_right", score.stages_right},
                      {"journeys", score.journeys},
                      {"outcomes_right_at_half", score.outcomes_right},
                      {"most_frequent_outcome", score.most_frequent}};
  auto& curves = json["held_out"]["area_under_curve"] = nlohmann::ordered_json::object();
  for (const auto& [outcome, area] : score.area_under_curve) curves[outcome] = area;
  return json;
}

double Percent(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

void Print(const Fitted& fitted, const FitScore& score) {
  std::fprintf(stderr, "learned %s over %s from %s in %s\n",
               base::Counted(fitted.filter.states.size(), "state").c_str(),
               base::Counted(fitted.filter.symbols.size(), "symbol").c_str(),
               base::Counted(fitted.learned_from, "journey").c_str(),
               base::Counted(fitted.rounds, "round").c_str());
  if (score.interactions > 0) {
    std::fprintf(stderr, "held out: the most probable stage is the rules' in %.1f %% of %s\n",
                 Percent(score.stages_right, score.interactions),
                 base::Counted(score.interactions, "interaction").c_str());
  }
  if (score.journeys == 0) return;
  std::fprintf(stderr,
               "held out: after half of its interactions the outcome of %s is right in %.1f %%; "
               "the most frequent outcome always: %.1f %%\n",
               base::Counted(score.journeys, "journey").c_str(),
               Percent(score.outcomes_right, score.journeys),
               Percent(score.most_frequent, score.journeys));
  for (const auto& [outcome, area] : score.area_under_curve) {
    std::fprintf(stderr, "  area under the curve, %s against the rest: %.3f\n", outcome.c_str(),
                 area);
  }
}

base::Status Check(const FitOptions& options) {
  if (options.labels == "none" && options.outcomes) {
    return Usage("--outcomes needs the rules' stages", "leave out --labels none");
  }
  return {};
}

// Symbols of the model's own filter, or one for each value of a field.
base::Result<std::vector<model::FilterSymbol>> SymbolsOf(const FitOptions& options,
                                                         const model::JourneyModel& model,
                                                         const PassingFolder& folder) {
  if (model.filter && options.symbols.empty()) return model.filter->symbols;
  const auto field = model::ParseField(options.symbols.empty() ? "action" : options.symbols);
  const bool usable = field && !model::IsNumeric(field->field) && !model::IsSet(field->field) &&
                      !model::IsOfJourney(field->field);
  if (usable) return FindSymbols(folder.path(), folder.path(), *field);
  return Usage("--symbols: '" + options.symbols + "' is no text of an interaction",
               "name a field such as action or attributes.name");
}

base::Status Write(const std::string& yaml, const std::string& path) {
  if (path.empty()) {
    std::fputs(yaml.c_str(), stdout);
    return {};
  }
  std::ofstream out(path);
  out << yaml;
  out.close();
  if (out) return {};
  return {base::StatusCode::kIo, path + ": can't be written", "name a writable file by --output"};
}

// Of several first guesses the one that does best on the last fifth of the journeys, having learned
// from the others.
uint64_t ChooseSeed(const FitOptions& options, FitTask task, std::span<const FitJourney> journeys) {
  if (options.tries == 1) return options.seed;
  const size_t learned = journeys.size() - journeys.size() / 5;
  uint64_t best = options.seed;
  int64_t most = -1;
  const base::SystemClock clock;
  ProgressBar bar("learn", clock);
  for (int turn = 0; turn < options.tries && !StopFlag(); ++turn) {
    task.learn.seed = options.seed + static_cast<uint64_t>(turn);
    const Fitted fitted =
        FitFilter(task, journeys.first(learned), [](int, double) { return !StopFlag(); });
    if (fitted.filter.states.empty()) break;
    const FitScore score = ScoreFilter(*task.model, fitted.filter, journeys.first(learned),
                                       journeys.subspan(learned));
    const int64_t right = options.outcomes ? score.outcomes_right : score.stages_right;
    if (right > most) best = task.learn.seed;
    most = std::max(most, right);
    bar.Update((turn + 1.0) / options.tries, turn + 1);
  }
  return best;
}

base::Status Fit(const FitOptions& options) {
  WAYMARK_RETURN_IF_ERROR(Check(options));
  WAYMARK_ASSIGN_OR_RETURN(const auto configuration, LoadSettings(options.common));
  WAYMARK_ASSIGN_OR_RETURN(const Models models, LoadModels(options.common, configuration.settings));
  FitTask task;
  WAYMARK_ASSIGN_OR_RETURN(task.model, FindModel(*models.compiled, options.model));
  const PassingFolder folder(
      (std::filesystem::path(options.folder) / ("waymark-model-fit-" + std::to_string(getpid())))
          .string(),
      false);
  WAYMARK_ASSIGN_OR_RETURN(
      files::ReplaySettings replay,
      ReplaySettingsOf(options.input, folder.path(), configuration.settings));
  replay.output_format = files::OutputFormat::kProtobuf;
  const auto replayed = RunReplay(replay, *models.fold, configuration.settings, false, "replay");
  WAYMARK_RETURN_IF_ERROR(replayed.status());
  WAYMARK_ASSIGN_OR_RETURN(task.symbols, SymbolsOf(options, *task.model, folder));
  task.states_by_stage = options.states;
  task.labelled = options.labels == "rules";
  task.tells_outcomes = options.outcomes;
  task.learn.rounds_max = options.rounds;
  task.learn.seed = options.seed;
  WAYMARK_ASSIGN_OR_RETURN(const std::vector<FitJourney> journeys,
                           ReadJourneys(folder.path(), folder.path(), task));
  const auto kept = static_cast<size_t>(static_cast<double>(journeys.size()) *
                                        (1 - options.holdout));
  const std::span<const FitJourney> all(journeys);
  task.learn.seed = ChooseSeed(options, task, all.first(kept));
  const Fitted fitted = FitFilter(task, all.first(kept), [](int, double) { return !StopFlag(); });
  if (StopFlag()) return {base::StatusCode::kCancelled, "interrupted"};
  if (fitted.filter.states.empty()) {
    return Usage("nothing to learn from: " + base::Counted(fitted.learned_from, "journey") +
                     ", or more than " + std::to_string(model::kFilterStatesMax) + " states",
                 "fewer --states; more input; --outcomes needs stages that close the journey");
  }
  const FitScore score =
      ScoreFilter(*task.model, fitted.filter, all.first(kept), all.subspan(kept));
  if (options.json) {
    std::printf("%s\n", JsonOf(fitted, score).dump(2).c_str());
    if (options.output.empty()) return {};
    return Write(FilterYaml(fitted.filter), options.output);
  }
  Print(fitted, score);
  return Write(FilterYaml(fitted.filter), options.output);
}

int RunFit(const FitOptions& options) {
  const base::Status status = Fit(options);
  return status.ok() ? kExitFine : Report(status);
}

}  // namespace

void AddModelFit(CLI::App& model, Action& action) {
  auto options = std::make_shared<FitOptions>();
  CLI::App* const command = model.add_subcommand(
      "fit", "learn a model's filter from interactions; writes its section `filter`");
  options->input.AddTo(*command, "--on");
  options->common.AddTo(*command, true);
  command->add_option("--model", options->model, "which model, where there are several")
      ->type_name("FAMILY/NAME");
  command->add_option("--symbols", options->symbols,
                      "field whose values are told apart (default: the symbols of the model's "
                      "filter, else action)");
  command->add_option("--states", options->states, "hidden states for each stage")
      ->check(CLI::Range(1, 16));
  command
      ->add_option("--labels", options->labels, "rules: the stages that the rules find are known")
      ->check(CLI::IsMember({"rules", "none"}));
  command->add_flag("--outcomes", options->outcomes,
                    "tell journeys apart by the stage that closes them, to predict it");
  command
      ->add_option("--holdout", options->holdout,
                   "share of journeys, the last to begin, to try it on")
      ->check(CLI::Range(0.0, 0.9));
  command->add_option("--rounds", options->rounds, "of learning at most")
      ->check(CLI::Range(1, 10'000));
  command->add_option("--seed", options->seed, "of the first guess");
  command
      ->add_option("--tries", options->tries,
                   "first guesses, of which the one that does best on a fifth kept aside is taken")
      ->check(CLI::Range(1, 100));
  command->add_option("--output", options->output, "file for the filter (default: standard output)")
      ->type_name("FILE");
  options->folder = std::filesystem::temp_directory_path().string();
  command->add_option("--temporary", options->folder, "folder for the replay, removed at the end")
      ->type_name("DIR");
  command->add_flag("--json", options->json, "what was learned, machine-readable");
  command->callback([options, &action] { action = [options] { return RunFit(*options); }; });
}

}  // namespace waymark::app
