#include "model/model_checks.h"

#include <algorithm>
#include <string>
#include <utility>

#include "model/contradiction.h"

namespace waymark::model {
namespace {

// True where a run that comes to the stage stays there for good.
bool Ends(const JourneyModel& model, size_t stage) {
  return model.stages[stage].closes.has_value() && !model.journey.reopen;
}

// For each stage the stages that it may be entered from, by index.
using Edges = std::vector<std::vector<size_t>>;

Edges EdgesOf(const JourneyModel& model) {
  Edges edges(model.stages.size());
  for (size_t i = 0; i < model.stages.size(); ++i) {
    for (const std::string& name : model.stages[i].from) {
      const auto from = model.StageIndex(name);
      if (!from || Ends(model, *from)) continue;
      if (!model.journey.forward_only || *from < i) edges[i].push_back(*from);
    }
  }
  return edges;
}

// One more round of spreading: true where a stage became reachable.
bool Spread(const Edges& edges, std::vector<bool>& reachable) {
  bool changed = false;
  for (size_t i = 0; i < edges.size(); ++i) {
    for (const size_t from : edges[i]) {
      if (reachable[i] || !reachable[from]) continue;
      reachable[i] = true;
      changed = true;
    }
  }
  return changed;
}

// How many stages a run may have come through to this one, itself among them.
size_t CountBehind(const Edges& edges, size_t stage) {
  std::vector<bool> seen(edges.size());
  std::vector<size_t> left = {stage};
  seen[stage] = true;
  size_t count = 0;
  while (!left.empty()) {
    const size_t at = left.back();
    left.pop_back();
    ++count;
    for (const size_t from : edges[at]) {
      if (!seen[from]) left.push_back(from);
      seen[from] = true;
    }
  }
  return count;
}

// Of the stages that can't be reached those with which the others could be: each stands for all
// behind it, and one for those that lead to each other in a circle. Fewer lead to them than to what
// lies behind.
std::vector<bool> FindRoots(const Edges& edges, std::vector<bool> reachable) {
  std::vector<std::pair<size_t, size_t>> by_count;
  for (size_t i = 0; i < edges.size(); ++i) {
    if (!reachable[i]) by_count.emplace_back(CountBehind(edges, i), i);
  }
  std::ranges::sort(by_count);
  std::vector<bool> roots(edges.size());
  for (const auto& [count, stage] : by_count) {
    if (reachable[stage]) continue;
    roots[stage] = true;
    reachable[stage] = true;
    while (Spread(edges, reachable)) {
    }
  }
  return roots;
}

bool SameScope(const JourneyModel& a, const JourneyModel& b) {
  const bool a_all = !a.scope || a.scope->kind == Condition::Kind::kAlways;
  const bool b_all = !b.scope || b.scope->kind == Condition::Kind::kAlways;
  return a_all || b_all ? a_all == b_all : CanonicalText(*a.scope) == CanonicalText(*b.scope);
}

std::string Where(const JourneyModel& model) {
  return model.file + ":" + std::to_string(model.place.line);
}

// When another version of the model takes its place; max(): never.
base::Timestamp EffectiveUntil(const JourneyModel& model,
                               const std::vector<JourneyModel>& models) {
  base::Timestamp until = base::Timestamp::max();
  for (const JourneyModel& other : models) {
    const bool later = other.family == model.family && other.name == model.name &&
                       other.effective_from > model.effective_from;
    if (later) until = std::min(until, other.effective_from);
  }
  return until;
}

bool InEffectTogether(const JourneyModel& a, const JourneyModel& b,
                      const std::vector<JourneyModel>& models) {
  return a.effective_from < EffectiveUntil(b, models) &&
         b.effective_from < EffectiveUntil(a, models);
}

void CheckMigration(const JourneyModel& older, const JourneyModel& newer,
                    std::vector<Fault>& faults) {
  if (newer.fate != Fate::kMigrate) return;
  const std::string version =
      "version " + std::to_string(older.version) + " (" + Where(older) + ")";
  const auto key = [](const JourneyModel& model) {
    return model.journey.key ? ToString(*model.journey.key) : std::string();
  };
  if (key(older) != key(newer)) {
    faults.push_back({newer.file, newer.place,
                      "journeys can't migrate from " + version +
                          ": 'journey.key' is another one, so that none is the journey it was",
                      "keep the key, or say 'fate: restart' or 'pin'"});
  }
  for (const Stage& stage : older.stages) {
    if (newer.MappedStage(stage.name)) continue;
    faults.push_back({newer.file, newer.place,
                      "stage '" + stage.name + "' of " + version + " is gone",
                      "say in 'stage_mapping' which stage takes its place: {" + stage.name +
                          ": …}"});
  }
}

void CompareVersions(const JourneyModel& first, const JourneyModel& second,
                     std::vector<Fault>& faults) {
  if (first.version == second.version) {
    faults.push_back({second.file, second.place,
                      "version " + std::to_string(second.version) + " of model '" + second.family +
                          "/" + second.name + "' is there already in " + Where(first),
                      "raise 'version', or remove one of the two"});
  } else if (first.effective_from == second.effective_from) {
    faults.push_back({second.file, second.place,
                      "versions " + std::to_string(first.version) + " (" + Where(first) + ") and " +
                          std::to_string(second.version) + " of model '" + second.family + "/" +
                          second.name + "' take effect at the same time",
                      "say by 'effective_from' from when on journeys begin under the newer one"});
  } else if (first.effective_from < second.effective_from) {
    CheckMigration(first, second, faults);
  } else {
    CheckMigration(second, first, faults);
  }
}

// What is mapped must have been a stage, as far as older versions are known.
void CheckMapped(const JourneyModel& model, const std::vector<JourneyModel>& models,
                 std::vector<Fault>& faults) {
  std::vector<const JourneyModel*> older;
  for (const JourneyModel& other : models) {
    const bool is_older = other.family == model.family && other.name == model.name &&
                          other.effective_from < model.effective_from;
    if (is_older) older.push_back(&other);
  }
  if (older.empty()) return;
  for (const JourneyModel::StageMapping& mapping : model.stage_mapping) {
    const auto has = [&](const JourneyModel* m) { return m->StageIndex(mapping.from).has_value(); };
    if (std::any_of(older.begin(), older.end(), has)) continue;
    faults.push_back({model.file, mapping.place,
                      "no older version has a stage '" + mapping.from + "'",
                      "'stage_mapping' goes from stages of older versions to those of this one"});
  }
}

void ComparePair(const JourneyModel& first, const JourneyModel& second,
                 const std::vector<JourneyModel>& models, std::vector<Fault>& faults) {
  if (first.family != second.family) return;
  if (first.name == second.name) {
    CompareVersions(first, second, faults);
  } else if (first.priority == second.priority && SameScope(first, second) &&
             InEffectTogether(first, second, models)) {
    faults.push_back({second.file, second.place,
                      "models '" + first.name + "' (" + Where(first) + ") and '" + second.name +
                          "' of family '" + first.family + "' have the same scope and priority",
                      "give one a 'scope' of its own or a higher 'priority'"});
  }
}

}  // namespace

std::vector<Fault> CheckReachable(const JourneyModel& model) {
  std::vector<Fault> faults;
  const Edges edges = EdgesOf(model);
  std::vector<bool> reachable;
  for (const Stage& stage : model.stages) reachable.push_back(stage.from.empty());
  while (Spread(edges, reachable)) {
  }
  const std::vector<bool> roots = FindRoots(edges, reachable);
  for (size_t i = 0; i < model.stages.size(); ++i) {
    const Stage& stage = model.stages[i];
    if (!reachable[i]) {
      if (!roots[i]) continue;
      faults.push_back({model.file, stage.place,
                        "stage '" + stage.name + "' can't be reached from any start",
                        "its 'from' must name a stage that a run can come to and leave"});
      continue;
    }
    for (const std::string& name : stage.from) {
      const auto from = model.StageIndex(name);
      if (from && Ends(model, *from)) {
        faults.push_back({model.file, stage.place,
                          "'from' of stage '" + stage.name + "' names '" + name +
                              "', which closes the run",
                          "a closed run stays where it is; see 'reentry' and 'reopen'"});
      }
    }
  }
  return faults;
}

namespace {

std::string WhatContradicts(const JourneyModel& model, const Condition* condition) {
  if (model.scope && condition == &*model.scope) return "'scope' contradicts itself";
  return "this condition contradicts itself";
}

}  // namespace

std::vector<Fault> CheckConditions(const JourneyModel& model) {
  std::vector<Fault> faults;
  ForEachCondition(model, [&](const Condition& condition) {
    if (!IsContradictory(condition)) return;
    faults.push_back({model.file, condition.place,
                      WhatContradicts(model, &condition) + ": it can never hold",
                      "two demands on one field exclude each other; alternatives go under 'any:'"});
  });
  return faults;
}

std::vector<Fault> CheckLastModel(const std::vector<JourneyModel>& models) {
  std::vector<Fault> faults;
  for (size_t j = 0; j + 1 < models.size(); ++j) {
    ComparePair(models[j], models.back(), models, faults);
  }
  if (!models.empty()) CheckMapped(models.back(), models, faults);
  return faults;
}

std::vector<Fault> CheckModels(const std::vector<JourneyModel>& models) {
  std::vector<Fault> faults;
  for (size_t i = 0; i < models.size(); ++i) {
    for (size_t j = 0; j < i; ++j) ComparePair(models[j], models[i], models, faults);
    CheckMapped(models[i], models, faults);
  }
  return faults;
}

}  // namespace waymark::model
