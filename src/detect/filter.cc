#include "detect/filter.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

namespace waymark::detect {
namespace {

constexpr double kTenThousand = 10'000;

template <class Named>
size_t IndexOf(const std::vector<Named>& list, const std::string& name) {
  const auto at = std::find_if(list.begin(), list.end(),
                               [&](const Named& named) { return named.name == name; });
  return static_cast<size_t>(at - list.begin());
}

void Normalise(double* row, size_t size) {
  const double sum = std::accumulate(row, row + size, 0.0);
  if (sum > 0) std::for_each(row, row + size, [sum](double& value) { value /= sum; });
}

}  // namespace

StageFilter::StageFilter(const model::FilterRule& rule, const Names& names)
    : stages_(names.stages.size()) {
  for (const model::FilterSymbol& symbol : rule.symbols) symbols_.emplace_back(symbol.when, names);
  index_ = RuleIndex(symbols_);
  for (const model::FilterState& state : rule.states) {
    if (!state.outcome.empty()) outcomes_.push_back(state.outcome);
  }
  std::sort(outcomes_.begin(), outcomes_.end());
  outcomes_.erase(std::unique(outcomes_.begin(), outcomes_.end()), outcomes_.end());
  HiddenMarkov& m = markov_;
  m.states = rule.states.size();
  m.symbols = rule.symbols.size();
  m.start.resize(m.states);
  m.next.resize(m.states * m.states);
  m.emits.resize(m.states * m.symbols);
  for (size_t s = 0; s < m.states; ++s) {
    const model::FilterState& state = rule.states[s];
    stage_of_state_.push_back(static_cast<int32_t>(IndexOf(names.stages, state.stage)));
    const auto outcome = std::find(outcomes_.begin(), outcomes_.end(), state.outcome);
    outcome_of_state_.push_back(
        outcome == outcomes_.end() ? -1 : static_cast<int32_t>(outcome - outcomes_.begin()));
    m.start[s] = state.start;
    for (const auto& [name, p] : state.next) m.next[s * m.states + IndexOf(rule.states, name)] = p;
    for (const auto& [name, p] : state.emits) {
      m.emits[s * m.symbols + IndexOf(rule.symbols, name)] = p;
    }
    // Who says nothing of what follows stays.
    if (state.next.empty()) m.next[s * m.states + s] = 1;
    Normalise(&m.next[s * m.states], m.states);
    Normalise(&m.emits[s * m.symbols], m.symbols);
  }
  Normalise(m.start.data(), m.states);
}

std::optional<size_t> StageFilter::SymbolOf(const Facts& facts, const RuleKey& key) const {
  std::optional<size_t> seen;
  index_.ForEachCandidate(key, [&](uint32_t symbol) {
    if (!symbols_[symbol].Holds(facts)) return false;
    seen = symbol;
    return true;
  });
  return seen;
}

void StageFilter::Take(const Facts& facts, const RuleKey& key, Belief& belief) const {
  if (const auto symbol = SymbolOf(facts, key)) Filter(markov_, *symbol, belief);
}

namespace {

// How much of the belief falls to each group, in ten-thousandths; what has no group is left out.
std::vector<int32_t> SharesOf(const Belief& belief, const std::vector<int32_t>& group_of_state,
                              size_t groups) {
  std::vector<int32_t> shares(groups, 0);
  const int64_t sum = std::accumulate(belief.begin(), belief.end(), int64_t{0});
  if (sum == 0) return shares;
  std::vector<int64_t> weights(groups, 0);
  for (size_t s = 0; s < belief.size(); ++s) {
    if (group_of_state[s] >= 0) weights[static_cast<size_t>(group_of_state[s])] += belief[s];
  }
  for (size_t group = 0; group < groups; ++group) {
    shares[group] = static_cast<int32_t>(
        std::lround(static_cast<double>(weights[group]) * kTenThousand / static_cast<double>(sum)));
  }
  return shares;
}

}  // namespace

std::vector<int32_t> StageFilter::StageProbabilities(const Belief& belief) const {
  return SharesOf(belief, stage_of_state_, stages_);
}

std::vector<int32_t> StageFilter::OutcomeProbabilities(const Belief& belief) const {
  return SharesOf(belief, outcome_of_state_, outcomes_.size());
}

int32_t StageFilter::Entropy(const std::vector<int32_t>& probabilities) {
  double bits = 0;
  for (const int32_t probability : probabilities) {
    const double p = probability / kTenThousand;
    if (p > 0) bits -= p * std::log2(p);
  }
  return static_cast<int32_t>(std::lround(bits * kTenThousand));
}

int32_t StageFilter::MostProbable(const std::vector<int32_t>& probabilities) {
  const auto most = std::max_element(probabilities.begin(), probabilities.end());
  return most == probabilities.end() || *most == 0
             ? -1
             : static_cast<int32_t>(most - probabilities.begin());
}

int32_t StageFilter::LikelyNext(const Belief& belief, int32_t stage) const {
  std::vector<double> expected(stages_, 0.0);
  for (size_t from = 0; from < belief.size(); ++from) {
    for (size_t to = 0; belief[from] != 0 && to < markov_.states; ++to) {
      expected[static_cast<size_t>(stage_of_state_[to])] += belief[from] * markov_.Next(from, to);
    }
  }
  int32_t best = -1;
  double most = 0;
  for (size_t other = 0; other < stages_; ++other) {
    if (static_cast<int32_t>(other) == stage || expected[other] <= most) continue;
    most = expected[other];
    best = static_cast<int32_t>(other);
  }
  return best;
}

}  // namespace waymark::detect
