#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "model/condition.h"

namespace waymark::model {

// A class of interactions that look alike to a filter.
struct FilterSymbol {
  std::string name;
  Condition when;
  Place place;
};

// A hidden state of a journey.
struct FilterState {
  std::string name;
  std::string stage;                    // where a journey in this state stands
  std::string outcome;                  // how it will end; empty: nothing is said of that
  double start = 0;                     // probability that a journey begins in it
  std::map<std::string, double> emits;  // symbol → probability that it is seen in this state
  std::map<std::string, double> next;   // state → probability that it is the next one
  Place place;
};

// A hidden Markov model over the stages (L. R. Rabiner, A Tutorial on Hidden Markov Models, 1989),
// filtered as the interactions come.
struct FilterRule {
  bool decides = false;   // the stage is the most probable one; else the rules decide
  bool warns = false;     // a signal where the two disagree
  double warn_from = 0.8;  // and the filter is so sure
  std::vector<FilterSymbol> symbols;  // asked in this order; the first that holds is what is seen
  std::vector<FilterState> states;
};
inline constexpr size_t kFilterStatesMax = 64;
inline constexpr size_t kFilterSymbolsMax = 256;

}  // namespace waymark::model
