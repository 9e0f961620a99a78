#include "api/models_view.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "api/dates.h"
#include "api/figures_json.h"
#include "measure/figures.h"

namespace waymark::api {
namespace {

using nlohmann::ordered_json;

struct Known {
  const model::JourneyModel* newest = nullptr;
  measure::KnownModel figures;
};

ordered_json ModelJson(const Known& known) {
  const model::JourneyModel& model = *known.newest;
  ordered_json json;
  json["family"] = model.family;
  json["name"] = model.name;
  json["titles"] = TitlesJson(model.titles);
  json["description"] = model.description;
  json["versions"] = known.figures.versions;
  json["journeys_started"] = known.figures.started;
  if (known.figures.first_day) json["first_day"] = DayText(*known.figures.first_day);
  if (known.figures.last_day) json["last_day"] = DayText(*known.figures.last_day);
  json["personas"] = known.figures.personas;
  json["target_groups"] = known.figures.target_groups;
  return json;
}

}  // namespace

ordered_json ModelsJson(const LivePicture& picture) {
  ordered_json json;
  json["models"] = ordered_json::array();
  const auto models = picture.models();
  if (!models) return json;
  const auto figures =
      picture.Read([](const measure::Picture& p) { return measure::KnownModels(p); });
  std::map<std::string, Known> all;
  for (const auto& compiled : models->all()) {
    const model::JourneyModel& model = compiled->definition;
    Known& known = all[model.name];
    if (known.newest == nullptr) {
      const auto at = figures.find(model.name);
      if (at != figures.end()) known.figures = at->second;
    }
    if (known.newest == nullptr || known.newest->version < model.version) known.newest = &model;
    known.figures.versions.insert(model.version);
    for (const model::Persona& persona : model.personas) {
      known.figures.personas.insert(persona.name);
      if (!persona.target_group.empty()) known.figures.target_groups.insert(persona.target_group);
    }
  }
  for (const auto& [name, known] : all) json["models"].push_back(ModelJson(known));
  return json;
}

}  // namespace waymark::api
