#include "api/trends.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "api/dates.h"
#include "measure/statistics.h"

namespace waymark::api {
namespace {

using measure::DayFigures;
using measure::Slot;
using nlohmann::ordered_json;

struct Point {
  double value = 0;
  int64_t count = 0;  // of what the value is made
};
using Figure = std::optional<Point> (*)(const DayFigures&);

std::optional<Point> Counted(int64_t count) {
  return Point{static_cast<double>(count), count};
}

std::optional<Point> Shared(int64_t part, int64_t whole) {
  if (whole == 0) return std::nullopt;
  return Point{static_cast<double>(part) / static_cast<double>(whole), whole};
}

measure::Ends EndsOf(const DayFigures& day) { return measure::EndsOf(day.journeys); }

struct Named {
  std::string_view name;
  Figure figure;
};

constexpr std::array kFigures = {
    Named{"interactions",
          [](const DayFigures& day) { return Counted(day.contacts.At(Slot::kCount)); }},
    Named{"entered", [](const DayFigures& day) { return Counted(day.stays.At(Slot::kEntered)); }},
    Named{"started",
          [](const DayFigures& day) { return Counted(day.journeys.At(Slot::kStarted)); }},
    Named{"completed", [](const DayFigures& day) { return Counted(EndsOf(day).completed); }},
    Named{"abandoned", [](const DayFigures& day) { return Counted(EndsOf(day).abandoned); }},
    Named{"switched", [](const DayFigures& day) { return Counted(EndsOf(day).switched); }},
    Named{"conversion",
          [](const DayFigures& day) {
            return Shared(EndsOf(day).completed, EndsOf(day).judged());
          }},
    Named{"satisfaction",
          [](const DayFigures& day) -> std::optional<Point> {
            const measure::Scores scores = measure::SatisfactionOf(day.contacts);
            if (scores.count == 0) return std::nullopt;
            return Point{scores.mean, scores.count};
          }},
    Named{"nps",
          [](const DayFigures& day) -> std::optional<Point> {
            const measure::Promoters found = measure::PromotersOf(day.contacts);
            if (found.count == 0) return std::nullopt;
            return Point{found.score, found.count};
          }},
    Named{"duration_p50",
          [](const DayFigures& day) -> std::optional<Point> {
            const measure::Durations durations = measure::DurationsOf(day.stays);
            if (durations.count == 0) return std::nullopt;
            return Point{durations.p50, durations.count};
          }},
    Named{"missed_share",
          [](const DayFigures& day) {
            return Shared(day.stays.At(Slot::kMissed), day.stays.At(Slot::kEntered));
          }},
};

}  // namespace

std::string TrendNames() {
  std::string names;
  for (const Named& one : kFigures) names.append(names.empty() ? "" : ", ").append(one.name);
  return names;
}

std::optional<ordered_json> TrendJson(const Question& question, const measure::Picture& picture,
                                      const std::string& what,
                                      const measure::DayPlace& place) {
  const auto found = std::ranges::find(kFigures, std::string_view(what), &Named::name);
  if (found == kFigures.end()) return std::nullopt;
  ordered_json json;
  json["selection"] = SelectionJson(question.selection);
  json["measure"] = what;
  if (!place.stage.empty()) json["stage"] = place.stage;
  if (!place.touchpoint.empty()) json["touchpoint"] = place.touchpoint;
  json["points"] = ordered_json::array();
  for (const auto& [day, figures] : measure::ByDay(picture, question.selection, place)) {
    const auto point = found->figure(figures);
    if (!point) continue;
    json["points"].push_back(
        {{"day", DayText(day)}, {"value", point->value}, {"count", point->count}});
  }
  return json;
}

}  // namespace waymark::api
