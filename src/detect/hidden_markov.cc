#include "detect/hidden_markov.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace waymark::detect {
namespace {

constexpr double kFull = 65'535;

void Quantise(const std::vector<double>& weights, double sum, Belief& belief) {
  belief.resize(weights.size());
  for (size_t i = 0; i < weights.size(); ++i) {
    belief[i] = static_cast<uint16_t>(std::lround(weights[i] / sum * kFull));
  }
}

}  // namespace

void Filter(const HiddenMarkov& markov, size_t symbol, Belief& belief) {
  std::vector<double> expected = markov.start;
  if (!belief.empty()) {
    std::fill(expected.begin(), expected.end(), 0.0);
    for (size_t from = 0; from < markov.states; ++from) {
      if (belief[from] == 0) continue;
      for (size_t to = 0; to < markov.states; ++to) {
        expected[to] += belief[from] * markov.Next(from, to);
      }
    }
  }
  std::vector<double> seen(markov.states);
  for (size_t s = 0; s < markov.states; ++s) seen[s] = expected[s] * markov.Emits(s, symbol);
  const double sum = std::accumulate(seen.begin(), seen.end(), 0.0);
  if (sum > 0) return Quantise(seen, sum, belief);
  const double passed = std::accumulate(expected.begin(), expected.end(), 0.0);
  if (passed > 0) Quantise(expected, passed, belief);
}

}  // namespace waymark::detect
