#include "api/interventions_view.h"

#include <nlohmann/json.hpp>

#include "api/dates.h"
#include "api/figures_json.h"
#include "measure/course.h"

namespace waymark::api {
namespace {

using measure::Course;
using measure::CourseDays;
using measure::CourseValue;
using measure::MeasureCourse;
using model::Intervention;
using nlohmann::ordered_json;

constexpr const char* kCaveat =
    "a comparison of before and after: other things may have changed, too";

ordered_json WhereJson(const Intervention& one) {
  ordered_json json;
  if (!one.stage.empty()) json["stage"] = one.stage;
  if (!one.touchpoint.empty()) json["touchpoint"] = one.touchpoint;
  if (!one.channel.empty()) json["channel"] = one.channel;
  return json;
}

ordered_json DaysJson(int32_t from, int32_t to) {
  return {{"from", DayText(from)}, {"to", DayText(to)}};
}

ordered_json ValueJson(const CourseValue& value) {
  ordered_json json{{"count", value.count}};
  if (value.count > 0) json["value"] = value.value;
  return json;
}

const char* PartOf(int32_t day, const CourseDays& days) {
  return day < days.day ? "before" : day > days.day ? "after" : "day";
}

ordered_json MeasureJson(const MeasureCourse& course, const CourseDays& days) {
  ordered_json json;
  json["measure"] = measure::ToString(course.measure);
  json["better"] = measure::IsBetterHigher(course.measure) ? "higher" : "lower";
  json["before"] = ValueJson(course.before);
  json["after"] = ValueJson(course.after);
  if (course.difference) {
    json["difference"] = {{"value", course.difference->value},
                          {"low", course.difference->low},
                          {"high", course.difference->high}};
  }
  json["verdict"] = measure::ToString(course.verdict);
  json["course"] = ordered_json::array();
  for (const MeasureCourse::Point& point : course.points) {
    json["course"].push_back({{"day", DayText(point.day)},
                              {"value", point.value.value},
                              {"count", point.value.count},
                              {"part", PartOf(point.day, days)}});
  }
  return json;
}

// Other interventions whose day is among those compared: the figures can't tell them apart.
ordered_json OverlapsJson(const Intervention& one, const CourseDays& days,
                          const std::vector<Intervention>& all) {
  ordered_json json = ordered_json::array();
  for (const Intervention& other : all) {
    if (&other != &one && days.Contains(measure::DayOf(other.at))) json.push_back(other.id);
  }
  return json;
}

ordered_json InterventionJson(const Intervention& one, const Course& course,
                              const std::vector<Intervention>& all) {
  ordered_json json;
  json["id"] = one.id;
  json["what"] = TitlesJson(one.what);
  json["at"] = one.at.ms;
  json["day"] = DayText(course.days.day);
  json["aim"] = model::ToString(one.aim);
  json["where"] = WhereJson(one);
  if (!one.owner.empty()) json["owner"] = one.owner;
  const auto& [day, length] = course.days;
  json["days"] = length;
  if (length > 0) {
    json["before"] = DaysJson(day - length, day - 1);
    json["after"] = DaysJson(day + 1, day + length);
  }
  json["overlaps"] = OverlapsJson(one, course.days, all);
  json["judged_by"] = measure::ToString(course.judged_by);
  json["measures"] = ordered_json::array();
  for (const MeasureCourse& each : course.measures) {
    if (each.measure == course.judged_by) json["verdict"] = measure::ToString(each.verdict);
    json["measures"].push_back(MeasureJson(each, course.days));
  }
  return json;
}

}  // namespace

ordered_json InterventionsJson(const Question& question,
                               const model::ModelInterventions* interventions,
                               const measure::Picture& picture, int32_t days) {
  static const model::ModelInterventions kNone;
  const model::ModelInterventions& of = interventions == nullptr ? kNone : *interventions;
  ordered_json json;
  json["selection"] = SelectionJson(question.selection);
  json["days"] = days;
  json["caveat"] = kCaveat;
  json["interventions"] = ordered_json::array();
  const auto courses = measure::CoursesOf(picture, question.selection, of.list, days);
  for (size_t i = of.list.size(); i-- > 0;) {
    json["interventions"].push_back(InterventionJson(of.list[i], courses[i], of.list));
  }
  json["left_out"] = of.left_out;
  return json;
}

}  // namespace waymark::api
