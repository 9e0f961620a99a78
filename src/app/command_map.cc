#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "api/live_picture.h"
#include "api/map.h"
#include "app/command.h"
#include "app/map_server.h"
#include "app/map_table.h"
#include "app/measure_source.h"
#include "app/setup.h"
#include "app/table.h"

namespace waymark::app {
namespace {

using Json = nlohmann::ordered_json;

struct MapOptions {
  CommonOptions common;
  std::string from;
  std::map<std::string, std::string> query;  // as the API takes it
  std::string format = "table";
  std::string language = "en";
  bool serve = false;
  std::string state;  // with `serve`
};

// The one model with figures where none is named.
std::string TheModel(const measure::Picture& picture) {
  const auto known = measure::KnownModels(picture);
  return known.size() == 1 ? known.begin()->first : std::string();
}

base::Result<Json> MapOf(const MapOptions& options, const Models& models) {
  const base::SystemClock clock;
  api::LivePicture picture(clock);
  picture.SetModels(models.compiled);
  base::Status status;
  picture.Update([&](measure::Picture& p) { status = ReadMeasures(options.from, p); });
  WAYMARK_RETURN_IF_ERROR(status);
  serve::Request request;
  for (const auto& [name, value] : options.query) {
    if (!value.empty()) request.query[name] = value;
  }
  if (!request.query.contains("model")) {
    const std::string model = picture.Read(TheModel);
    if (!model.empty()) request.query["model"] = model;
  }
  api::Question question;
  if (const auto refused = api::ReadQuestion(request, picture, question)) {
    const Json why = Json::parse(refused->body);
    return base::Status(base::StatusCode::kConfig, why["error"], why.value("hint", ""));
  }
  return picture.Read([&](const measure::Picture& p) {
    return api::MapJson(question, measure::Collect(p, question.selection));
  });
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
        ServeMap({options.from, options.state, options.common}, settings->settings);
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
  command
      ->add_option("from", options->from,
                   "a folder of replay's output, its measures.jsonl, or kafka://BROKERS/PREFIX")
      ->required()
      ->type_name("FROM");
  const auto add = [&](const char* flag, const char* name, const char* help, const char* type) {
    command->add_option(flag, options->query[name], help)->type_name(type);
  };
  add("--model", "model", "which map; needed where there are figures of several", "NAME");
  add("--version", "version", "of the model (default: all)", "N");
  add("--persona", "persona", "of these customers alone", "NAME");
  add("--target-group", "target_group", "of these customers alone", "NAME");
  add("--from-day", "from", "the first day that counts, in event time (UTC)", "DAY");
  add("--to-day", "to", "the last day that counts", "DAY");
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
