#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

using model::Kind;
using model::SignalKind;

class SessionTest : public Folding {
 protected:
  SessionTest() { Use({kShop}); }
};

TEST_F(SessionTest, ADistanceEqualToTheGapStays) {
  Apply(0, "view");
  const std::string first = session_id_;
  Apply(30, "view");
  EXPECT_EQ(session_id_, first);
  EXPECT_EQ(Count(SignalKind::kSessionStarted), 1U);
}

TEST_F(SessionTest, AMillisecondMoreBeginsAnother) {
  Apply(0, "view");
  const std::string first = session_id_;
  model::Interaction later = At(30, "view");
  later.time = *later.time + 1;
  Apply(later);
  EXPECT_NE(session_id_, first);
  ASSERT_EQ(Count(SignalKind::kSessionClosed), 1U);
  EXPECT_EQ(Signals(SignalKind::kSessionClosed)[0].minute, 30);
}

TEST_F(SessionTest, ClosesAtTheEndOnlyBeforeTheHorizon) {
  Apply(0, "view");
  AdvanceTo(30);
  EXPECT_EQ(Count(SignalKind::kSessionClosed), 0U);
  effects_.Clear();
  fold_->AdvanceTo(state_, {kNoon + 30 * kMinute + 1}, effects_);
  ASSERT_EQ(effects_.signals.size(), 1U);
  EXPECT_EQ(effects_.signals[0].kind, SignalKind::kSessionClosed);
  EXPECT_EQ(effects_.signals[0].evidence, std::vector<model::Text>{"i1"});
}

TEST_F(SessionTest, TheIdComesFromTheFirstInteraction) {
  Apply(0, "view");
  const std::string id = session_id_;
  state_ = fold_->Initial("ann");
  Apply(0, "order");
  EXPECT_NE(session_id_, id) << "another interaction";
  state_ = fold_->Initial("bob");
  model::Interaction same = At(0, "view");
  same.id = "i1";
  Apply(same);
  EXPECT_NE(session_id_, id) << "another profile";
  state_ = fold_->Initial("ann");
  Apply(same);
  EXPECT_EQ(session_id_, id);
}

TEST_F(SessionTest, OnlyCustomersHaveSessions) {
  for (const Kind kind : {Kind::kStaff, Kind::kMysteryCheck, Kind::kObservedWalk, Kind::kSystem}) {
    model::Interaction other = At(static_cast<int64_t>(kind), "view");
    other.kind = kind;
    Apply(other);
    EXPECT_EQ(session_id_, "");
  }
  EXPECT_EQ(Count(SignalKind::kSessionStarted), 0U);
  EXPECT_EQ(Count(SignalKind::kFirstTouch), 0U);
  Apply(10, "view");
  EXPECT_EQ(Count(SignalKind::kFirstTouch), 1U);
  model::Interaction staff = At(35, "view");
  staff.kind = Kind::kStaff;
  Apply(staff);
  Apply(45, "view");
  EXPECT_EQ(Count(SignalKind::kSessionStarted), 2U) << "staff does not keep a session open";
}

TEST_F(SessionTest, AnOrderKeyBehindAFiredTimerIsNotInOrder) {
  Apply(0, "view");
  AdvanceTo(31);
  const auto key = [](int64_t minute) {
    return model::OrderKey{kNoon + minute * kMinute, 0, "", ""};
  };
  EXPECT_FALSE(Fold::IsInOrder(state_, key(30))) << "at the due time the interaction goes first";
  EXPECT_TRUE(Fold::IsInOrder(state_, key(31)));
}

TEST_F(SessionTest, OrderWithinOneTimeIsBySequenceSystemAndId) {
  model::Interaction at = At(0, "view");
  at.sequence = 1;
  at.source.system = "m";
  at.id = "m";
  Apply(at);
  const auto in_order = [&](int64_t sequence, std::string_view system, std::string_view id) {
    return Fold::IsInOrder(state_, {kNoon, sequence, system, id});
  };
  EXPECT_FALSE(in_order(0, "z", "z"));
  EXPECT_FALSE(in_order(1, "a", "z"));
  EXPECT_FALSE(in_order(1, "m", "m"));
  EXPECT_TRUE(in_order(1, "m", "n"));
  EXPECT_TRUE(in_order(1, "n", "a"));
  EXPECT_TRUE(in_order(2, "a", "a"));
}

}  // namespace
}  // namespace waymark::journey
