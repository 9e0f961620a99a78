// The forward filter, and learning it.
#include "detect/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "detect/baum_welch.h"
#include "model/journey_model.h"

namespace waymark::detect {
namespace {

using testing::ElementsAre;

// The two coins of a text book: one fair, one that shows mostly heads.
constexpr const char* kModel = R"(
family: f
model: m
stages: [{name: fair, enter: {action: x}}, {name: biased, enter: {action: y}}]
filter:
  symbols: [{name: heads, when: {action: heads}}, {name: tails, when: {action: tails}}]
  states:
    - {name: a, stage: fair, outcome: lost, start: 0.5, emits: {heads: 0.5, tails: 0.5},
       next: {a: 0.9, b: 0.1}}
    - {name: b, stage: biased, outcome: won, start: 0.5, emits: {heads: 0.9, tails: 0.1},
       next: {a: 0.2, b: 0.8}}
)";

class FilterTest : public ::testing::Test {
 protected:
  FilterTest() {
    model::ModelSet set = model::ParseModel(kModel, "test");
    for (const model::Fault& fault : set.faults) ADD_FAILURE() << fault.text();
    model_ = std::move(set.models.at(0));
    filter_.emplace(*model_.filter, Names{model_.stages, model_.detectors});
  }
  void See(std::string_view action) {
    model::Interaction i;
    i.action = action;
    i.channel = "web";
    Facts facts;
    facts.interaction = &i;
    filter_->Take(facts, RuleKey(i.action, i.channel), belief_);
  }

  model::JourneyModel model_;
  std::optional<StageFilter> filter_;
  Belief belief_;
};

TEST_F(FilterTest, NothingIsBelievedBeforeAnythingIsSeen) {
  EXPECT_THAT(filter_->StageProbabilities(belief_), ElementsAre(0, 0));
  EXPECT_EQ(StageFilter::MostProbable(filter_->StageProbabilities(belief_)), -1);
  See("something else");
  EXPECT_TRUE(belief_.empty());
}

// By hand: 0.25 and 0.45 of 0.7; then (0.25*0.9+0.45*0.2)*0.5 and (0.25*0.1+0.45*0.8)*0.1.
TEST_F(FilterTest, FollowsTheForwardAlgorithm) {
  See("heads");
  EXPECT_THAT(filter_->StageProbabilities(belief_), ElementsAre(3571, 6429));
  See("tails");
  EXPECT_THAT(filter_->StageProbabilities(belief_), ElementsAre(8036, 1964));
  EXPECT_THAT(filter_->OutcomeProbabilities(belief_), ElementsAre(8036, 1964));
  EXPECT_THAT(filter_->outcomes(), ElementsAre("lost", "won"));
  EXPECT_EQ(StageFilter::MostProbable(filter_->StageProbabilities(belief_)), 0);
  EXPECT_EQ(filter_->LikelyNext(belief_, 0), 1);
  EXPECT_NEAR(StageFilter::Entropy({8036, 1964}) / 10'000.0, 0.7146, 0.0002);
  EXPECT_EQ(StageFilter::Entropy({10'000, 0}), 0);
}

TEST(HiddenMarkov, WhatNoStateEmitsOnlyLetsTimePass) {
  const HiddenMarkov m{2, 2, {1, 0}, {0.5, 0.5, 0, 1}, {1, 0, 1, 0}};
  Belief belief;
  Filter(m, 0, belief);
  EXPECT_THAT(belief, ElementsAre(65535, 0));
  Filter(m, 1, belief);
  EXPECT_THAT(belief, ElementsAre(32768, 32768));
}

// Draws from a model with a generator of its own.
std::vector<Observation> Draw(const HiddenMarkov& m, size_t journeys, size_t length,
                              bool labelled) {
  uint64_t seed = 7;
  const auto draw = [&](const double* weights, size_t count) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    double at = static_cast<double>(seed >> 11) / static_cast<double>(1ULL << 53);
    for (size_t i = 0; i + 1 < count; ++i) {
      if (at < weights[i]) return i;
      at -= weights[i];
    }
    return count - 1;
  };
  std::vector<Observation> drawn(journeys);
  for (Observation& o : drawn) {
    size_t state = draw(m.start.data(), m.states);
    for (size_t i = 0; i < length; ++i) {
      if (i > 0) state = draw(&m.next[state * m.states], m.states);
      o.symbols.push_back(static_cast<uint32_t>(draw(&m.emits[state * m.symbols], m.symbols)));
      if (labelled) o.groups.push_back(static_cast<int32_t>(state));
    }
  }
  return drawn;
}

const HiddenMarkov kTruth{2, 3, {0.8, 0.2}, {0.9, 0.1, 0.3, 0.7}, {0.7, 0.2, 0.1, 0.1, 0.2, 0.7}};

TEST(BaumWelch, WithKnownStatesItCounts) {
  const auto drawn = Draw(kTruth, 400, 50, true);
  const Learned learned = LearnHiddenMarkov(drawn, {0, 1}, 3, {});
  EXPECT_LE(learned.rounds, 3);
  for (size_t i = 0; i < 4; ++i) EXPECT_NEAR(learned.markov.next[i], kTruth.next[i], 0.02);
  for (size_t i = 0; i < 6; ++i) EXPECT_NEAR(learned.markov.emits[i], kTruth.emits[i], 0.02);
}

TEST(BaumWelch, WithHiddenStatesItComesCloseAndNeverGetsWorse) {
  const auto drawn = Draw(kTruth, 400, 50, false);
  std::vector<double> likelihoods;
  const Learned learned =
      LearnHiddenMarkov(drawn, {0, 0}, 3, {.rounds_max = 300, .gain_min = 1e-7},
                        [&](int, double likelihood) {
                          likelihoods.push_back(likelihood);
                          return true;
                        });
  EXPECT_TRUE(std::is_sorted(likelihoods.begin(), likelihoods.end()));
  const bool turned = learned.markov.Emits(0, 0) < learned.markov.Emits(1, 0);
  const size_t first = turned ? 1 : 0;
  EXPECT_NEAR(learned.markov.Emits(first, 0), 0.7, 0.06);
  EXPECT_NEAR(learned.markov.Emits(1 - first, 2), 0.7, 0.06);
  EXPECT_NEAR(learned.markov.Next(first, first), 0.9, 0.06);
}

TEST(BaumWelch, WhatMayNotFollowNeverDoes) {
  const auto drawn = Draw(kTruth, 20, 20, false);
  const Learned learned = LearnHiddenMarkov(
      drawn, {0, 0}, 3, {.rounds_max = 5, .may_follow = {true, false, false, true}});
  EXPECT_EQ(learned.markov.Next(0, 1), 0);
  EXPECT_EQ(learned.markov.Next(1, 0), 0);
  EXPECT_NEAR(learned.markov.Next(0, 0), 1, 1e-12);
}

TEST(BaumWelch, ImpossibleAndEmptyObservationsChangeNothing) {
  std::vector<Observation> drawn = {{{0, 1}, {5, 5}}, {{}, {}}};
  const Learned learned = LearnHiddenMarkov(drawn, {0, 1}, 2, {.rounds_max = 3});
  for (size_t s = 0; s < 2; ++s) {
    EXPECT_NEAR(learned.markov.Emits(s, 0) + learned.markov.Emits(s, 1), 1, 1e-12);
  }
  EXPECT_EQ(LearnHiddenMarkov({}, {0}, 1, {}).rounds, 0);
}

}  // namespace
}  // namespace waymark::detect
