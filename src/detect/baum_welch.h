#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "detect/hidden_markov.h"

namespace waymark::detect {

// What was seen of one journey, in its order.
struct Observation {
  std::vector<uint32_t> symbols;
  // By symbol, the group that the hidden state must belong to, -1 where that is not known; empty:
  // it never is.
  std::vector<int32_t> groups;
};

struct LearnSettings {
  int rounds_max = 100;
  double gain_min = 1e-5;    // of the log likelihood per symbol; less ends the learning
  double smoothing = 0.1;    // so many times everything counts as seen: nothing is impossible
  uint64_t seed = 1;         // of the first guess
  // From × to: which states may follow which; empty: any.
  std::vector<bool> may_follow{};
};

struct Learned {
  HiddenMarkov markov;
  double log_likelihood = 0;  // per symbol, natural logarithm
  int rounds = 0;
};

// Learns a hidden Markov model by expectation and maximisation (L. E. Baum et al. 1970; with the
// scaling of Rabiner 1989, V.A). `group_of_state` says which group each state belongs to. Where all
// groups are known and each has one state, the first round counts what was seen and the second ends
// it. Observations that are impossible under the groups are left out. `watch` is told each round,
// and returns false to stop.
Learned LearnHiddenMarkov(const std::vector<Observation>& observations,
                          const std::vector<int32_t>& group_of_state, size_t symbols,
                          const LearnSettings& settings,
                          const std::function<bool(int round, double log_likelihood)>& watch = {});

}  // namespace waymark::detect
