#include "exports/event.h"

#include <gtest/gtest.h>

#include "exports/columns.h"

namespace waymark::exports {
namespace {

using enum ActivityPart;

std::string Activity(const model::Step& step, int placement, std::vector<ActivityPart> parts) {
  std::string out;
  AppendActivity(MakeEvent(step, placement), parts, out);
  return out;
}

model::Step PlacedStep() {
  model::Step step;
  step.interaction.action = "view";
  step.interaction.touchpoint = "home";
  step.placements.resize(2);
  step.placements[0].family = "purchase";
  step.placements[0].stage = "information";
  step.placements[1].family = "service";
  return step;
}

TEST(EventTest, ActivitiesAreJoined) {
  const model::Step step = PlacedStep();
  EXPECT_EQ(Activity(step, 0, {kAction}), "view");
  EXPECT_EQ(Activity(step, 0, {kTouchpoint, kAction}), "home+view");
  EXPECT_EQ(Activity(step, 0, {kStage, kAction}), "information+view");
}

TEST(EventTest, AbsentPartsAreLeftOutOfActivities) {
  const model::Step step = PlacedStep();
  EXPECT_EQ(Activity(step, 1, {kStage, kAction}), "view");
  EXPECT_EQ(Activity(step, 1, {kStage}), "(no stage)");
  EXPECT_EQ(Activity(step, -1, {kStation, kStage}), "(no station)");
  EXPECT_EQ(Activity(model::Step(), -1, {kTouchpoint}), "(no touchpoint)");
}

TEST(EventTest, IdsTellPartsApart) {
  const auto id = [](std::string_view profile, std::string_view system, std::string_view name) {
    model::Step step;
    step.profile_id = profile;
    step.interaction.source.system = system;
    step.interaction.id = name;
    std::string out;
    AppendEventId(step, out);
    return out;
  };
  EXPECT_EQ(id("ada", "shop", "e1"), "ada/shop/e1");
  EXPECT_EQ(id("a/b", "", "50%2F"), "a%2Fb//50%252F");
  EXPECT_NE(id("a/b", "c", "d"), id("a", "b/c", "d"));
}

TEST(EventTest, ChecksWalksAndCorrectionsAreNoEvents) {
  model::Step step;
  EXPECT_TRUE(IsEvent(step));
  for (const auto kind : {model::Kind::kCustomer, model::Kind::kStaff, model::Kind::kSystem}) {
    step.interaction.kind = kind;
    EXPECT_TRUE(IsEvent(step));
  }
  for (const auto kind : {model::Kind::kMysteryCheck, model::Kind::kObservedWalk}) {
    step.interaction.kind = kind;
    EXPECT_FALSE(IsEvent(step));
  }
  step.interaction.kind = model::Kind::kCustomer;
  step.interaction.command = model::Command::kConsent;
  EXPECT_TRUE(IsEvent(step));
  step.interaction.command = model::Command::kCorrect;
  EXPECT_FALSE(IsEvent(step));
}

TEST(EventTest, FamilyChoosesThePlacement) {
  const model::Step step = PlacedStep();
  EXPECT_EQ(FirstPlacement(step, ""), 0);
  EXPECT_EQ(FirstPlacement(step, "service"), 1);
  EXPECT_EQ(FirstPlacement(step, "other"), -1);
  EXPECT_EQ(FirstPlacement(model::Step(), ""), -1);
}

TEST(EventTest, CorrectionsCount) {
  model::Step step = PlacedStep();
  step.corrected = step.interaction;
  step.corrected->action = "order";
  EXPECT_EQ(Activity(step, 0, {kAction}), "order");
}

TEST(ColumnsTest, AttributesHaveNamesOfTheirOwn) {
  const auto refused = [](std::vector<std::string> attributes, std::string resource = "") {
    Selection selection;
    selection.attributes = std::move(attributes);
    selection.resource = std::move(resource);
    return !ColumnsOf(selection).ok();
  };
  EXPECT_FALSE(refused({"number", "priority"}, "agent"));
  EXPECT_TRUE(refused({"number", "Number"}));
  EXPECT_TRUE(refused({"Channel"}));
  EXPECT_TRUE(refused({"case"}));
  EXPECT_TRUE(refused({"OCEL_ID"}));
  EXPECT_TRUE(refused({"Timestamp"}));
  EXPECT_TRUE(refused({"a b", "a-b", "a_b"})) << "the same key in XES";
  EXPECT_TRUE(refused({"resource"}, "agent"));
  EXPECT_TRUE(refused({""}));
  EXPECT_TRUE(refused(std::vector<std::string>(kAttributesMax + 1, "x")));
}

TEST(ColumnsTest, KeysOfXesAreNames) {
  Selection selection;
  selection.attributes = {"2nd try!", "concept:instance", "\xc3\xbc"};
  const auto columns = ColumnsOf(selection);
  ASSERT_TRUE(columns.ok());
  const auto& list = *columns;
  EXPECT_EQ(list[list.size() - 3].xes_key, "_2nd_try_");
  EXPECT_EQ(list[list.size() - 2].xes_key, "concept_instance");
  EXPECT_EQ(list[list.size() - 1].xes_key, "\xc3\xbc");
}

}  // namespace
}  // namespace waymark::exports
