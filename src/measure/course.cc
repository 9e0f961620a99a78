#include "measure/course.h"

#include <algorithm>
#include <set>

namespace waymark::measure {
namespace {

using model::Aim;
using model::Intervention;

// What one intervention is about, of a day or of several.
struct Sums {
  Cell stays;
  Cell contacts;
  Cell ends;

  void Add(const Sums& other) {
    stays.Add(other.stays);
    contacts.Add(other.contacts);
    ends.Add(other.ends);
  }
};

struct Run {
  const Intervention* intervention;
  Course course;
  Sums today;
  Sums before;
  Sums after;
};

void Count(const CellKey& key, const Cell& cell, Run& run) {
  const Intervention& at = *run.intervention;
  const bool is_stage = !at.stage.empty();
  switch (key.kind) {
    case CellKind::kContact:
      if (is_stage ? key.parts[0] != at.stage : key.parts[2] != at.touchpoint) return;
      if (at.channel.empty() || key.parts[3] == at.channel) run.today.contacts.Add(cell);
      return;
    case CellKind::kStage:
      if (is_stage && key.parts[0] == at.stage && key.parts[1].empty()) run.today.stays.Add(cell);
      return;
    case CellKind::kExit:
      if (is_stage && key.parts[0] == at.stage) run.today.ends.Add(cell);
      return;
    case CellKind::kInfluence:
      if (!is_stage && key.parts[0] == at.touchpoint) run.today.ends.Add(cell);
      return;
    default: return;
  }
}

Proportion ProportionOf(CourseMeasure measure, const Sums& sums) {
  const int64_t left = sums.stays.At(Slot::kLeft);
  const Ends ends = EndsOf(sums.ends);
  const int64_t over = left + ends.judged();
  return {measure == CourseMeasure::kConversion ? left + ends.completed : ends.bad(), over};
}

CourseValue ValueOf(CourseMeasure measure, const Sums& sums) {
  if (measure == CourseMeasure::kSatisfaction) {
    const Scores scores = SatisfactionOf(sums.contacts);
    return {scores.count, scores.mean};
  }
  if (measure == CourseMeasure::kDuration) {
    return {DurationCount(sums.stays), Quantile(sums.stays, 0.5)};
  }
  const Proportion share = ProportionOf(measure, sums);
  if (share.whole <= 0) return {};
  return {share.whole, static_cast<double>(share.part) / static_cast<double>(share.whole)};
}

std::optional<Difference> Compare(CourseMeasure measure, const Sums& before, const Sums& after) {
  if (measure == CourseMeasure::kSatisfaction) {
    return DifferenceOf(SampleOf(SatisfactionOf(before.contacts), 1),
                        SampleOf(SatisfactionOf(after.contacts), 1));
  }
  if (measure == CourseMeasure::kDuration) {
    const auto a = MedianOf(before.stays);
    const auto b = MedianOf(after.stays);
    return a && b ? std::optional(DifferenceOf(*a, *b)) : std::nullopt;
  }
  return DifferenceOf(ProportionOf(measure, before), ProportionOf(measure, after));
}

Verdict VerdictOf(const MeasureCourse& course) {
  const bool is_few = std::min(course.before.count, course.after.count) < kComparedLeast;
  if (is_few || !course.difference) return Verdict::kTooFew;
  if (course.difference->low <= 0 && course.difference->high >= 0) {
    return Verdict::kNotDistinguishable;
  }
  const bool is_higher = course.difference->low > 0;
  return is_higher == IsBetterHigher(course.measure) ? Verdict::kBetter : Verdict::kWorse;
}

CourseMeasure JudgedBy(const Intervention& one) {
  switch (one.aim) {
    case Aim::kAcquisition: return CourseMeasure::kConversion;
    case Aim::kSatisfaction: return CourseMeasure::kSatisfaction;
    case Aim::kRetention: return CourseMeasure::kBadEndShare;
    case Aim::kCare: break;
  }
  return one.stage.empty() ? CourseMeasure::kBadEndShare : CourseMeasure::kDuration;
}

// The days on which the model has figures, whoever is selected.
std::optional<Picture::Span> KnownDays(const Picture& picture, const std::string& model) {
  std::optional<Picture::Span> known;
  picture.ForEachAudience([&](const Picture::Audience& audience, const Picture::Span& days) {
    if (audience.model != model) return;
    if (!known) known = days;
    known->first = std::min(known->first, days.first);
    known->last = std::max(known->last, days.last);
  });
  return known;
}

Run Begin(const Intervention& one, const std::optional<Picture::Span>& known, int32_t days) {
  Run run{.intervention = &one, .course = {}, .today = {}, .before = {}, .after = {}};
  run.course.judged_by = JudgedBy(one);
  for (size_t i = 0; i < kCourseMeasures; ++i) {
    const auto measure = static_cast<CourseMeasure>(i);
    if (measure == CourseMeasure::kDuration && one.stage.empty()) continue;
    run.course.measures.emplace_back().measure = measure;
  }
  const int64_t day = DayOf(one.at);
  int64_t length = 0;
  if (known) {
    length = std::min({int64_t{days}, day - known->first, known->last - day});
  }
  run.course.days = {static_cast<int32_t>(day), static_cast<int32_t>(std::max<int64_t>(0, length))};
  return run;
}

void EndDay(int32_t day, Run& run) {
  for (MeasureCourse& course : run.course.measures) {
    const CourseValue value = ValueOf(course.measure, run.today);
    if (value.count > 0) course.points.push_back({day, value});
  }
  if (day < run.course.days.day) run.before.Add(run.today);
  if (day > run.course.days.day) run.after.Add(run.today);
  run.today = {};
}

void Finish(Run& run) {
  for (MeasureCourse& course : run.course.measures) {
    course.before = ValueOf(course.measure, run.before);
    course.after = ValueOf(course.measure, run.after);
    course.difference = Compare(course.measure, run.before, run.after);
    course.verdict = VerdictOf(course);
  }
}

}  // namespace

std::string_view ToString(CourseMeasure measure) {
  switch (measure) {
    case CourseMeasure::kConversion: return "conversion";
    case CourseMeasure::kSatisfaction: return "satisfaction";
    case CourseMeasure::kDuration: return "duration";
    case CourseMeasure::kBadEndShare: break;
  }
  return "bad_end_share";
}

bool IsBetterHigher(CourseMeasure measure) {
  return measure == CourseMeasure::kConversion || measure == CourseMeasure::kSatisfaction;
}

std::string_view ToString(Verdict verdict) {
  switch (verdict) {
    case Verdict::kBetter: return "better";
    case Verdict::kWorse: return "worse";
    case Verdict::kNotDistinguishable: return "not_distinguishable";
    case Verdict::kTooFew: break;
  }
  return "too_few";
}

std::vector<Course> CoursesOf(const Picture& picture, const Selection& selection,
                              std::span<const Intervention> interventions, int32_t days) {
  const auto known = KnownDays(picture, selection.model);
  std::vector<Run> runs;
  std::set<int32_t> wanted;  // an intervention without a day on either side has no course
  for (const Intervention& one : interventions) {
    const Run& run = runs.emplace_back(Begin(one, known, days));
    const CourseDays& of = run.course.days;
    if (of.length == 0) continue;
    for (int32_t day = of.day - of.length; day <= of.day + of.length; ++day) wanted.insert(day);
  }
  Selection all = selection;
  all.from.reset();
  all.to.reset();
  for (const int32_t day : wanted) {
    std::vector<Run*> here;
    for (Run& run : runs) {
      if (run.course.days.length > 0 && run.course.days.Contains(day)) here.push_back(&run);
    }
    picture.ForEach(day, day, [&](const CellKey& key, const Cell& cell) {
      if (key.kind == CellKind::kStanding || !IsSelected(key, all)) return;
      for (Run* run : here) Count(key, cell, *run);
    });
    for (Run* run : here) EndDay(day, *run);
  }
  std::vector<Course> courses;
  for (Run& run : runs) {
    Finish(run);
    courses.push_back(std::move(run.course));
  }
  return courses;
}

}  // namespace waymark::measure
