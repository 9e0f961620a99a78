#include "journey/correction.h"

#include "unit/journey/folding.h"

namespace waymark::journey {
namespace {

using model::Interaction;

Interaction Bought() {
  Interaction out;
  out.id = "bought";
  out.time = 1000;
  out.source.system = "shop";
  out.channel = "web";
  out.touchpoint = "checkout";
  out.action = "order";
  out.product = "X1";
  out.value_micros = 5;
  out.currency = "EUR";
  out.rating = model::Rating{1, 2, {}, {}, "bad"};
  out.attributes = {{"a", "1"}, {"c", "3"}};
  return out;
}

Interaction Correction() {
  Interaction out;
  out.id = "fix";
  out.time = 2000;
  out.source.system = "shop";
  out.channel = "service";
  out.action = "correct";
  out.command = model::Command::kCorrect;
  out.refers_to = model::RefersTo{{}, "bought", {}, {}, {}};
  return out;
}

TEST(CorrectionTest, NamesById) {
  Interaction fix = Correction();
  EXPECT_TRUE(IsAbout(fix, Bought()));
  fix.refers_to->source_system = "shop";
  EXPECT_TRUE(IsAbout(fix, Bought()));
  fix.refers_to->source_system = "desk";
  EXPECT_FALSE(IsAbout(fix, Bought()));
  fix.refers_to->source_system = {};
  fix.source.system = "desk";
  EXPECT_FALSE(IsAbout(fix, Bought())) << "an id is of a system";
  fix = Correction();
  fix.refers_to->id = "other";
  EXPECT_FALSE(IsAbout(fix, Bought()));
  fix.refers_to.reset();
  EXPECT_FALSE(IsAbout(fix, Bought()));
}

TEST(CorrectionTest, NamesByTouchpointAndExactTime) {
  Interaction fix = Correction();
  fix.refers_to = model::RefersTo{{}, {}, "checkout", 1000, {}};
  EXPECT_TRUE(IsAbout(fix, Bought()));
  fix.refers_to->time = 1001;
  EXPECT_FALSE(IsAbout(fix, Bought()));
  fix.refers_to = model::RefersTo{{}, {}, "till", 1000, {}};
  EXPECT_FALSE(IsAbout(fix, Bought()));
  fix.refers_to = model::RefersTo{{}, {}, {}, 1000, {}};
  Interaction nowhere = Bought();
  nowhere.touchpoint = {};
  EXPECT_FALSE(IsAbout(fix, nowhere)) << "no touchpoint is no name";
}

TEST(CorrectionTest, CorrectsNoCorrection) {
  Interaction other = Bought();
  other.command = model::Command::kCorrect;
  EXPECT_FALSE(IsAbout(Correction(), other));
}

TEST(CorrectionTest, WhatItDoesNotGiveStays) {
  Interaction other = Bought();
  Correct(Correction(), other);
  EXPECT_EQ(other, Bought());
}

TEST(CorrectionTest, ReplacesWhatItGives) {
  Interaction fix = Correction();
  fix.product = "X2";
  fix.contract = "K1";
  fix.value_micros = 7;
  fix.rating = model::Rating{5, {}, 2, {}, {}};
  fix.attributes = {{"b", "2"}, {"c", "4"}};
  fix.profile = {{"language", "de"}};
  fix.identifiers = {{"crm", "1"}};
  fix.sequence = 9;
  fix.kind = model::Kind::kStaff;
  Interaction other = Bought();
  Correct(fix, other);
  Interaction want = Bought();
  want.product = "X2";
  want.contract = "K1";
  want.value_micros = 7;
  want.rating = model::Rating{5, 2, 2, {}, "bad"};
  want.attributes = {{"a", "1"}, {"b", "2"}, {"c", "4"}};
  want.profile = {{"language", "de"}};
  EXPECT_EQ(other, want);
}

TEST(CorrectionTest, ChannelAndActionToo) {
  Interaction fix = Correction();
  fix.channel = "store";
  fix.action = "purchase";
  fix.touchpoint = "till";
  Interaction other = Bought();
  Correct(fix, other);
  EXPECT_EQ(other.channel, "store");
  EXPECT_EQ(other.action, "purchase");
  EXPECT_EQ(other.touchpoint, "till");
}

class CorrectionFoldTest : public Folding {};

TEST_F(CorrectionFoldTest, IsNoContactOfTheCustomer) {
  Use({kShop});
  Apply(0, "view");
  Interaction fix = At(10, "order");
  fix.command = model::Command::kCorrect;
  fix.profile = {{"language", "de"}};
  fix.identifiers = {{"crm", "1"}};
  found_.clear();
  Apply(fix);
  EXPECT_TRUE(found_.empty());
  EXPECT_TRUE(placed_.empty());
  EXPECT_EQ(session_id_, "");
  EXPECT_EQ(state_.interactions, 2);
  EXPECT_EQ(state_.session.interactions, 1);
  EXPECT_TRUE(state_.attributes.empty());
  EXPECT_TRUE(state_.identifiers.empty());
  EXPECT_EQ(state_.last_seen->ms, kNoon);
}

}  // namespace
}  // namespace waymark::journey
