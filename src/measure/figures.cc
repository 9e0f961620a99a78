#include "measure/figures.h"

#include <algorithm>

namespace waymark::measure {
namespace {

using model::Text;

std::string S(Text text) { return std::string(text); }

bool IsOfDays(const CellKey& key, const Selection& selection) {
  return (!selection.from || key.day >= *selection.from) &&
         (!selection.to || key.day <= *selection.to);
}

bool IsOfAudience(const CellKey& key, const Selection& selection) {
  return (!selection.persona || key.persona == *selection.persona) &&
         (!selection.target_group || key.target_group == *selection.target_group);
}

CellKey KeyOf(const Picture::Audience& audience) {
  return {.family = audience.family,
          .model = audience.model,
          .model_version = audience.version,
          .persona = audience.persona,
          .target_group = audience.target_group};
}

void Widen(int32_t day, std::optional<int32_t>& first, std::optional<int32_t>& last) {
  first = std::min(first.value_or(day), day);
  last = std::max(last.value_or(day), day);
}

void AddStanding(const CellKey& key, const Cell& cell, const Selection& selection,
                 Figures& figures) {
  const bool is_narrow = selection.version || selection.persona || selection.target_group ||
                         selection.from || selection.to;
  if (key.model != selection.model || is_narrow) return;
  figures.stages[S(key.parts[0])].open += cell.At(Slot::kCount);
}

void AddProbe(const CellKey& key, const Cell& cell, const Selection& selection, Figures& figures) {
  if (!IsOfAudience(key, selection) || !IsOfDays(key, selection)) return;
  const auto& [probe, check, touchpoint, channel] = key.parts;
  figures.probes[{S(probe), S(check), S(touchpoint), S(channel), S(key.persona)}].Add(cell);
}

void AddContact(const CellKey& key, const Cell& cell, Figures& figures) {
  StageFigures& stage = figures.stages[S(key.parts[0])];
  stage.contacts.Add(cell);
  if (!key.parts[1].empty()) stage.station_contacts[S(key.parts[1])].Add(cell);
  stage.touchpoints[{S(key.parts[2]), S(key.parts[3])}].Add(cell);
}

void AddSelected(const CellKey& key, const Cell& cell, Figures& figures) {
  const auto& [a, b, c, d] = key.parts;
  switch (key.kind) {
    case CellKind::kContact: return AddContact(key, cell, figures);
    case CellKind::kWork: {
      StageFigures& stage = figures.stages[S(a)];
      stage.departments[S(b)].Add(cell);
      stage.systems[{S(c), S(d)}].Add(cell);
      return;
    }
    case CellKind::kStage: {
      StageFigures& stage = figures.stages[S(a)];
      (b.empty() ? stage.stays : stage.stations[S(b)]).Add(cell);
      return;
    }
    case CellKind::kFlow: figures.flows[{S(a), S(b)}] += cell.At(Slot::kCount); return;
    case CellKind::kJourney: return figures.journeys.Add(cell);
    case CellKind::kExit: return figures.stages[S(a)].exits[S(b)].Add(cell);
    case CellKind::kInfluence: return figures.influences[S(a)][S(b)].Add(cell);
    case CellKind::kPath: return figures.paths[S(a)].Add(cell);
    case CellKind::kHandover: return figures.handovers[{S(a), S(b), S(c)}].Add(cell);
    case CellKind::kPair: return figures.pairs[{S(a), S(b)}].Add(cell);
    case CellKind::kSignal:
      figures.stages[S(c)].signals[{S(a), S(b)}] += cell.At(Slot::kCount);
      return;
    case CellKind::kProbe:
    case CellKind::kStanding:
    case CellKind::kOverflow: return;
  }
}

}  // namespace

bool IsSelected(const CellKey& key, const Selection& selection) {
  return key.model == selection.model &&
         (!selection.version || key.model_version == *selection.version) &&
         IsOfAudience(key, selection) && IsOfDays(key, selection);
}

Figures Collect(const Picture& picture, const Selection& selection) {
  Figures figures;
  const auto take = [&](const CellKey& key, const Cell& cell) {
    if (key.kind == CellKind::kStanding) return AddStanding(key, cell, selection, figures);
    if (key.kind == CellKind::kProbe) return AddProbe(key, cell, selection, figures);
    if (!IsSelected(key, selection)) return;
    figures.family = key.family;
    if (selection.from || selection.to) Widen(key.day, figures.first_day, figures.last_day);
    AddSelected(key, cell, figures);
  };
  if (selection.from || selection.to) {
    picture.ForEach(selection.from, selection.to, take);
    return figures;
  }
  picture.ForEachWhole(take);
  picture.ForEachAudience([&](const Picture::Audience& audience, const Picture::Span& days) {
    if (!IsSelected(KeyOf(audience), selection)) return;
    Widen(days.first, figures.first_day, figures.last_day);
    Widen(days.last, figures.first_day, figures.last_day);
  });
  return figures;
}

std::map<std::string, KnownModel> KnownModels(const Picture& picture) {
  std::map<std::string, KnownModel> models;
  picture.ForEachAudience([&](const Picture::Audience& audience, const Picture::Span& days) {
    if (audience.model.empty()) return;
    KnownModel& known = models[audience.model];
    known.family = audience.family;
    known.versions.insert(audience.version);
    if (!audience.persona.empty()) known.personas.insert(audience.persona);
    if (!audience.target_group.empty()) known.target_groups.insert(audience.target_group);
    Widen(days.first, known.first_day, known.last_day);
    Widen(days.last, known.first_day, known.last_day);
  });
  picture.ForEachWhole([&](const CellKey& key, const Cell& cell) {
    if (key.kind == CellKind::kJourney) models[S(key.model)].started += cell.At(Slot::kStarted);
  });
  return models;
}

std::map<int32_t, DayFigures> ByDay(const Picture& picture, const Selection& selection,
                                    const DayPlace& place) {
  std::map<int32_t, DayFigures> days;
  picture.ForEach(selection.from, selection.to, [&](const CellKey& key, const Cell& cell) {
    if (key.kind == CellKind::kStanding || !IsSelected(key, selection)) return;
    const bool is_here = place.stage.empty() || key.parts[0] == place.stage;
    const bool is_at = place.touchpoint.empty() || key.parts[2] == place.touchpoint;
    if (key.kind == CellKind::kJourney) days[key.day].journeys.Add(cell);
    if (key.kind == CellKind::kStage && is_here && key.parts[1].empty()) {
      days[key.day].stays.Add(cell);
    }
    if (key.kind == CellKind::kContact && is_here && is_at) days[key.day].contacts.Add(cell);
  });
  return days;
}

}  // namespace waymark::measure
