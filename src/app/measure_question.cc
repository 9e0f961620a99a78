#include "app/measure_question.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "api/live_picture.h"
#include "app/measure_source.h"

namespace waymark::app {
namespace {

// The one model with figures where none is named.
std::string TheModel(const measure::Picture& picture) {
  const auto known = measure::KnownModels(picture);
  return known.size() == 1 ? known.begin()->first : std::string();
}

}  // namespace

void MeasureQuestion::AddTo(CLI::App& command) {
  command
      .add_option("from", from,
                  "a folder of replay's output, its measures.jsonl, or kafka://BROKERS/PREFIX")
      ->required()
      ->type_name("FROM");
  const auto add = [&](const char* flag, const char* name, const char* help, const char* type) {
    command.add_option(flag, query[name], help)->type_name(type);
  };
  add("--model", "model", "which map; needed where there are figures of several", "NAME");
  add("--version", "version", "of the model (default: all)", "N");
  add("--persona", "persona", "of these customers alone", "NAME");
  add("--target-group", "target_group", "of these customers alone", "NAME");
  add("--from-day", "from", "the first day that counts, in event time (UTC)", "DAY");
  add("--to-day", "to", "the last day that counts", "DAY");
}

base::Status ReadFigures(const MeasureQuestion& question, const Models& models,
                         const FiguresVisitor& visit) {
  const base::SystemClock clock;
  api::LivePicture picture(clock);
  picture.SetModels(models.compiled);
  base::Status status;
  picture.Update([&](measure::Picture& p) { status = ReadMeasures(question.from, p); });
  WAYMARK_RETURN_IF_ERROR(status);
  serve::Request request;
  for (const auto& [name, value] : question.query) {
    if (!value.empty()) request.query[name] = value;
  }
  if (!request.query.contains("model")) {
    const std::string model = picture.Read(TheModel);
    if (!model.empty()) request.query["model"] = model;
  }
  api::Question read;
  if (const auto refused = api::ReadQuestion(request, picture, read)) {
    const auto why = nlohmann::json::parse(refused->body);
    return {base::StatusCode::kConfig, why["error"], why.value("hint", "")};
  }
  picture.Read([&](const measure::Picture& p) {
    visit(read, measure::Collect(p, read.selection));
  });
  return {};
}

}  // namespace waymark::app
