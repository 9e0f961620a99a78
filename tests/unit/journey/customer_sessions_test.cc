#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

using model::SignalKind;

class CustomerSessionsTest : public Folding {
 protected:
  void ApplyOn(std::string_view channel, int64_t minute, std::string_view action = "view") {
    model::Interaction interaction = At(minute, action);
    interaction.channel = channel;
    Apply(interaction);
  }
  std::vector<int64_t> Closed() const {
    std::vector<int64_t> minutes;
    for (const Found& found : Signals(SignalKind::kSessionClosed)) minutes.push_back(found.minute);
    return minutes;
  }
};

constexpr std::string_view kGaps = R"(
customer: c
sessions: {gap_by_channel: {store: 4h, hotline: 10m}}
)";

TEST_F(CustomerSessionsTest, TheGapIsThatOfTheLastInteractionsChannel) {
  Use({kShop, kGaps});
  ApplyOn("store", 0);
  ApplyOn("web", 240);
  EXPECT_EQ(Count(SignalKind::kSessionStarted), 1U) << "a distance equal to the gap stays";
  ApplyOn("web", 270);
  ApplyOn("hotline", 271);
  ApplyOn("store", 282);
  EXPECT_EQ(Closed(), (std::vector<int64_t>{281}));
  AdvanceTo(1000);
  EXPECT_EQ(Closed(), (std::vector<int64_t>{281, 522}));
}

TEST_F(CustomerSessionsTest, AMillisecondOverTheChannelsGapBeginsAnother) {
  Use({kShop, kGaps});
  ApplyOn("store", 0);
  model::Interaction later = At(240, "view");
  later.time = *later.time + 1;
  Apply(later);
  EXPECT_EQ(Count(SignalKind::kSessionStarted), 2U);
  EXPECT_EQ(Closed(), (std::vector<int64_t>{240}));
}

TEST_F(CustomerSessionsTest, ASessionOfTheGreatestLengthIsClosed) {
  Use({kShop, "customer: c\nsessions: {length_max: 1h}\n"});
  Apply(0, "view");
  const std::string first = session_id_;
  Apply(30, "view");
  Apply(60, "view");
  EXPECT_EQ(session_id_, first) << "an interaction at its greatest length is still its own";
  Apply(61, "view");
  EXPECT_NE(session_id_, first);
  EXPECT_EQ(Closed(), (std::vector<int64_t>{60}));
  EXPECT_EQ(Signals(SignalKind::kSessionClosed)[0].evidence, std::vector<std::string>{"i3"});
  AdvanceTo(100);
  EXPECT_EQ(Closed(), (std::vector<int64_t>{60, 91})) << "silence comes before the length";
}

TEST_F(CustomerSessionsTest, AStartClosesTheOpenSessionAtItsTime) {
  Use({kShop, "customer: c\nsessions: {start: {action: login}}\n"});
  Apply(0, "login");
  EXPECT_EQ(Count(SignalKind::kSessionClosed), 0U) << "nothing was open";
  const std::string first = session_id_;
  Apply(5, "login");
  EXPECT_NE(session_id_, first);
  Apply(6, "view");
  EXPECT_EQ(Closed(), (std::vector<int64_t>{5}));
  EXPECT_EQ(Signals(SignalKind::kSessionClosed)[0].evidence, std::vector<std::string>{"i1"});
  EXPECT_EQ(state_.session.interactions, 2);
}

TEST_F(CustomerSessionsTest, AnEndClosesItsSessionRightAfterIt) {
  Use({kShop, "customer: c\nsessions: {end: {action: logout}}\n"});
  Apply(0, "view");
  const std::string first = session_id_;
  Apply(1, "logout");
  EXPECT_EQ(session_id_, first) << "it belongs to the session that it ends";
  EXPECT_EQ(Closed(), (std::vector<int64_t>{1}));
  EXPECT_EQ(Signals(SignalKind::kSessionClosed)[0].evidence, std::vector<std::string>{"i2"});
  Apply(1, "view");
  EXPECT_NE(session_id_, first);
  AdvanceTo(100);
  EXPECT_EQ(Closed(), (std::vector<int64_t>{1, 31}));
}

TEST_F(CustomerSessionsTest, StartAndEndMayBeOneInteraction) {
  Use({kShop, "customer: c\nsessions: {start: {action: scan}, end: {action: scan}}\n"});
  Apply(0, "view");
  Apply(1, "scan");
  Apply(1, "scan");
  EXPECT_EQ(Count(SignalKind::kSessionStarted), 3U);
  EXPECT_EQ(Closed(), (std::vector<int64_t>{1, 1, 1}));
  const auto closed = Signals(SignalKind::kSessionClosed);
  EXPECT_NE(closed[1].id, closed[2].id);
}

TEST_F(CustomerSessionsTest, StaffNeitherStartsNorEndsSessions) {
  Use({kShop, "customer: c\nsessions: {start: {action: login}, end: {action: logout}}\n"});
  Apply(0, "view");
  for (const std::string_view action : {"login", "logout"}) {
    model::Interaction staff = At(1, action);
    staff.kind = model::Kind::kStaff;
    Apply(staff);
  }
  EXPECT_EQ(Count(SignalKind::kSessionStarted), 1U);
  EXPECT_EQ(Count(SignalKind::kSessionClosed), 0U);
}

}  // namespace
}  // namespace waymark::journey
