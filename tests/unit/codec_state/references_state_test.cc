// What ratings may be about, and those that wait: from format 4 on.
#include <gtest/gtest.h>

#include "base/hash.h"
#include "unit/codec_state/states.h"

namespace waymark::codec {
namespace {

using journey::RatingState;
using journey::State;

class ReferencesStateTest : public ::testing::Test {
 protected:
  State Again(const State& state, int format = kStateFormatNewest) const {
    State decoded = RichState(models_, 2);  // what was there before is gone
    const base::Status status = DecodeState(BytesOf(state, format), models_, decoded);
    EXPECT_TRUE(status.ok()) << status.text();
    return decoded;
  }
  static std::string Refused(const State& state, const journey::CompiledModels& models) {
    State decoded;
    return DecodeState(BytesOf(state), models, decoded).message();
  }

  // As the fold leaves it, and with two ratings that wait.
  State Rated(int interactions) const {
    State state = RichState(models_, interactions);
    RatingState& ratings = state.ratings;
    ratings.resolved = 3;
    ratings.unresolved = 2;
    ratings.waiting.push_back({{1'700'000'000'001}, "shop", "r1", RatingState::By::kTouchpoint, 0,
                               {1'699'999'999'999}, "till", 5, 10, -2, 1});
    ratings.waiting.push_back({{1'700'000'000'002}, "", "r2", RatingState::By::kOrder, 0xffffffff,
                               {}, "", {}, {}, {}, {}});
    return state;
  }

  journey::CompiledModels models_ = StateModels();
};

TEST_F(ReferencesStateTest, ComeBackWhole) {
  for (const int interactions : {1, 2, 3, 7, 20, 60, 100}) {
    const State state = Rated(interactions);
    const State again = Again(state);
    EXPECT_EQ(BytesOf(again), BytesOf(state));
    const RatingState& want = state.ratings;
    const RatingState& have = again.ratings;
    ASSERT_EQ(have.touchpoints.size(), want.touchpoints.size());
    for (size_t i = 0; i < want.touchpoints.size(); ++i) {
      EXPECT_EQ(have.touchpoints[i].name, want.touchpoints[i].name);
      EXPECT_EQ(have.touchpoints[i].satisfaction_sum, want.touchpoints[i].satisfaction_sum);
      EXPECT_EQ(have.touchpoints[i].satisfaction_count, want.touchpoints[i].satisfaction_count);
    }
    ASSERT_EQ(have.steps.size(), want.steps.size());
    ASSERT_GT(have.steps.size(), 0U);
    for (size_t i = 0; i < want.steps.size(); ++i) {
      EXPECT_EQ(have.steps[i].time, want.steps[i].time);
      EXPECT_EQ(have.steps[i].id, want.steps[i].id);
      EXPECT_EQ(have.steps[i].order, want.steps[i].order);
      EXPECT_EQ(have.steps[i].touchpoint, want.steps[i].touchpoint);
      EXPECT_EQ(have.steps[i].places, want.steps[i].places);
    }
    EXPECT_EQ(have.places, want.places);
    EXPECT_EQ(have.resolved, 3);
    EXPECT_EQ(have.unresolved, 2);
    ASSERT_EQ(have.waiting.size(), 2U);
    const RatingState::Waiting& first = have.waiting[0];
    EXPECT_EQ(first.since, want.waiting[0].since);
    EXPECT_EQ(first.source_system, "shop");
    EXPECT_EQ(first.id, "r1");
    EXPECT_EQ(first.by, RatingState::By::kTouchpoint);
    EXPECT_EQ(first.time, want.waiting[0].time);
    EXPECT_EQ(first.touchpoint, "till");
    EXPECT_EQ(first.satisfaction, 5);
    EXPECT_EQ(first.nps, 10);
    EXPECT_EQ(first.emotion, -2);
    EXPECT_EQ(first.need_fulfilment, 1);
    EXPECT_EQ(have.waiting[1].hash, 0xffffffff);
    EXPECT_EQ(have.waiting[1].satisfaction, std::nullopt);
  }
}

TEST_F(ReferencesStateTest, CorrectionsComeBackWhole) {
  State state = Rated(3);
  state.corrections.push_back({{1'700'000'000'000, -1, "shop", "f1"}, std::string("\0\x01", 2)});
  state.corrections.push_back({{1'700'000'000'000, 7, "", "f2"}, ""});
  const State again = Again(state);
  EXPECT_EQ(BytesOf(again), BytesOf(state));
  ASSERT_EQ(again.corrections.size(), 2U);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(again.corrections[i].position, state.corrections[i].position);
    EXPECT_EQ(again.corrections[i].bytes, state.corrections[i].bytes);
  }
  EXPECT_TRUE(Again(Rated(3)).corrections.empty());
  EXPECT_TRUE(Again(state, 3).corrections.empty());
}

// An older process must not meet what it cannot read; it could not tell a rating's step either.
TEST_F(ReferencesStateTest, OlderFormatsLeaveThemOut) {
  const State state = Rated(7);
  for (int format = kStateFormatOldest; format < kStateFormatWithReferences; ++format) {
    EXPECT_EQ(BytesOf(state, format)[0], format);
    const State again = Again(state, format);
    EXPECT_TRUE(again.ratings.steps.empty());
    EXPECT_TRUE(again.ratings.waiting.empty());
    EXPECT_EQ(again.ratings.resolved, 0);
    EXPECT_EQ(again.families[0].runs.size(), state.families[0].runs.size());
  }
}

TEST_F(ReferencesStateTest, WhatContradictsItselfIsRefused) {
  const auto refused = [&](auto change) {
    State state = Rated(3);
    change(state.ratings);
    return Refused(state, models_);
  };
  EXPECT_EQ(refused([](RatingState&) {}), "");
  const std::string kMalformed = "stored state: malformed ratings";
  EXPECT_EQ(refused([](RatingState& r) { r.steps[0].touchpoint = 9; }), kMalformed);
  EXPECT_EQ(refused([](RatingState& r) { r.places[0].family = 1; }), kMalformed);
  EXPECT_EQ(refused([](RatingState& r) { r.places[0].stage = -1; }), kMalformed);
  EXPECT_EQ(refused([](RatingState& r) { r.waiting[0].by = RatingState::By{3}; }), kMalformed);
  EXPECT_EQ(refused([](RatingState& r) {
              r.places.insert(r.places.begin(), r.places[0]);
              ++r.steps[0].places;
            }),
            kMalformed)
      << "a step stands once in a family";
}

TEST_F(ReferencesStateTest, AStepTakesFewBytes) {
  State with = RichState(models_, 60);
  const size_t steps = with.ratings.steps.size();
  const size_t bytes = BytesOf(with).size();
  with.ratings = {};
  EXPECT_EQ(steps, 60U);
  EXPECT_LE(bytes - BytesOf(with).size(), 20 * steps) << "in turns in five journeys";
}

TEST_F(ReferencesStateTest, GoldenBytesOfFormat4) {
  EXPECT_EQ(base::ToHex(BytesOf(Rated(2), kStateFormatWithReferences)),
            "0403616e6e80c2c08ffa62020473686f70026931ffc4b90f040202010080400820000198040005000002"
            "800205656d61696c02633005656d61696c0263310461636d650207636f6e73656e740773657276696365"
            "086c616e67756167650264650201ffa19511010005010dcda6c37096b6d1ae8d92eb0400000269310202"
            "09636174616c6f67756502020474696c6c020402ffa1951187dc89fa0100010200bbd0e1c1010080a295"
            "11eadadb870600020200c4d6bc620002fda195110473686f70027231010081a295110474696c6c010a01"
            "1401030102fba195110002723202ffffffff0fffc1c08ffa620000000000060401087075726368617365"
            "020473686f7002a54954c45857f512bbd0e1c101028ece049f0576647af492e7f40e40749656b17173ac"
            "f7afddbf0c0263300101ffa19511ffa195110269300200ffa19511018001010101020002020200010963"
            "6174616c6f6775650103776562010263300100010473686f7002dfba4369c2974076c4d6bc6200026331"
            "01010000026931020000018201010101020002040200010474696c6c010573746f726501026331018089"
            "7a010080dddb01");
}

}  // namespace
}  // namespace waymark::codec
