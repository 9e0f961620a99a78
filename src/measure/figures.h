#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "measure/cell.h"
#include "measure/picture.h"

namespace waymark::measure {

// Which cells are looked at.
struct Selection {
  std::string model;
  std::optional<int32_t> version = {};      // nothing: all
  std::optional<std::string> persona = {};  // nothing: all; empty: those of none
  std::optional<std::string> target_group = {};
  std::optional<int32_t> from = {};  // days since 1970, both of them included
  std::optional<int32_t> to = {};
};

// By name and channel.
using Touchpoints = std::map<std::pair<std::string, std::string>, Cell>;

struct StageFigures {
  Cell stays;                                               // kStage, without station
  std::map<std::string, Cell> stations;                     // how long stays in them were
  Cell contacts;                                            // kContact, all of them
  std::map<std::string, Cell> station_contacts;
  Touchpoints touchpoints;
  std::map<std::string, Cell> departments;                  // kWork
  std::map<std::pair<std::string, std::string>, Cell> systems;  // by system and process
  std::map<std::pair<std::string, std::string>, int64_t> signals;  // by kind and name
  std::map<std::string, Cell> exits;                        // by last touchpoint
  int64_t open = 0;
};

// Cells added up for what a map shows. Pure: no more than sums, in the order of names.
struct Figures {
  std::string family;
  Cell journeys;  // kJourney
  std::map<std::string, StageFigures> stages;  // "": in none
  std::map<std::pair<std::string, std::string>, int64_t> flows;
  std::map<std::pair<std::string, std::string>, Cell> pairs;
  std::map<std::string, Cell> paths;
  std::map<std::tuple<std::string, std::string, std::string>, Cell> handovers;  // from, to, stage
  // By touchpoint, then by the farthest stage of the journeys; "": all journeys.
  std::map<std::string, std::map<std::string, Cell>> influences;
  // By probe, check type, touchpoint, channel, persona.
  std::map<std::tuple<std::string, std::string, std::string, std::string, std::string>, Cell>
      probes;
  std::optional<int32_t> first_day;  // of those selected
  std::optional<int32_t> last_day;
};

// Whether the days, the model and the customers of a cell are among those selected.
bool IsSelected(const CellKey& key, const Selection& selection);

// Mystery checks and walks belong to no model: they are part of every selection of their persona
// and days. What is open now is left out where days, a version, a persona or a target group are
// chosen, since it is not known by them.
Figures Collect(const Picture& picture, const Selection& selection);

// What there is to choose from.
struct KnownModel {
  std::string family;
  std::set<int32_t> versions;
  std::set<std::string> personas;
  std::set<std::string> target_groups;
  int64_t started = 0;
  std::optional<int32_t> first_day;
  std::optional<int32_t> last_day;
};
std::map<std::string, KnownModel> KnownModels(const Picture& picture);

// The sums of one selection by day: contacts of one stage and touchpoint, stays of one stage; an
// empty name means all.
struct DayPlace {
  std::string stage;
  std::string touchpoint;
};
struct DayFigures {
  Cell journeys;
  Cell stays;
  Cell contacts;
};
std::map<int32_t, DayFigures> ByDay(const Picture& picture, const Selection& selection,
                                    const DayPlace& place);

}  // namespace waymark::measure
