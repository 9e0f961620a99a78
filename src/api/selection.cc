#include "api/selection.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <vector>

#include "api/dates.h"

namespace waymark::api {
namespace {

using nlohmann::ordered_json;
using serve::ErrorResponse;
using serve::Response;

constexpr std::string_view kParameters[] = {"model", "version", "persona", "target_group", "from",
                                            "to"};

// Of the versions of a model the one asked for, else the newest.
const model::JourneyModel* FindModel(const journey::CompiledModels& models,
                                     const measure::Selection& selection) {
  const model::JourneyModel* found = nullptr;
  for (const auto& compiled : models.all()) {
    const model::JourneyModel& model = compiled->definition;
    if (model.name != selection.model) continue;
    if (selection.version && model.version != *selection.version) continue;
    if (found == nullptr || model.version > found->version) found = &model;
  }
  return found;
}

std::string NamesOf(const journey::CompiledModels& models) {
  std::vector<std::string> names;
  for (const auto& compiled : models.all()) names.push_back(compiled->definition.name);
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

std::optional<std::string> Parameter(const serve::Request& request, const char* name) {
  const auto at = request.query.find(name);
  return at == request.query.end() ? std::nullopt : std::optional(at->second);
}

std::optional<Response> ReadDay(const serve::Request& request, const char* name,
                                std::optional<int32_t>& day) {
  const auto text = Parameter(request, name);
  if (!text) return std::nullopt;
  day = ParseDay(*text);
  if (day) return std::nullopt;
  return ErrorResponse(400, std::string(name) + " is no day: " + *text,
                       "give it as in 2024-01-31");
}

std::optional<Response> RefuseUnknown(const serve::Request& request,
                                      std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : request.query) {
    if (std::ranges::find(known, name) != known.end()) continue;
    std::string all;
    for (const std::string_view one : known) all.append(all.empty() ? "" : ", ").append(one);
    return ErrorResponse(400, "unknown parameter " + name,
                         all.empty() ? "this takes none" : "known are " + all);
  }
  return std::nullopt;
}

std::optional<Response> ReadQuestion(const serve::Request& request, const LivePicture& picture,
                                     Question& question,
                                     std::initializer_list<std::string_view> also) {
  for (const auto& [name, value] : request.query) {
    const bool is_known = std::ranges::find(kParameters, name) != std::end(kParameters) ||
                          std::ranges::find(also, name) != also.end();
    if (!is_known) {
      return ErrorResponse(400, "unknown parameter " + name,
                           "known are model, version, persona, target_group, from and to");
    }
  }
  measure::Selection& selection = question.selection;
  question.models = picture.models();
  if (!question.models) return ErrorResponse(503, "no models are known yet", "try again soon");
  const auto model = Parameter(request, "model");
  if (!model || model->empty()) {
    return ErrorResponse(400, "model is missing", "one of " + NamesOf(*question.models));
  }
  selection.model = *model;
  if (const auto version = Parameter(request, "version")) {
    int32_t number = 0;
    const char* const end = version->data() + version->size();
    const auto parsed = std::from_chars(version->data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end) {
      return ErrorResponse(400, "version is no number: " + *version, {});
    }
    selection.version = number;
  }
  selection.persona = Parameter(request, "persona");
  selection.target_group = Parameter(request, "target_group");
  if (auto refused = ReadDay(request, "from", selection.from)) return refused;
  if (auto refused = ReadDay(request, "to", selection.to)) return refused;
  question.model = FindModel(*question.models, selection);
  if (question.model != nullptr) return std::nullopt;
  return ErrorResponse(404, "there is no such model: " + *model,
                       "known are " + NamesOf(*question.models));
}

ordered_json SelectionJson(const measure::Selection& selection) {
  ordered_json json;
  const auto set = [&](const char* name, const auto& value) {
    json[name] = value ? ordered_json(*value) : ordered_json();
  };
  set("version", selection.version);
  set("persona", selection.persona);
  set("target_group", selection.target_group);
  json["from"] = selection.from ? ordered_json(DayText(*selection.from)) : ordered_json();
  json["to"] = selection.to ? ordered_json(DayText(*selection.to)) : ordered_json();
  return json;
}

// Names come from customers' systems: what is not UTF-8 is replaced.
Response JsonResponse(const ordered_json& body) {
  Response response;
  response.body = body.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace waymark::api
