#include "model/stage_reader.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace waymark::model {
namespace {

constexpr double kSatisfactionMin = 1;
constexpr double kSatisfactionMax = 5;

std::string TextOf(const YamlNode* node, YamlReader& yaml) {
  return node == nullptr ? std::string() : yaml.ReadText(*node);
}

std::vector<std::string> TextsOf(const YamlNode* node, YamlReader& yaml) {
  return node == nullptr ? std::vector<std::string>() : yaml.ReadTexts(*node);
}

// Touchpoints of one side of a stage, held against the registry where there is one.
std::vector<std::string> ReadTouchpoints(const YamlNode* node, bool online,
                                         std::span<const Touchpoint> registry, YamlReader& yaml) {
  std::vector<std::string> out;
  if (node == nullptr) return out;
  std::vector<std::string_view> names;
  for (const Touchpoint& touchpoint : registry) names.push_back(touchpoint.name);
  for (PlacedText& used : yaml.ReadPlacedTexts(*node)) {
    const auto at = std::find(names.begin(), names.end(), used.text);
    if (!registry.empty() && at == names.end()) {
      yaml.AddUnknown(used.place, "touchpoint", used.text, names);
    } else if (!registry.empty() &&
               registry[static_cast<size_t>(at - names.begin())].online != online) {
      yaml.AddFault(used.place, "touchpoint '" + used.text + "' stands under '" +
                                    (online ? "online" : "offline") +
                                    "', but the registry says the opposite",
                    "move it, or change its 'online' under 'touchpoints' of the model");
    }
    out.push_back(std::move(used.text));
  }
  return out;
}

void ReadCustomer(const YamlNode* node, StageDimensions& into, YamlReader& yaml) {
  if (node == nullptr) return;
  YamlMap map(*node, yaml);
  into.customer_activities = TextsOf(map.Take("activities"), yaml);
  into.customer_goal = TextOf(map.Take("goal"), yaml);
  map.RefuseRest();
}

void ReadCompany(const YamlNode* node, StageDimensions& into, YamlReader& yaml) {
  if (node == nullptr) return;
  YamlMap map(*node, yaml);
  into.company_goal = TextOf(map.Take("goal"), yaml);
  into.kpis = TextsOf(map.Take("kpis"), yaml);
  map.RefuseRest();
}

void ReadOrganisation(const YamlNode* node, StageDimensions& into, YamlReader& yaml) {
  if (node == nullptr) return;
  YamlMap map(*node, yaml);
  into.organisational_activity = TextOf(map.Take("activity"), yaml);
  into.owner = TextOf(map.Take("owner"), yaml);
  into.participants = TextsOf(map.Take("participants"), yaml);
  map.RefuseRest();
}

StageDimensions ReadDimensions(YamlMap& stage, const StageContext& context, YamlReader& yaml) {
  StageDimensions out;
  ReadCustomer(stage.Take("customer"), out, yaml);
  if (const YamlNode* node = stage.Take("touchpoints")) {
    YamlMap map(*node, yaml);
    const auto& registry = context.touchpoints;
    out.touchpoints_online = ReadTouchpoints(map.Take("online"), true, registry, yaml);
    out.touchpoints_offline = ReadTouchpoints(map.Take("offline"), false, registry, yaml);
    map.RefuseRest();
  }
  ReadCompany(stage.Take("company"), out, yaml);
  ReadOrganisation(stage.Take("organisation"), out, yaml);
  out.systems = TextsOf(stage.Take("systems"), yaml);
  return out;
}

StageTargets ReadTargets(const YamlNode* node, YamlReader& yaml) {
  StageTargets targets;
  if (node == nullptr) return targets;
  YamlMap map(*node, yaml);
  if (const YamlNode* child = map.Take("duration")) targets.duration = yaml.ReadDuration(*child);
  if (const YamlNode* child = map.Take("satisfaction")) {
    targets.satisfaction = yaml.ReadNumber(*child, kSatisfactionMin, kSatisfactionMax);
  }
  if (const YamlNode* child = map.Take("conversion")) {
    targets.conversion = yaml.ReadNumber(*child, 0, 1);
  }
  map.RefuseRest();
  return targets;
}

std::vector<Station> ReadStations(const YamlNode* node, const ConditionScope& scope,
                                  YamlReader& yaml) {
  std::vector<Station> stations;
  if (node == nullptr || !yaml.ExpectList(*node)) return stations;
  std::set<std::string, std::less<>> names;
  for (const YamlNode& item : node->children) {
    YamlMap map(item, yaml);
    Station station;
    station.place = item.place;
    if (const YamlNode* name = map.Require("name", "a station")) {
      station.name = yaml.ReadName(*name);
      if (!names.insert(station.name).second) {
        yaml.AddFault(name->place, "station '" + station.name + "' stands twice in its stage",
                      "give each a name of its own");
      }
    }
    if (const YamlNode* when = map.Require("when", "a station")) {
      station.when = ReadCondition(*when, scope, yaml);
    }
    map.RefuseRest();
    stations.push_back(std::move(station));
  }
  return stations;
}

void ReadRules(YamlMap& map, const StageContext& context, StageRead& read, YamlReader& yaml) {
  if (const YamlNode* enter = map.Take("enter")) {
    read.has_rule = true;
    read.stage.enter = ReadCondition(*enter, context.conditions, yaml);
  }
  if (const YamlNode* from = map.Take("from")) {
    read.stage.from = ReadStageNames(*from, context.conditions.stages, yaml);
    if (!read.has_rule) {
      yaml.AddFault(from->key_place, "'from' without 'enter' says nothing", "add 'enter: always'");
    }
  }
  if (const YamlNode* closes = map.Take("closes")) {
    read.stage.closes = ReadClosingStatus(*closes, yaml);
  }
  read.stage.stations = ReadStations(map.Take("stations"), context.conditions, yaml);
}

bool IsLanguage(std::string_view text) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return (text.size() == 2 || text.size() == 3) && std::all_of(text.begin(), text.end(), lower);
}

}  // namespace

StageRead ReadStage(const YamlNode& node, const StageContext& context, YamlReader& reader) {
  StageRead read;
  YamlMap map(node, reader);
  read.stage.place = node.place;
  if (const YamlNode* name = map.Require("name", "a stage")) {
    read.stage.name = reader.ReadName(*name);
    read.stage.place = name->place;
  }
  if (const YamlNode* title = map.Take("title")) read.stage.titles = ReadTitles(*title, reader);
  read.stage.dimensions = ReadDimensions(map, context, reader);
  read.stage.targets = ReadTargets(map.Take("targets"), reader);
  ReadRules(map, context, read, reader);
  map.RefuseRest();
  return read;
}

std::vector<std::string> ReadStageNames(const YamlNode& node, std::span<const std::string> stages,
                                        YamlReader& reader) {
  std::vector<std::string> out;
  const std::vector<std::string_view> known(stages.begin(), stages.end());
  if (node.IsList() && node.children.empty()) {
    reader.AddFault(node.place, "'" + node.key + "' names no stage", "leave it out to mean any");
  }
  for (PlacedText& name : reader.ReadPlacedTexts(node)) {
    if (std::find(known.begin(), known.end(), name.text) == known.end()) {
      reader.AddUnknown(name.place, "stage", name.text, known);
    } else if (std::find(out.begin(), out.end(), name.text) != out.end()) {
      reader.AddFault(name.place, "stage '" + name.text + "' stands twice in '" + node.key + "'",
                      "once is enough");
    }
    out.push_back(std::move(name.text));
  }
  return out;
}

std::vector<StagePart> ReadStageParts(const YamlNode& node, const StageNames& names,
                                      YamlReader& reader) {
  std::vector<StagePart> parts;
  const auto refuse = [&](std::string_view what, Place place, const std::string& name,
                          const std::vector<std::string>& known) {
    reader.AddUnknown(place, what, name,
                      std::vector<std::string_view>(known.begin(), known.end()));
  };
  for (const PlacedText& text : reader.ReadPlacedTexts(node)) {
    const size_t slash = std::min(text.text.find('/'), text.text.size());
    StagePart& part = parts.emplace_back();
    part.stage = text.text.substr(0, slash);
    const auto at = std::find(names.stages.begin(), names.stages.end(), part.stage);
    if (at == names.stages.end()) {
      refuse("stage", text.place, part.stage, names.stages);
    } else if (slash < text.text.size()) {
      part.station = text.text.substr(slash + 1);
      const auto& stations = names.stations[static_cast<size_t>(at - names.stages.begin())];
      if (std::find(stations.begin(), stations.end(), part.station) == stations.end()) {
        refuse("station", text.place, part.station, stations);
      }
    }
  }
  return parts;
}

std::map<std::string, std::string> ReadTitles(const YamlNode& node, YamlReader& reader) {
  std::map<std::string, std::string> titles;
  if (!node.IsMap()) {
    titles[""] = reader.ReadText(node);
    return titles;
  }
  for (const YamlNode& child : node.children) {
    if (!IsLanguage(child.key)) {
      reader.AddFault(child.key_place, "'" + child.key + "' is no language",
                      "use a code such as en or de");
    }
    titles[child.key] = reader.ReadText(child);
  }
  return titles;
}

std::optional<JourneyStatus> ReadClosingStatus(const YamlNode& node, YamlReader& reader) {
  constexpr std::array<std::string_view, 3> kNames = {"completed", "abandoned", "switched"};
  constexpr std::array<JourneyStatus, 3> kStatuses = {
      JourneyStatus::kCompleted, JourneyStatus::kAbandoned, JourneyStatus::kSwitched};
  const std::string text = reader.ReadText(node);
  const auto at = std::find(kNames.begin(), kNames.end(), text);
  if (at != kNames.end()) return kStatuses[static_cast<size_t>(at - kNames.begin())];
  if (!text.empty()) reader.AddUnknown(node.place, "status", text, kNames);
  return std::nullopt;
}

}  // namespace waymark::model
