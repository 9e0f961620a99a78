#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "api/map.h"
#include "app/command.h"
#include "app/map_server.h"
#include "app/map_table.h"
#include "app/measure_question.h"
#include "app/setup.h"
#include "app/table.h"

namespace waymark::app {
namespace {

using Json = nlohmann::ordered_json;

struct MapOptions {
  CommonOptions common;
  MeasureQuestion question;
  std::string format = "table";
  std::string language = "en";
  bool serve = false;
  std::string state;  // with `serve`
};

base::Result<Json> MapOf(const MapOptions& options, const Models& models) {
  Json map;
  WAYMARK_RETURN_IF_ERROR(ReadFigures(
      options.question, models, [&](const api::Question& question, const auto& figures) {
        map = api::MapJson(question, figures);
      }));
  return map;
}

std::string TitleOf(const Json& map) {
  const Json& journeys = map["journeys"];
  std::string title = fmt::format("{}: {} journeys started, {} completed, {} abandoned, "
                                  "{} switched",
                                  map["model"]["name"].get<std::string>(),
                                  journeys["started"].get<int64_t>(),
                                  journeys["completed"].get<int64_t>(),
                                  journeys["abandoned"].get<int64_t>(),
                                  journeys["switched"].get<int64_t>());
  const Json& period = map["period"];
  if (period.contains("first")) {
    title += fmt::format(", {} to {}", period["first"].get<std::string>(),
                         period["last"].get<std::string>());
  }
  return title;
}

std::string TextOf(const Json& map, const MapOptions& options) {
  if (options.format == "json") return map.dump(2) + "\n";
  const MapTable table = TableOf(map, options.language);
  if (options.format == "csv") return CsvOf(table);
  if (options.format == "markdown") return MarkdownOf(table);
  if (options.format == "html") return HtmlOf(table, TitleOf(map));
  Table text(table.heading);
  for (const auto& row : table.rows) text.Add(row);
  return TitleOf(map) + "\n\n" + text.Text(TerminalWidth());
}

int RunMap(const MapOptions& options) {
  const auto settings = LoadSettings(options.common);
  if (!settings.ok()) return Report(settings.status());
  if (options.serve) {
    const base::Status status =
        ServeMap({options.question.from, options.state, options.common}, settings->settings);
    return status.ok() ? kExitFine : Report(status);
  }
  const auto models = LoadModels(options.common, settings->settings);
  if (!models.ok()) return Report(models.status());
  const auto map = MapOf(options, *models);
  if (!map.ok()) return Report(map.status());
  const std::string text = TextOf(*map, options);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kExitFine;
}

}  // namespace

void AddMap(CLI::App& app, Action& action) {
  CLI::App* const command = app.add_subcommand(
      "map", "the journey map as a table: stages across, figures down");
  auto options = std::make_shared<MapOptions>();
  options->common.AddTo(*command, true);
  options->question.AddTo(*command);
  command->add_option("--format", options->format, "how to write it (default: table)")
      ->check(CLI::IsMember({"table", "csv", "markdown", "html", "json"}));
  command->add_option("--language", options->language, "of the stages' titles (default: en)")
      ->type_name("CODE");
  command->add_flag_callback("--json", [options] { options->format = "json"; }, "as JSON");
  CLI::Option* const serve = command->add_flag(
      "--serve", options->serve,
      "as the page and the API on http.address and http.port instead, until Ctrl-C");
  command
      ->add_option("--state", options->state,
                   "with --serve: the state folder that single customers are shown from (default: "
                   "`state` in FROM, as `waymark replay --keep-state` leaves it)")
      ->type_name("DIR")
      ->needs(serve);
  command->callback([options, &action] { action = [options] { return RunMap(*options); }; });
}

}  // namespace waymark::app
