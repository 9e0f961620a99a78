// What the customer file and retention have remembered: from format 3 on.
#include <gtest/gtest.h>

#include "base/hash.h"
#include "unit/codec_state/states.h"

namespace waymark::codec {
namespace {

using journey::State;

class CustomerStateTest : public ::testing::Test {
 protected:
  State Again(const State& state, int format = kStateFormatNewest) const {
    State decoded;
    const base::Status status = DecodeState(BytesOf(state, format), models_, decoded);
    EXPECT_TRUE(status.ok()) << status.text();
    return decoded;
  }

  journey::CompiledModels models_ = CustomerModels();
};

TEST_F(CustomerStateTest, WhatTheCustomerFileRemembersComesBackWhole) {
  bool was_new = false;
  for (const int interactions : {1, 2, 3, 4, 5, 8, 20, 60}) {
    const State state = RichState(models_, interactions);
    const State again = Again(state);
    EXPECT_EQ(BytesOf(again), BytesOf(state));
    const journey::CustomerState& want = state.customer;
    const journey::CustomerState& have = again.customer;
    EXPECT_EQ(have.status, want.status);
    EXPECT_EQ(have.inactive, want.inactive);
    EXPECT_EQ(have.bought_in_session, want.bought_in_session);
    const bool was_new_now = want.status == model::CustomerStatus::kNew;
    was_new |= was_new_now;
    EXPECT_EQ(have.new_since, was_new_now ? want.new_since : base::Timestamp());
    ASSERT_EQ(have.purchases.size(), want.purchases.size());
    for (size_t i = 0; i < want.purchases.size(); ++i) {
      EXPECT_EQ(have.purchases[i].time, want.purchases[i].time);
      EXPECT_EQ(have.purchases[i].id, want.purchases[i].id);
    }
    ASSERT_EQ(have.waits.size(), want.waits.size());
    ASSERT_EQ(want.waits.size(), 1U);
    EXPECT_EQ(have.waits[0].rule, want.waits[0].rule);
    EXPECT_EQ(have.waits[0].since, want.waits[0].since);
    EXPECT_EQ(have.waits[0].id, want.waits[0].id);
    ASSERT_EQ(have.dates.size(), want.dates.size());
    ASSERT_EQ(want.dates.size(), 2U);
    for (size_t i = 0; i < want.dates.size(); ++i) {
      EXPECT_EQ(have.dates[i].rule, want.dates[i].rule);
      EXPECT_EQ(have.dates[i].year, want.dates[i].year);
      EXPECT_EQ(have.dates[i].due, want.dates[i].due);
      EXPECT_EQ(have.dates[i].id, want.dates[i].id);
    }
    EXPECT_EQ(again.session.gap, state.session.gap);
    EXPECT_NE(state.session.gap, 0U);
  }
  EXPECT_TRUE(was_new);
  EXPECT_EQ(RichState(models_, 60).customer.purchases.size(), 3U);
}

TEST_F(CustomerStateTest, WhatRetentionRemembersComesBackWhole) {
  const State state = RichState(models_, 60);
  const State again = Again(state);
  const journey::FamilyState& want = state.families[0];
  const journey::FamilyState& have = again.families[0];
  EXPECT_EQ(have.ordinal_removed, want.ordinal_removed);
  EXPECT_NE(want.ordinal_removed, 0U);
  EXPECT_NE(have.model_removed, nullptr);
  ASSERT_EQ(have.runs.size(), want.runs.size());
  size_t closed = 0;
  for (size_t i = 0; i < want.runs.size(); ++i) {
    if (want.runs[i].is_open()) continue;
    EXPECT_EQ(have.runs[i].closed, want.runs[i].closed);
    ++closed;
  }
  EXPECT_GT(closed, 0U);
  State past = state;
  past.families[0].past.push_back({7, 3, 1, past.families[0].runs[0].model, {1'700'000'000'001}});
  EXPECT_EQ(Again(past).families[0].past.at(0).closed.ms, 1'700'000'000'001);
}

// Once retention has removed all runs of a family, only its ordinal is left.
TEST_F(CustomerStateTest, AFamilyWithoutRunsKeepsItsOrdinal) {
  State state = RichState(models_, 60);
  state.families[0].runs.clear();
  state.families[0].past.clear();
  EXPECT_EQ(Again(state).families[0].ordinal_removed, state.families[0].ordinal_removed);
}

// What only format 3 can say is written in it, where an older one was asked for: a process that
// knows such rules can read it.
TEST_F(CustomerStateTest, OlderFormatsLoseNothing) {
  const State state = RichState(models_, 20);
  EXPECT_EQ(BytesOf(state, 1), BytesOf(state, 3));
  EXPECT_EQ(BytesOf(state, 2), BytesOf(state, 3));
  State empty = journey::Fold(models_, {}).Initial("ann");
  EXPECT_EQ(BytesOf(empty, 1)[0], 1);
  EXPECT_EQ(Again(empty, 1).customer.status, model::CustomerStatus::kProspect);
  empty.session.gap = 1;
  EXPECT_EQ(BytesOf(empty, 1)[0], 3);
}

// Rules that a state knows and the models lack are left out, so that it can be looked at. What is
// gone on with has the fingerprint of its models.
TEST_F(CustomerStateTest, OtherRulesAreLeftOut) {
  const State state = RichState(models_, 20);
  State decoded;
  ASSERT_TRUE(DecodeState(BytesOf(state), StateModels(), decoded).ok());
  EXPECT_EQ(decoded.session.gap, 0U);
  EXPECT_EQ(decoded.customer.status, model::CustomerStatus::kUnspecified);
  EXPECT_TRUE(decoded.customer.purchases.empty());
  EXPECT_TRUE(decoded.customer.waits.empty());
  EXPECT_TRUE(decoded.customer.dates.empty());
  const auto changed = [&](auto change) {
    State other = state;
    change(other);
    return Again(other).customer;
  };
  EXPECT_TRUE(changed([](State& s) { s.customer.waits[0].rule = 2; }).waits.empty());
  EXPECT_EQ(changed([](State& s) { s.customer.waits.push_back(s.customer.waits[0]); }).waits.size(),
            1U);
  EXPECT_EQ(changed([](State& s) { s.customer.dates[1].rule = 2; }).dates.size(), 1U);
  EXPECT_EQ(changed([](State& s) { s.customer.dates[0].year = 10'000; }).dates[0].year, 9999);
  EXPECT_EQ(changed([](State& s) { s.customer.purchases.resize(17); }).purchases.size(), 16U);
  State gap = state;
  gap.session.gap = 3;
  EXPECT_EQ(Again(gap).session.gap, 0U);
}

TEST_F(CustomerStateTest, GoldenBytesOfFormat3) {
  EXPECT_EQ(base::ToHex(BytesOf(RichState(models_, 4), 3)),
            "0303616e6e8086ebb1fa62000473686f70026933ffada60a08040201808060082000619d04400703100a"
            "800405656d61696c02633005656d61696c02633105656d61696c02633205656d61696c0263330461636d"
            "6504086269727468646179072d2d30352d303407636f6e73656e7407736572766963650c636f6e747261"
            "63745f656e640a323032342d30362d3031086c616e67756167650264650001ffe5bf33010003030227cd"
            "b5a3de0ff2bdd6b6d7060000026933020a0001000269330100000269330200d01f808ac9dc6d02693001"
            "d01f80aae3b76c02693001087075726368617365040473686f7002a54954c45857f512bbd0e1c101028e"
            "ce049f0576647af492e7f40e40749656b17173acf7afddbf0c0263300101ffe5bf33ffe5bf3302693002"
            "00ffe5bf3301000101010200020202000109636174616c6f67756501037765620102633001000473686f"
            "7002dfba4369c2974076c4d6bc62000263310101ffc3aa22ffc3aa220269310200ffc3aa220102010101"
            "020002040200010474696c6c010573746f7265010263310180897a0473686f7002cff8fb6095847a92e4"
            "d5c69b02000263320101ffa19511ffa195110269320200ffa19511010001010102000206020001096361"
            "74616c6f67756501037765620102633201030473686f70023896a95f6bd84871fed5d2b9010002633301"
            "020000026933020200000600000200010200020802010474696c6c010573746f72650102633301809bee"
            "020080e8dd0d");
  const std::string rich = BytesOf(RichState(models_, 60), 3);
  EXPECT_EQ(rich.size(), 973U);
  EXPECT_EQ(base::Hash64(rich), 6553097960717165512ULL);
}

}  // namespace
}  // namespace waymark::codec
