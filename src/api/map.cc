#include "api/map.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "api/dates.h"
#include "api/figures_json.h"

namespace waymark::api {
namespace {

using measure::Cell;
using measure::Figures;
using measure::Slot;
using measure::StageFigures;
using nlohmann::ordered_json;

constexpr size_t kPathsMax = 100;

const StageFigures& StageOf(const Figures& figures, const std::string& name) {
  static const StageFigures kNone;
  const auto at = figures.stages.find(name);
  return at == figures.stages.end() ? kNone : at->second;
}

double Share(int64_t part, int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

// What the model says of a touchpoint; null where it does not name it.
const model::Touchpoint* Declared(const model::JourneyModel& model, const std::string& name) {
  const auto at = std::ranges::find(model.touchpoints, name, &model::Touchpoint::name);
  return at == model.touchpoints.end() ? nullptr : &*at;
}

struct Offer {
  std::string channel;
  std::optional<bool> online;
};

// The touchpoints that a stage offers, by name.
std::map<std::string, Offer> OffersOf(const model::JourneyModel& model, const model::Stage& stage) {
  std::map<std::string, Offer> offers;
  const auto add = [&](const std::vector<std::string>& names, bool online) {
    for (const std::string& name : names) {
      const model::Touchpoint* const known = Declared(model, name);
      offers[name] = {known == nullptr ? "" : known->channel, online};
    }
  };
  add(stage.dimensions.touchpoints_online, true);
  add(stage.dimensions.touchpoints_offline, false);
  return offers;
}

ordered_json TouchpointJson(const model::JourneyModel& model, const std::string& name,
                            const Offer& offer, bool is_offered, const Cell& cell) {
  const model::Touchpoint* const known = Declared(model, name);
  ordered_json json;
  json["name"] = name;
  json["channel"] = offer.channel;
  if (known != nullptr) {
    json["online"] = known->online;
  } else if (offer.online) {
    json["online"] = *offer.online;
  }
  json["declared"] = known != nullptr || is_offered;
  json["owner"] = known == nullptr ? "" : known->owner;
  json["purposes"] = known == nullptr ? std::vector<std::string>() : known->purposes;
  json["interactions"] = cell.At(Slot::kCount);
  AddAnswers(cell, json);
  return json;
}

// Those that were used, then those that are offered and were not.
ordered_json TouchpointsOf(const model::JourneyModel& model, const model::Stage& stage,
                           const StageFigures& figures) {
  const auto offers = OffersOf(model, stage);
  ordered_json list = ordered_json::array();
  std::set<std::string> used;
  for (const auto& [place, cell] : figures.touchpoints) {
    const auto& [name, channel] = place;
    if (name.empty()) continue;
    const auto offered = offers.find(name);
    Offer offer{channel, std::nullopt};
    if (offered != offers.end()) offer.online = offered->second.online;
    list.push_back(TouchpointJson(model, name, offer, offered != offers.end(), cell));
    used.insert(name);
  }
  for (const auto& [name, offer] : offers) {
    if (!used.contains(name)) list.push_back(TouchpointJson(model, name, offer, true, {}));
  }
  return list;
}

ordered_json StationsOf(const model::Stage& stage, const StageFigures& figures) {
  ordered_json list = ordered_json::array();
  for (const model::Station& station : stage.stations) {
    const auto contacts = figures.station_contacts.find(station.name);
    const auto stays = figures.stations.find(station.name);
    ordered_json& json = list.emplace_back();
    json["name"] = station.name;
    json["interactions"] =
        contacts == figures.station_contacts.end() ? 0 : contacts->second.At(Slot::kCount);
    json["duration"] = DurationJson(stays == figures.stations.end() ? Cell() : stays->second);
  }
  return list;
}

ordered_json SignalsOf(const StageFigures& figures) {
  ordered_json list = ordered_json::array();
  for (const auto& [what, count] : figures.signals) {
    if (count != 0) {
      list.push_back({{"kind", what.first}, {"name", what.second}, {"count", count}});
    }
  }
  return list;
}

ordered_json ExitsOf(const StageFigures& figures) {
  ordered_json list = ordered_json::array();
  for (const auto& [touchpoint, cell] : figures.exits) {
    const measure::Ends ends = measure::EndsOf(cell);
    if (ends.bad() == 0) continue;
    list.push_back({{"touchpoint", touchpoint},
                    {"abandoned", ends.abandoned},
                    {"switched", ends.switched}});
  }
  return list;
}

void AddConversion(const model::Stage& stage, int64_t left, const measure::Ends& ends,
                   ordered_json& json) {
  ordered_json conversion = ordered_json::object();
  const int64_t on = left + ends.completed;
  const int64_t all = left + ends.judged();
  if (all > 0) conversion["actual"] = Share(on, all);
  if (stage.targets.conversion) conversion["target"] = *stage.targets.conversion;
  json["conversion"] = std::move(conversion);
}

void AddDuration(const model::Stage& stage, const Cell& stays, ordered_json& json) {
  ordered_json duration = DurationJson(stays);
  if (stage.targets.duration) {
    duration["target_ms"] = stage.targets.duration->count();
    duration["missed"] = stays.At(Slot::kMissed);
    const int64_t entered = stays.At(Slot::kEntered);
    if (entered > 0) duration["missed_share"] = Share(stays.At(Slot::kMissed), entered);
  }
  json["duration"] = std::move(duration);
}

ordered_json StageJson(const model::JourneyModel& model, const model::Stage& stage,
                       const StageFigures& figures, bool knows_open) {
  Cell ended;
  for (const auto& [touchpoint, cell] : figures.exits) ended.Add(cell);
  ordered_json json;
  json["name"] = stage.name;
  json["titles"] = TitlesJson(stage.titles);
  json["dimensions"] = DimensionsJson(stage);
  if (knows_open) json["open"] = figures.open;
  json["entered"] = figures.stays.At(Slot::kEntered);
  json["reentered"] = figures.stays.At(Slot::kReentered);
  json["left"] = figures.stays.At(Slot::kLeft);
  json["exits"] = EndsJson(ended);
  AddConversion(stage, figures.stays.At(Slot::kLeft), measure::EndsOf(ended), json);
  AddDuration(stage, figures.stays, json);
  AddAnswers(figures.contacts, json);
  if (stage.targets.satisfaction) {
    if (!json.contains("satisfaction")) json["satisfaction"]["count"] = 0;
    json["satisfaction"]["target"] = *stage.targets.satisfaction;
  }
  json["interactions"] = figures.contacts.At(Slot::kCount);
  json["staff_interactions"] = figures.contacts.At(Slot::kStaff);
  json["system_interactions"] = figures.contacts.At(Slot::kSystem);
  json["stations"] = StationsOf(stage, figures);
  json["touchpoints"] = TouchpointsOf(model, stage, figures);
  json["departments"] = DepartmentsJson(figures);
  json["systems"] = SystemsJson(figures);
  json["signals"] = SignalsOf(figures);
  json["exits_by_touchpoint"] = ExitsOf(figures);
  return json;
}

ordered_json JourneysJson(const Figures& figures, bool knows_open) {
  const Cell& cell = figures.journeys;
  const measure::Ends ends = measure::EndsOf(cell);
  ordered_json json;
  json["started"] = cell.At(Slot::kStarted);
  json["reopened"] = cell.At(Slot::kReopened);
  json.update(EndsJson(cell));
  if (knows_open) {
    int64_t open = 0;
    for (const auto& [name, stage] : figures.stages) open += stage.open;
    json["open"] = open;
  }
  if (ends.judged() > 0) json["conversion"] = Share(ends.completed, ends.judged());
  json["duration"] = DurationJson(cell);
  json["value_micros"] = {{"sum", cell.At(Slot::kValueMicros)}};
  json["interactions"] = cell.At(Slot::kInteractions);
  if (const int64_t journeys = cell.At(Slot::kSpreadJourneys); journeys > 0) {
    json["channel_spread"] = {{"mean", Share(cell.At(Slot::kSpread), journeys) / 1000},
                              {"journeys", journeys}};
  }
  return json;
}

ordered_json FlowsJson(const Figures& figures) {
  ordered_json list = ordered_json::array();
  for (const auto& [way, count] : figures.flows) {
    if (count != 0) list.push_back({{"from", way.first}, {"to", way.second}, {"count", count}});
  }
  return list;
}

// `has_profile`: the model says how long it usually takes.
ordered_json PairsJson(const Figures& figures, bool has_profile) {
  ordered_json list = ordered_json::array();
  for (const auto& [way, cell] : figures.pairs) {
    const measure::Durations durations = measure::DurationsOf(cell);
    if (durations.count == 0) continue;
    ordered_json& json = list.emplace_back();
    json["from"] = way.first;
    json["to"] = way.second;
    json["journeys"] = durations.count;
    json["duration"] = DurationJson(cell);
    json["deviation_ms"] = static_cast<int64_t>(durations.deviation);
    const int64_t unusual = cell.At(Slot::kUnusual);
    if (unusual != 0 || has_profile) json["unusual"] = unusual;
  }
  return list;
}

std::vector<std::string> StagesOfPath(const std::string& path) {
  std::vector<std::string> stages;
  size_t from = 0;
  while (from <= path.size() && !path.empty()) {
    const size_t arrow = std::min(path.find(measure::kPathArrow, from), path.size());
    stages.push_back(path.substr(from, arrow - from));
    from = arrow + measure::kPathArrow.size();
  }
  return stages;
}

// The most frequent first; the others together, so that the sum is that of all.
ordered_json PathsJson(const Figures& figures) {
  std::vector<std::pair<std::string, measure::Ends>> paths;
  for (const auto& [path, cell] : figures.paths) {
    const measure::Ends ends = measure::EndsOf(cell);
    if (ends.all() != 0) paths.emplace_back(path, ends);
  }
  std::ranges::stable_sort(paths, [](const auto& a, const auto& b) {
    return a.second.all() > b.second.all();
  });
  const auto add = [](ordered_json& list, const measure::Ends& ends) -> ordered_json& {
    ordered_json& json = list.emplace_back();
    json["journeys"] = ends.all();
    json["completed"] = ends.completed;
    json["abandoned"] = ends.abandoned;
    json["switched"] = ends.switched;
    return json;
  };
  ordered_json list = ordered_json::array();
  measure::Ends rest;
  for (size_t i = 0; i < paths.size(); ++i) {
    const auto& [path, ends] = paths[i];
    if (i < kPathsMax && path != measure::kOther) {
      add(list, ends)["stages"] = StagesOfPath(path);
      continue;
    }
    rest.completed += ends.completed;
    rest.abandoned += ends.abandoned;
    rest.switched += ends.switched;
    rest.expired += ends.expired;
    rest.restarted += ends.restarted;
  }
  if (rest.all() > 0) add(list, rest)["other"] = true;
  return list;
}

ordered_json ProbesJson(const Figures& figures) {
  ordered_json list = ordered_json::array();
  for (const auto& [what, cell] : figures.probes) {
    ordered_json& json = list.emplace_back();
    json["kind"] = std::get<0>(what);
    json["check_type"] = std::get<1>(what);
    json["touchpoint"] = std::get<2>(what);
    json["channel"] = std::get<3>(what);
    json["persona"] = std::get<4>(what);
    json["count"] = cell.At(Slot::kCount);
    AddAnswers(cell, json);
  }
  return list;
}

measure::Touchpoints AllTouchpoints(const Figures& figures) {
  measure::Touchpoints all;
  for (const auto& [name, stage] : figures.stages) {
    for (const auto& [place, cell] : stage.touchpoints) {
      if (!place.first.empty()) all[place].Add(cell);
    }
  }
  return all;
}

void AddJourneys(const Figures& figures, const std::string& touchpoint, ordered_json& json) {
  const auto influence = figures.influences.find(touchpoint);
  if (influence == figures.influences.end()) return;
  Cell all;
  for (const auto& [stage, cell] : influence->second) all.Add(cell);
  const measure::Ends ends = measure::EndsOf(all);
  json["journeys"] = {{"closed", ends.judged()},
                      {"completed", ends.completed},
                      {"abandoned", ends.abandoned},
                      {"switched", ends.switched}};
  const auto harm = HarmOfTouchpoint(figures, touchpoint);
  if (!harm) return;
  json["harm"] = {{"odds_ratio", harm->odds_ratio},
                  {"low", harm->low},
                  {"high", harm->high},
                  {"risk_with", harm->risk_with},
                  {"risk_without", harm->risk_without},
                  {"rare", ends.judged() < kRareJourneys}};
}

ordered_json TouchpointsJson(const model::JourneyModel& model, const Figures& figures) {
  ordered_json list = ordered_json::array();
  std::set<std::string> used;
  for (const auto& [place, cell] : AllTouchpoints(figures)) {
    ordered_json& json = list.emplace_back(
        TouchpointJson(model, place.first, {place.second, std::nullopt}, false, cell));
    AddJourneys(figures, place.first, json);
    used.insert(place.first);
  }
  for (const model::Touchpoint& declared : model.touchpoints) {
    if (used.contains(declared.name)) continue;
    list.push_back(TouchpointJson(model, declared.name, {declared.channel, declared.online}, true,
                                  Cell()));
  }
  return list;
}

ordered_json ChannelsJson(const Figures& figures) {
  std::map<std::string, Cell> channels;
  for (const auto& [name, stage] : figures.stages) {
    for (const auto& [place, cell] : stage.touchpoints) channels[place.second].Add(cell);
  }
  ordered_json list = ordered_json::array();
  for (const auto& [channel, cell] : channels) {
    if (channel.empty()) continue;
    ordered_json& json = list.emplace_back();
    json["name"] = channel;
    json["interactions"] = cell.At(Slot::kCount);
    if (ordered_json answers = SatisfactionJson(cell); answers["count"] != 0) {
      json["satisfaction"] = std::move(answers);
    }
  }
  return list;
}

}  // namespace

std::optional<measure::Harm> HarmOfTouchpoint(const Figures& figures,
                                              const std::string& touchpoint) {
  const auto with = figures.influences.find(touchpoint);
  const auto all = figures.influences.find("");
  if (with == figures.influences.end() || all == figures.influences.end()) return std::nullopt;
  std::vector<measure::Stratum> strata;
  for (const auto& [stage, cell] : all->second) {
    const measure::Ends ends = measure::EndsOf(cell);
    const auto here = with->second.find(stage);
    const measure::Ends there =
        here == with->second.end() ? measure::Ends() : measure::EndsOf(here->second);
    strata.push_back({there.judged(), there.bad(), ends.judged() - there.judged(),
                      ends.bad() - there.bad()});
  }
  return measure::HarmOf(strata);
}

ordered_json MapJson(const Question& question, const Figures& figures) {
  const model::JourneyModel& model = *question.model;
  const measure::Selection& selection = question.selection;
  const bool knows_open = !selection.version && !selection.persona && !selection.target_group &&
                          !selection.from && !selection.to;
  ordered_json json;
  json["model"] = {{"family", model.family},
                   {"name", model.name},
                   {"version",
                    selection.version ? ordered_json(*selection.version) : ordered_json()},
                   {"drawn_by", model.version},
                   {"titles", TitlesJson(model.titles)},
                   {"description", model.description}};
  json["selection"] = SelectionJson(selection);
  ordered_json period = ordered_json::object();
  if (figures.first_day) period["first"] = DayText(*figures.first_day);
  if (figures.last_day) period["last"] = DayText(*figures.last_day);
  json["period"] = std::move(period);
  json["journeys"] = JourneysJson(figures, knows_open);
  Cell contacts;
  for (const auto& [name, stage] : figures.stages) contacts.Add(stage.contacts);
  AddAnswers(contacts, json);
  json["stages"] = ordered_json::array();
  for (const model::Stage& stage : model.stages) {
    json["stages"].push_back(StageJson(model, stage, StageOf(figures, stage.name), knows_open));
  }
  json["flows"] = FlowsJson(figures);
  json["pairs"] = PairsJson(figures, model.temporal_profile.has_value());
  json["paths"] = PathsJson(figures);
  json["handovers"] = HandoversJson(figures);
  json["probes"] = ProbesJson(figures);
  json["touchpoints"] = TouchpointsJson(model, figures);
  json["channels"] = ChannelsJson(figures);
  return json;
}

}  // namespace waymark::api
