#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "app/command.h"
#include "app/model_diff.h"
#include "app/progress_bar.h"
#include "app/replay_run.h"
#include "app/table.h"
#include "base/counted.h"

namespace waymark::app {
namespace {

struct DiffOptions {
  CommonOptions common;
  ReplayInput input;
  std::string a;
  std::string b;
  std::string folder;
  size_t examples = 3;
  bool json = false;
};

base::Status ReplayUnder(const std::string& models, const std::string& output,
                         const DiffOptions& options, const config::Settings& settings) {
  CommonOptions common = options.common;
  common.models = {models};
  WAYMARK_ASSIGN_OR_RETURN(const Models loaded, LoadModels(common, settings));
  WAYMARK_ASSIGN_OR_RETURN(files::ReplaySettings replay,
                           ReplaySettingsOf(options.input, output, settings));
  replay.output_format = files::OutputFormat::kProtobuf;
  return RunReplay(replay, *loaded.fold, settings, false, models).status();
}

nlohmann::ordered_json JsonOf(const ModelDifference& difference) {
  nlohmann::ordered_json json;
  json["same"] = difference.IsSame();
  json["customers"] = difference.customers;
  json["customers_moved"] = difference.customers_moved;
  auto& moves = json["moves"] = nlohmann::ordered_json::array();
  for (const auto& [change, customers] : difference.moves) {
    moves.push_back({{"family", change.family},
                     {"from", change.from},
                     {"to", change.to},
                     {"customers", customers.customers},
                     {"examples", customers.examples}});
  }
  auto& signals = json["signals"] = nlohmann::ordered_json::array();
  for (const auto& [name, change] : difference.signals) {
    signals.push_back({{"family", name.family}, {"kind", name.kind}, {"name", name.name},
                       {"before", change.before}, {"after", change.after},
                       {"gone", change.gone}, {"come", change.come}});
  }
  return json;
}

std::string Joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : ", ") + text;
  return joined;
}

void Print(const ModelDifference& difference) {
  if (difference.IsSame()) {
    std::printf("no difference: %s stand where they stood\n",
                base::Counted(difference.customers, "customer").c_str());
    return;
  }
  std::printf("%s of %s would stand elsewhere\n", Grouped(difference.customers_moved).c_str(),
              base::Counted(difference.customers, "customer").c_str());
  Table moves({"family", "from", "to", "customers", "such as"});
  for (const auto& [change, customers] : difference.moves) {
    moves.Add({change.family, change.from, change.to, Grouped(customers.customers),
               Joined(customers.examples)});
  }
  if (!moves.empty()) std::printf("\n%s", moves.Text(TerminalWidth()).c_str());
  Table signals({"signal", "name", "family", "before", "after", "gone", "come"});
  for (const auto& [name, change] : difference.signals) {
    if (change.gone == 0 && change.come == 0) continue;
    signals.Add({name.kind, name.name, name.family, Grouped(change.before), Grouped(change.after),
                 Grouped(change.gone), Grouped(change.come)});
  }
  if (!signals.empty()) std::printf("\n%s", signals.Text(TerminalWidth()).c_str());
}

int RunDiff(const DiffOptions& options) {
  auto configuration = LoadSettings(options.common);
  if (!configuration.ok()) return Report(configuration.status());
  const PassingFolder folder(
      (std::filesystem::path(options.folder) / ("waymark-model-diff-" + std::to_string(getpid())))
          .string(),
      false);
  const std::string before = folder.path() + "/before";
  const std::string after = folder.path() + "/after";
  for (const auto& [models, output] :
       {std::pair(&options.a, &before), std::pair(&options.b, &after)}) {
    const auto status = ReplayUnder(*models, *output, options, configuration->settings);
    if (!status.ok()) return Report(status);
  }
  const auto difference = CompareReplays(before, after, folder.path(), options.examples);
  if (!difference.ok()) return Report(difference.status());
  if (options.json) {
    std::printf("%s\n", JsonOf(*difference).dump(2).c_str());
  } else {
    Print(*difference);
  }
  return difference->IsSame() ? kExitFine : kExitFaults;
}

void AddModelDiff(CLI::App& model, Action& action) {
  auto options = std::make_shared<DiffOptions>();
  CLI::App* const command = model.add_subcommand(
      "diff", "what other models would change: who stands elsewhere, which signals come and go");
  command->add_option("A", options->a, "models in force: a folder or a file")
      ->required()
      ->type_name("MODELS");
  command->add_option("B", options->b, "models to be tried")->required()->type_name("MODELS");
  options->input.AddTo(*command, "--on");
  options->common.AddTo(*command, false);
  options->folder = std::filesystem::temp_directory_path().string();
  command->add_option("--temporary", options->folder, "folder for the two runs, removed at the end")
      ->type_name("DIR");
  command->add_option("--examples", options->examples, "customers named for each change");
  command->add_flag("--json", options->json, "machine-readable");
  command->callback([options, &action] { action = [options] { return RunDiff(*options); }; });
}

}  // namespace

void AddModel(CLI::App& app, Action& action) {
  CLI::App* const model = app.add_subcommand("model", "compare, learn and publish journey models");
  model->require_subcommand(1);
  AddModelDiff(*model, action);
  AddModelFit(*model, action);
  AddModelPublish(*model, action);
  AddModelTemporalProfile(*model, action);
}

}  // namespace waymark::app
