#include "detect/baum_welch.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/hash.h"

namespace waymark::detect {
namespace {

// A number between 0.5 and 1.5, the same for the same seed and place.
double Jitter(uint64_t seed, uint64_t place) {
  constexpr double kSteps = 1ULL << 53;
  const uint64_t mixed = base::Mix64(seed * 0x9e3779b97f4a7c15ULL + place);
  return 0.5 + static_cast<double>(mixed >> 11) / kSteps;
}

void NormaliseRows(std::vector<double>& matrix, size_t columns) {
  for (size_t row = 0; row * columns < matrix.size(); ++row) {
    double* const begin = &matrix[row * columns];
    const double sum = std::accumulate(begin, begin + columns, 0.0);
    if (sum > 0) std::for_each(begin, begin + columns, [sum](double& value) { value /= sum; });
  }
}

void Normalise(HiddenMarkov& m) {
  NormaliseRows(m.start, m.states);
  NormaliseRows(m.next, m.states);
  NormaliseRows(m.emits, m.symbols);
}

HiddenMarkov Sized(size_t states, size_t symbols, double value) {
  HiddenMarkov m{states, symbols, {}, {}, {}};
  m.start.assign(states, value);
  m.next.assign(states * states, value);
  m.emits.assign(states * symbols, value);
  return m;
}

void Forbid(const std::vector<bool>& may_follow, HiddenMarkov& m) {
  for (size_t i = 0; i < may_follow.size(); ++i) {
    if (!may_follow[i]) m.next[i] = 0;
  }
}

HiddenMarkov FirstGuess(size_t states, size_t symbols, const LearnSettings& settings) {
  HiddenMarkov m = Sized(states, symbols, 1);
  uint64_t place = 0;
  for (auto* matrix : {&m.start, &m.next, &m.emits}) {
    for (double& value : *matrix) value = Jitter(settings.seed, ++place);
  }
  Forbid(settings.may_follow, m);
  Normalise(m);
  return m;
}

// One pass over an observation: expected counts are added up.
class Expectation {
 public:
  Expectation(const HiddenMarkov& markov, const std::vector<int32_t>& group_of_state,
              HiddenMarkov& counts)
      : m_(markov), group_of_state_(group_of_state), counts_(counts) {}

  // The log likelihood; nothing is added, and 0 returned, where it is impossible.
  double Add(const Observation& observation) {
    length_ = observation.symbols.size();
    if (length_ == 0 || !Forward(observation)) return 0;
    Backward(observation);
    Count(observation);
    return std::accumulate(scales_.begin(), scales_.end(), 0.0,
                           [](double sum, double scale) { return sum + std::log(scale); });
  }

 private:
  // How well a state fits what was seen at a place.
  double Fits(const Observation& o, size_t at, size_t state) const {
    const bool allowed = o.groups.empty() || o.groups[at] < 0 ||
                         o.groups[at] == group_of_state_[state];
    return allowed ? m_.Emits(state, o.symbols[at]) : 0;
  }

  bool Forward(const Observation& o) {
    forward_.assign(length_ * m_.states, 0);
    scales_.assign(length_, 0);
    for (size_t at = 0; at < length_; ++at) {
      double* const now = &forward_[at * m_.states];
      if (at == 0) std::copy(m_.start.begin(), m_.start.end(), now);
      // Where the groups are known most states are out of the question.
      for (size_t from = 0; at > 0 && from < m_.states; ++from) {
        const double before = forward_[(at - 1) * m_.states + from];
        if (before == 0) continue;
        for (size_t to = 0; to < m_.states; ++to) now[to] += before * m_.Next(from, to);
      }
      for (size_t to = 0; to < m_.states; ++to) {
        now[to] *= Fits(o, at, to);
        scales_[at] += now[to];
      }
      if (!(scales_[at] > 0)) return false;
      for (size_t s = 0; s < m_.states; ++s) now[s] /= scales_[at];
    }
    return true;
  }

  void Backward(const Observation& o) {
    backward_.assign(length_ * m_.states, 1);
    for (size_t at = length_ - 1; at-- > 0;) {
      double* const now = &backward_[at * m_.states];
      std::fill(now, now + m_.states, 0.0);
      for (size_t to = 0; to < m_.states; ++to) {
        const double after =
            Fits(o, at + 1, to) * backward_[(at + 1) * m_.states + to] / scales_[at + 1];
        if (after == 0) continue;
        for (size_t from = 0; from < m_.states; ++from) now[from] += m_.Next(from, to) * after;
      }
    }
  }

  void Count(const Observation& o) {
    for (size_t at = 0; at < length_; ++at) {
      for (size_t s = 0; s < m_.states; ++s) {
        const double share = forward_[at * m_.states + s] * backward_[at * m_.states + s];
        if (at == 0) counts_.start[s] += share;
        counts_.emits[s * m_.symbols + o.symbols[at]] += share;
        if (at + 1 == length_ || forward_[at * m_.states + s] == 0) continue;
        for (size_t to = 0; to < m_.states; ++to) {
          const double after = Fits(o, at + 1, to) * backward_[(at + 1) * m_.states + to];
          if (after == 0) continue;
          counts_.next[s * m_.states + to] +=
              forward_[at * m_.states + s] * m_.Next(s, to) * after / scales_[at + 1];
        }
      }
    }
  }

  const HiddenMarkov& m_;
  const std::vector<int32_t>& group_of_state_;
  HiddenMarkov& counts_;
  size_t length_ = 0;
  std::vector<double> forward_;   // scaled, place × state
  std::vector<double> backward_;  // scaled, place × state
  std::vector<double> scales_;    // by place
};

}  // namespace

Learned LearnHiddenMarkov(const std::vector<Observation>& observations,
                          const std::vector<int32_t>& group_of_state, size_t symbols,
                          const LearnSettings& settings,
                          const std::function<bool(int, double)>& watch) {
  const size_t states = group_of_state.size();
  Learned learned;
  learned.markov = FirstGuess(states, symbols, settings);
  double length = 0;
  for (const Observation& o : observations) length += static_cast<double>(o.symbols.size());
  double before = -std::numeric_limits<double>::infinity();
  while (length > 0 && learned.rounds < settings.rounds_max) {
    HiddenMarkov counts = Sized(states, symbols, settings.smoothing);
    Forbid(settings.may_follow, counts);
    Expectation expectation(learned.markov, group_of_state, counts);
    double sum = 0;
    for (const Observation& o : observations) sum += expectation.Add(o);
    Normalise(counts);
    learned.markov = std::move(counts);
    learned.log_likelihood = sum / length;
    ++learned.rounds;
    if (watch && !watch(learned.rounds, learned.log_likelihood)) break;
    if (learned.log_likelihood - before < settings.gain_min) break;
    before = learned.log_likelihood;
  }
  return learned;
}

}  // namespace waymark::detect
