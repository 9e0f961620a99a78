#include "api/rankings.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "api/map.h"

namespace waymark::api {
namespace {

using measure::Cell;
using measure::Figures;
using measure::Slot;
using nlohmann::ordered_json;

struct Harmful {
  std::string touchpoint;
  int64_t journeys = 0;
  measure::Harm harm;
};

// Worst first: by the end of the interval that is nearer to no harm, so that chance does not lead.
std::vector<Harmful> RankHarm(const Figures& figures) {
  std::vector<Harmful> ranked;
  for (const auto& [touchpoint, strata] : figures.influences) {
    if (touchpoint.empty() || touchpoint == measure::kOther) continue;
    const auto harm = HarmOfTouchpoint(figures, touchpoint);
    if (!harm) continue;
    Cell all;
    for (const auto& [stage, cell] : strata) all.Add(cell);
    ranked.push_back({touchpoint, measure::EndsOf(all).judged(), *harm});
  }
  std::ranges::stable_sort(ranked, [](const Harmful& a, const Harmful& b) {
    return a.harm.low > b.harm.low;
  });
  return ranked;
}

// What is rare and looks bad is kept as a suspicion: it would never become certain in time.
const char* VerdictOf(const Harmful& found) {
  if (found.harm.low > 1) return "harmful";
  if (found.journeys < kRareJourneys && found.harm.risk_with > found.harm.risk_without) {
    return "suspected";
  }
  return "none";
}

ordered_json HarmJson(const Figures& figures) {
  ordered_json list = ordered_json::array();
  for (const Harmful& found : RankHarm(figures)) {
    ordered_json& json = list.emplace_back();
    json["touchpoint"] = found.touchpoint;
    json["journeys"] = found.journeys;
    json["odds_ratio"] = found.harm.odds_ratio;
    json["low"] = found.harm.low;
    json["high"] = found.harm.high;
    json["risk_with"] = found.harm.risk_with;
    json["risk_without"] = found.harm.risk_without;
    json["rare"] = found.journeys < kRareJourneys;
    json["verdict"] = VerdictOf(found);
  }
  return list;
}

struct Improvement {
  std::string stage;
  const char* measure = "";
  double actual = 0;
  double target = 0;
  double distance = 0;  // from the target, as a share of what there is to go
  int64_t journeys = 0;
  double effect = 0;    // share of the visits to the stage that end badly in it
  const char* aim = "";

  double potential() const { return distance * static_cast<double>(journeys) * effect; }
};

// Before most journeys are won it is about winning customers, from then on about keeping them.
bool IsBeforePurchase(const model::JourneyModel& model, const Figures& figures, size_t stage) {
  int64_t most = 0;
  size_t won = model.stages.size();
  for (size_t i = 0; i < model.stages.size(); ++i) {
    const auto at = figures.stages.find(model.stages[i].name);
    if (at == figures.stages.end()) continue;
    Cell ended;
    for (const auto& [touchpoint, cell] : at->second.exits) ended.Add(cell);
    const int64_t completed = measure::EndsOf(ended).completed;
    if (completed > most) {
      most = completed;
      won = i;
    }
  }
  return stage <= won;
}

void AddImprovements(const model::JourneyModel& model, const Figures& figures, size_t index,
                     std::vector<Improvement>& found) {
  const model::Stage& stage = model.stages[index];
  const auto at = figures.stages.find(stage.name);
  if (at == figures.stages.end()) return;
  const measure::StageFigures& f = at->second;
  Cell ended;
  for (const auto& [touchpoint, cell] : f.exits) ended.Add(cell);
  const measure::Ends ends = measure::EndsOf(ended);
  const int64_t entered = f.stays.At(Slot::kEntered);
  const int64_t left = f.stays.At(Slot::kLeft);
  const int64_t over = left + ends.judged();
  if (entered == 0 || over == 0) return;
  const double effect = static_cast<double>(ends.bad()) / static_cast<double>(over);
  const bool before = IsBeforePurchase(model, figures, index);
  const auto add = [&](const char* what, double actual, double target, double distance,
                       const char* aim) {
    if (distance > 0) {
      found.push_back({stage.name, what, actual, target, distance, entered, effect, aim});
    }
  };
  if (stage.targets.duration) {
    const double missed =
        static_cast<double>(f.stays.At(Slot::kMissed)) / static_cast<double>(entered);
    const auto target = static_cast<double>(stage.targets.duration->count());
    add("duration", measure::Quantile(f.stays, 0.5), target, missed,
        before ? "acquisition" : "care");
  }
  const measure::Scores scores = measure::SatisfactionOf(f.contacts);
  if (stage.targets.satisfaction && scores.count > 0) {
    const double target = *stage.targets.satisfaction;
    add("satisfaction", scores.mean, target, (target - scores.mean) / 4, "satisfaction");
  }
  if (stage.targets.conversion) {
    const double actual = static_cast<double>(left + ends.completed) / static_cast<double>(over);
    add("conversion", actual, *stage.targets.conversion, *stage.targets.conversion - actual,
        before ? "acquisition" : "retention");
  }
}

ordered_json ImprovementsJson(const model::JourneyModel& model, const Figures& figures) {
  std::vector<Improvement> found;
  for (size_t i = 0; i < model.stages.size(); ++i) AddImprovements(model, figures, i, found);
  std::ranges::stable_sort(found, [](const Improvement& a, const Improvement& b) {
    return a.potential() > b.potential();
  });
  ordered_json list = ordered_json::array();
  for (const Improvement& one : found) {
    ordered_json& json = list.emplace_back();
    json["stage"] = one.stage;
    json["measure"] = one.measure;
    json["actual"] = one.actual;
    json["target"] = one.target;
    json["distance"] = one.distance;
    json["journeys"] = one.journeys;
    json["effect"] = one.effect;
    json["potential"] = one.potential();
    json["aim"] = one.aim;
  }
  return list;
}

}  // namespace

ordered_json RankingsJson(const Question& question, const Figures& figures) {
  ordered_json json;
  json["selection"] = SelectionJson(question.selection);
  json["harm"] = HarmJson(figures);
  json["improvements"] = ImprovementsJson(*question.model, figures);
  return json;
}

}  // namespace waymark::api
