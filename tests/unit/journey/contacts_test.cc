#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

using model::SignalKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kContacts = R"(
family: purchase
model: contacts
personal_channels: [store]
journey:
  handovers: department
  abandon_after: 10h
  reentry: never
  reopen: {action: back}
  ends: [{when: {action: switch}, as: switched}, {when: {action: done}, as: completed}]
stages:
  - {name: look, enter: {action: view}, organisation: {owner: Marketing}}
  - {name: buy, enter: {action: order}, organisation: {owner: Sales}}
  - {name: use, enter: {action: use}}
  - {name: asleep, enter: {detected: quiet}, organisation: {owner: Care}}
detectors:
  - {name: quiet, silence: 5h}
)";

class ContactsTest : public Folding {
 protected:
  void SetUp() override { Use({kContacts}); }

  // Applies, and keeps the signals as they are until the next call.
  const model::Signal* Do(int64_t minute, std::string_view action, SignalKind kind,
                          std::string_view touchpoint = {}, std::string_view channel = "web",
                          std::string_view department = {}) {
    model::Interaction in = At(minute, action);
    in.touchpoint = touchpoint;
    in.channel = channel;
    in.source.department = department;
    Apply(in);
    return Last(kind);
  }
  const model::Signal* Last(SignalKind kind) const {
    const model::Signal* last = nullptr;
    for (const model::Signal& signal : effects_.signals) {
      if (signal.kind == kind) last = &signal;
    }
    return last;
  }
};

TEST_F(ContactsTest, ThePersonalContactTellsWhatLayBeforeIt) {
  Do(0, "view", SignalKind::kFirstTouch, "home");
  Do(5, "view", SignalKind::kFirstTouch, "guide", "app");
  Do(9, "view", SignalKind::kFirstTouch, "home");
  const model::Signal* contact =
      Do(30, "view", SignalKind::kFirstPersonalContact, "floor", "store");
  ASSERT_NE(contact, nullptr);
  ASSERT_TRUE(contact->before);
  EXPECT_EQ(contact->before->interactions, 3);
  EXPECT_EQ(contact->before->time_ms, 30 * kMinute);
  EXPECT_THAT(contact->before->touchpoints, ElementsAre("guide", "home"));
  EXPECT_THAT(contact->before->channels, ElementsAre("app", "web"));
  EXPECT_EQ(Do(40, "view", SignalKind::kFirstPersonalContact, "floor", "store"), nullptr);
}

TEST_F(ContactsTest, NothingLiesBeforeAPersonalContactThatIsTheFirst) {
  const model::Signal* contact =
      Do(0, "view", SignalKind::kFirstPersonalContact, "floor", "store");
  ASSERT_TRUE(contact != nullptr && contact->before);
  EXPECT_EQ(contact->before->interactions, 0);
  EXPECT_EQ(contact->before->time_ms, 0);
  EXPECT_THAT(contact->before->touchpoints, IsEmpty());
  EXPECT_THAT(contact->before->channels, IsEmpty());
}

TEST_F(ContactsTest, WhoFallsSilentWasLastSeenSomewhere) {
  Do(0, "view", SignalKind::kFirstTouch, "zoo");
  Do(1, "view", SignalKind::kFirstTouch, "basket");
  Do(2, "view", SignalKind::kFirstTouch);
  AdvanceTo(2 + 601);
  const model::Signal* abandoned = Last(SignalKind::kAbandoned);
  ASSERT_NE(abandoned, nullptr);
  EXPECT_EQ(abandoned->last_touchpoint, "basket") << "the last that was named";
}

TEST_F(ContactsTest, WhoSwitchesWasLastSeenAtThatInteraction) {
  Do(0, "view", SignalKind::kFirstTouch, "home");
  EXPECT_EQ(Do(1, "switch", SignalKind::kSwitched, "survey")->last_touchpoint, "survey");
}

TEST_F(ContactsTest, OnlyWhoLeavesHasALastTouchpoint) {
  Do(0, "view", SignalKind::kFirstTouch, "home");
  EXPECT_EQ(Do(1, "done", SignalKind::kJourneyCompleted, "home")->last_touchpoint, "");
}

TEST_F(ContactsTest, AJourneyTakenUpAgainHasBeenSeenNowhere) {
  Do(0, "view", SignalKind::kFirstTouch, "home");
  Do(1, "switch", SignalKind::kSwitched);
  Do(2, "view", SignalKind::kFirstTouch, "shop");
  Do(3, "back", SignalKind::kReactivated);
  EXPECT_EQ(Do(4, "switch", SignalKind::kSwitched)->last_touchpoint, "");
}

TEST_F(ContactsTest, BeyondTheBoundTheLastTouchpointIsNotKnown) {
  FoldSettings settings;
  settings.limits.touchpoints_max = 1;
  Use({kContacts}, settings);
  Do(0, "view", SignalKind::kFirstTouch, "home");
  EXPECT_EQ(Do(1, "switch", SignalKind::kSwitched, "survey")->last_touchpoint, "");
}

TEST_F(ContactsTest, OlderFormatsKeepNoLastTouchpoint) {
  FoldSettings settings;
  settings.resolves_references = false;
  Use({kContacts}, settings);
  Do(0, "view", SignalKind::kFirstTouch, "home");
  EXPECT_EQ(Do(1, "switch", SignalKind::kSwitched)->last_touchpoint, "");
}

TEST_F(ContactsTest, ADepartmentHandsOverToTheOneThatInteractsNext) {
  EXPECT_EQ(Do(0, "view", SignalKind::kHandover, "", "web", "Marketing"), nullptr);
  const model::Signal* handover = Do(1, "view", SignalKind::kHandover, "", "hotline", "Care");
  ASSERT_NE(handover, nullptr);
  EXPECT_EQ(handover->name, "Marketing to Care");
  EXPECT_EQ(handover->previous_department, "Marketing");
  EXPECT_EQ(handover->department, "Care");
  EXPECT_EQ(handover->stage, "look");
  EXPECT_THAT(handover->evidence, ElementsAre("i1", "i2"));
  EXPECT_EQ(Do(2, "view", SignalKind::kHandover), nullptr) << "no department says nothing";
  EXPECT_EQ(Do(3, "view", SignalKind::kHandover, "", "web", "Care"), nullptr);
  EXPECT_NE(Do(4, "view", SignalKind::kHandover, "", "web", "Marketing"), nullptr);
}

TEST_F(ContactsTest, WhereNoDepartmentIsNamedTheOwnerOfTheStageHasTheJourney) {
  EXPECT_EQ(Do(0, "view", SignalKind::kHandover), nullptr);
  const model::Signal* handover = Do(1, "order", SignalKind::kHandover);
  ASSERT_NE(handover, nullptr);
  EXPECT_EQ(handover->name, "Marketing to Sales");
  EXPECT_EQ(handover->stage, "buy");
  EXPECT_EQ(Do(2, "use", SignalKind::kHandover), nullptr) << "nobody owns that stage";
  handover = Do(3, "view", SignalKind::kHandover, "", "web", "Care");
  ASSERT_NE(handover, nullptr) << "who interacts goes before who owns";
  EXPECT_EQ(handover->name, "Sales to Care");
}

TEST_F(ContactsTest, ADepartmentTakesOverInSilenceToo) {
  Do(0, "order", SignalKind::kHandover);
  AdvanceTo(301);
  const model::Signal* handover = Last(SignalKind::kHandover);
  ASSERT_NE(handover, nullptr);
  EXPECT_EQ(handover->name, "Sales to Care");
  EXPECT_EQ(handover->stage, "asleep");
}

TEST_F(ContactsTest, ByOwnerTheInteractionsDepartmentIsNoHandover) {
  Use({kShop});
  EXPECT_EQ(Do(0, "view", SignalKind::kHandover), nullptr);
  EXPECT_EQ(Do(1, "view", SignalKind::kHandover, "", "web", "Care"), nullptr);
  const model::Signal* handover = Do(2, "order", SignalKind::kHandover, "", "web", "Care");
  ASSERT_NE(handover, nullptr);
  EXPECT_EQ(handover->previous_department, "Marketing");
  EXPECT_EQ(handover->department, "Sales");
  EXPECT_EQ(handover->previous_stage, "look");
}

}  // namespace
}  // namespace waymark::journey
