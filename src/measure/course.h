#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "measure/comparison.h"
#include "measure/figures.h"
#include "measure/picture.h"
#include "model/intervention.h"

namespace waymark::measure {

// What is compared before and after an intervention.
enum class CourseMeasure : uint8_t { kConversion, kSatisfaction, kDuration, kBadEndShare };
inline constexpr size_t kCourseMeasures = 4;
std::string_view ToString(CourseMeasure measure);  // "bad_end_share"
// Whether a greater one is a better one.
bool IsBetterHigher(CourseMeasure measure);

// What a comparison of before and after says. That the intervention was the cause it can't say:
// whatever else changed meanwhile is in it, too.
enum class Verdict : uint8_t { kBetter, kWorse, kNotDistinguishable, kTooFew };
std::string_view ToString(Verdict verdict);  // "not_distinguishable"
// Fewer on either side are too few to tell.
inline constexpr int64_t kComparedLeast = 30;

struct CourseValue {
  int64_t count = 0;  // of what the value is made; 0: there is no value
  double value = 0;   // a share, a mean of answers (1 to 5), or milliseconds
};

struct MeasureCourse {
  struct Point {
    int32_t day = 0;
    CourseValue value;
  };
  CourseMeasure measure = CourseMeasure::kConversion;
  std::vector<Point> points;  // days with a value, that of the intervention among them
  CourseValue before;
  CourseValue after;
  std::optional<Difference> difference;  // where both sides have enough to give an interval
  Verdict verdict = Verdict::kTooFew;
};

// Days since 1970, UTC. Before are the `length` days in front of `day`, after as many behind it:
// those asked for, fewer where figures do not reach as far on both sides.
struct CourseDays {
  int32_t day = 0;
  int32_t length = 0;

  bool Contains(int32_t other) const { return other >= day - length && other <= day + length; }
};

struct Course {
  CourseDays days;
  std::vector<MeasureCourse> measures;  // no duration at a touchpoint
  // The one that the aim of the intervention names, whatever the others say.
  CourseMeasure judged_by = CourseMeasure::kConversion;
};

// Of each intervention, in their order. The selection's model, version, persona and target group
// count, not its days. `days`: on each side, at least 1. Goes over the days of all of them once,
// and keeps no more than the cells of one day and the sums of each side.
std::vector<Course> CoursesOf(const Picture& picture, const Selection& selection,
                              std::span<const model::Intervention> interventions, int32_t days);

}  // namespace waymark::measure
