#include "measure/course.h"

#include <gtest/gtest.h>

#include <string>

namespace waymark::measure {
namespace {

constexpr int64_t kDayMs = 86'400'000;
constexpr int32_t kDay = 100;  // of the intervention

std::string KeyBytes(const CellKey& key) {
  std::string bytes;
  AppendKey(key, bytes);
  return bytes;
}

CellKey Key(CellKind kind, int32_t day, std::array<model::Text, 4> parts) {
  return {.kind = kind, .day = day, .family = "f", .model = "m", .model_version = 1,
          .parts = parts};
}

void Put(Picture& picture, const CellKey& key, std::initializer_list<Cell::Entry> counts) {
  Cell cell;
  for (const Cell::Entry& count : counts) cell.Add(count.slot, count.value);
  std::string bytes;
  cell.AppendTo(bytes);
  ASSERT_TRUE(picture.Take(0, KeyBytes(key), bytes));
}

constexpr Slot kCompleted = SlotOf(Slot::kEnded, 2);
constexpr Slot kAbandoned = SlotOf(Slot::kEnded, 3);
constexpr Slot kSwitched = SlotOf(Slot::kEnded, 4);
constexpr Slot kFour = SlotOf(Slot::kSatisfaction, 4);
constexpr Slot kTwo = SlotOf(Slot::kSatisfaction, 2);

// From day 90 to 110: of ten stays a day that end in "buy", four go on before day 100 and six after
// it; the day itself is unlike all others.
Picture Filled() {
  Picture picture;
  for (int32_t day = 90; day <= 110; ++day) {
    const int64_t on = day < kDay ? 4 : day > kDay ? 6 : 1'000;
    Put(picture, Key(CellKind::kStage, day, {"buy"}),
        {{Slot::kEntered, 10}, {Slot::kLeft, on}, {HistogramSlot(day < kDay ? 9'000 : 3'000), on}});
    Put(picture, Key(CellKind::kExit, day, {"buy", "till"}),
        {{kAbandoned, 6 - (day > kDay ? 3 : 0)}, {kSwitched, day > kDay ? 1 : 0}});
    Put(picture, Key(CellKind::kStage, day, {"look"}), {{Slot::kLeft, 500}});
    Put(picture, Key(CellKind::kContact, day, {"buy", "", "till", "store"}),
        {{day < kDay ? kTwo : kFour, 3}, {kFour, 1}});
    Put(picture, Key(CellKind::kContact, day, {"look", "", "till", "app"}), {{kTwo, 7}});
    Put(picture, Key(CellKind::kInfluence, day, {"till", "buy"}),
        {{kCompleted, day < kDay ? 1 : 4}, {kAbandoned, 4}});
  }
  return picture;
}

model::Intervention InStage(model::Aim aim = model::Aim::kAcquisition) {
  model::Intervention one;
  one.id = "one";
  one.at = {kDay * kDayMs + 5};
  one.aim = aim;
  one.stage = "buy";
  return one;
}

model::Intervention AtTouchpoint() {
  model::Intervention one = InStage(model::Aim::kCare);
  one.stage.clear();
  one.touchpoint = "till";
  return one;
}

Course CourseOf(const model::Intervention& one, int32_t days = 7) {
  const Picture picture = Filled();
  auto courses = CoursesOf(picture, {.model = "m"}, {&one, 1}, days);
  EXPECT_EQ(courses.size(), 1U);
  return courses.at(0);
}

const MeasureCourse& Of(const Course& course, CourseMeasure measure) {
  for (const MeasureCourse& one : course.measures) {
    if (one.measure == measure) return one;
  }
  ADD_FAILURE() << ToString(measure);
  return course.measures.front();
}

TEST(CourseTest, ADayIsNeitherBeforeNorAfter) {
  const Course course = CourseOf(InStage());
  EXPECT_EQ(course.days.day, kDay);
  EXPECT_EQ(course.days.length, 7);
  const MeasureCourse& conversion = Of(course, CourseMeasure::kConversion);
  EXPECT_EQ(conversion.before.count, 70);
  EXPECT_DOUBLE_EQ(conversion.before.value, 0.4);
  EXPECT_EQ(conversion.after.count, 70);
  EXPECT_DOUBLE_EQ(conversion.after.value, 0.6);
  ASSERT_EQ(conversion.points.size(), 15U) << "the day itself is in the course";
  EXPECT_EQ(conversion.points[7].day, kDay);
  EXPECT_NEAR(conversion.points[7].value.value, 1'000 / 1'006.0, 1e-9);
}

TEST(CourseTest, WhatIsGreaterIsNotAlwaysBetter) {
  const Course course = CourseOf(InStage());
  EXPECT_EQ(Of(course, CourseMeasure::kConversion).verdict, Verdict::kBetter);
  EXPECT_GT(Of(course, CourseMeasure::kConversion).difference->low, 0);
  const MeasureCourse& bad = Of(course, CourseMeasure::kBadEndShare);
  EXPECT_DOUBLE_EQ(bad.before.value, 0.6);
  EXPECT_DOUBLE_EQ(bad.after.value, 0.4);
  EXPECT_EQ(bad.verdict, Verdict::kBetter);
  const MeasureCourse& duration = Of(course, CourseMeasure::kDuration);
  EXPECT_EQ(duration.after.count, 42);
  EXPECT_NEAR(duration.after.value, 3'000, 30);
  EXPECT_LT(duration.difference->high, 0);
  EXPECT_EQ(duration.verdict, Verdict::kTooFew) << "28 stays before";
  const MeasureCourse& satisfaction = Of(course, CourseMeasure::kSatisfaction);
  EXPECT_EQ(satisfaction.before.count, 28) << "those of the other stage are left out";
  EXPECT_DOUBLE_EQ(satisfaction.before.value, 2.5);
}

TEST(CourseTest, ATouchpointHasItsJourneysAndItsAnswers) {
  model::Intervention one = AtTouchpoint();
  const Course course = CourseOf(one, 10);
  EXPECT_EQ(course.measures.size(), kCourseMeasures - 1) << "no duration";
  EXPECT_EQ(course.judged_by, CourseMeasure::kBadEndShare);
  const MeasureCourse& conversion = Of(course, CourseMeasure::kConversion);
  EXPECT_EQ(conversion.before.count, 50);
  EXPECT_DOUBLE_EQ(conversion.before.value, 0.2);
  EXPECT_DOUBLE_EQ(conversion.after.value, 0.5);
  EXPECT_EQ(Of(course, CourseMeasure::kSatisfaction).before.count, 110);
  one.channel = "store";
  const Course narrow = CourseOf(one, 10);
  EXPECT_EQ(Of(narrow, CourseMeasure::kSatisfaction).before.count, 40);
  EXPECT_EQ(Of(narrow, CourseMeasure::kSatisfaction).verdict, Verdict::kBetter);
}

TEST(CourseTest, BothSidesAreAsLongAsFiguresReach) {
  EXPECT_EQ(CourseOf(InStage(), 180).days.length, 10);
  model::Intervention one = InStage();
  one.at = {108 * kDayMs};
  EXPECT_EQ(CourseOf(one).days.length, 2);
  EXPECT_EQ(Of(CourseOf(one), CourseMeasure::kConversion).verdict, Verdict::kTooFew);
  for (const int64_t day : {90, 110, 111, 50'000, -50'000}) {
    one.at = {day * kDayMs};
    const Course course = CourseOf(one);
    EXPECT_EQ(course.days.length, 0) << day;
    EXPECT_TRUE(Of(course, CourseMeasure::kConversion).points.empty()) << day;
    EXPECT_EQ(Of(course, CourseMeasure::kConversion).before.count, 0) << day;
  }
}

TEST(CourseTest, TheAimSaysWhatTheVerdictIsAbout) {
  using model::Aim;
  EXPECT_EQ(CourseOf(InStage(Aim::kAcquisition)).judged_by, CourseMeasure::kConversion);
  EXPECT_EQ(CourseOf(InStage(Aim::kCare)).judged_by, CourseMeasure::kDuration);
  EXPECT_EQ(CourseOf(InStage(Aim::kRetention)).judged_by, CourseMeasure::kBadEndShare);
  EXPECT_EQ(CourseOf(InStage(Aim::kSatisfaction)).judged_by, CourseMeasure::kSatisfaction);
}

TEST(CourseTest, ASelectionIsKeptButNotItsDays) {
  const Picture picture = Filled();
  const model::Intervention one = InStage();
  const auto count = [&](const Selection& selection) {
    return Of(CoursesOf(picture, selection, {&one, 1}, 7)[0], CourseMeasure::kConversion)
        .before.count;
  };
  EXPECT_EQ(count({.model = "m", .from = 105, .to = 106}), 70);
  EXPECT_EQ(count({.model = "m", .version = 2}), 0);
  EXPECT_EQ(count({.model = "m", .persona = "young"}), 0);
  EXPECT_EQ(count({.model = "other"}), 0);
}

}  // namespace
}  // namespace waymark::measure
