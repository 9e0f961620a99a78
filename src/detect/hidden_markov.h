#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace waymark::detect {

// A hidden Markov model with discrete observations. Matrices are row by row.
struct HiddenMarkov {
  size_t states = 0;
  size_t symbols = 0;
  std::vector<double> start;  // by state
  std::vector<double> next;   // from × to
  std::vector<double> emits;  // state × symbol

  double Next(size_t from, size_t to) const { return next[from * states + to]; }
  double Emits(size_t state, size_t symbol) const { return emits[state * symbols + symbol]; }
};

// How much is believed in each state, in 65,535ths: kept and compared without rounding. Empty:
// nothing was seen yet.
using Belief = std::vector<uint16_t>;

// One step of the forward algorithm (Rabiner 1989, III.A, scaled): what is believed after a symbol
// is seen. A symbol that no reachable state can emit tells nothing but that time has passed.
void Filter(const HiddenMarkov& markov, size_t symbol, Belief& belief);

}  // namespace waymark::detect
