// What ratings may be about, and those that wait: from format 4 on.
#include <gtest/gtest.h>

#include "base/hash.h"
#include "unit/codec_state/states.h"

namespace waymark::codec {
namespace {

using journey::RatingState;
using journey::State;

class RatingsStateTest : public ::testing::Test {
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

TEST_F(RatingsStateTest, ComeBackWhole) {
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

// An older process must not meet what it cannot read; it could not tell a rating's step either.
TEST_F(RatingsStateTest, OlderFormatsLeaveThemOut) {
  const State state = Rated(7);
  for (int format = kStateFormatOldest; format < kStateFormatWithRatings; ++format) {
    EXPECT_EQ(BytesOf(state, format)[0], format);
    const State again = Again(state, format);
    EXPECT_TRUE(again.ratings.steps.empty());
    EXPECT_TRUE(again.ratings.waiting.empty());
    EXPECT_EQ(again.ratings.resolved, 0);
    EXPECT_EQ(again.families[0].runs.size(), state.families[0].runs.size());
  }
}

TEST_F(RatingsStateTest, WhatContradictsItselfIsRefused) {
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

TEST_F(RatingsStateTest, AStepTakesFewBytes) {
  State with = RichState(models_, 60);
  const size_t steps = with.ratings.steps.size();
  const size_t bytes = BytesOf(with).size();
  with.ratings = {};
  EXPECT_EQ(steps, 60U);
  EXPECT_LE(bytes - BytesOf(with).size(), 16 * steps);
}

TEST_F(RatingsStateTest, GoldenBytesOfFormat4) {
  EXPECT_EQ(base::ToHex(BytesOf(Rated(2))), "");
}

}  // namespace
}  // namespace waymark::codec
