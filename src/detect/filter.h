#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "detect/hidden_markov.h"
#include "detect/predicate.h"
#include "detect/rule_index.h"
#include "model/journey_model.h"

namespace waymark::detect {

// The filter of a model, ready to be asked. Immutable.
class StageFilter {
 public:
  StageFilter(const model::FilterRule& rule, const Names& names);

  // What an interaction looks like; nothing where no symbol stands for it.
  std::optional<size_t> SymbolOf(const Facts& facts, const RuleKey& key) const;
  // Takes an interaction into what is believed.
  void Take(const Facts& facts, const RuleKey& key, Belief& belief) const;

  // The probability of each stage of the model, in ten-thousandths.
  std::vector<int32_t> StageProbabilities(const Belief& belief) const;
  // How the journey will end, by the states' outcomes, in ten-thousandths; in the order of
  // outcomes().
  std::vector<int32_t> OutcomeProbabilities(const Belief& belief) const;
  // Sorted; empty where no state says one.
  const std::vector<std::string>& outcomes() const { return outcomes_; }
  // Entropy of a distribution, in ten-thousandths of a bit: 0 where one stage is certain.
  static int32_t Entropy(const std::vector<int32_t>& probabilities);
  // The most probable stage, the first of equal ones; -1 where nothing is believed yet.
  static int32_t MostProbable(const std::vector<int32_t>& probabilities);
  // The stage, other than this one, that the next interaction most probably finds; -1: none.
  int32_t LikelyNext(const Belief& belief, int32_t stage) const;

  const HiddenMarkov& markov() const { return markov_; }

 private:
  std::vector<Predicate> symbols_;
  RuleIndex index_;
  HiddenMarkov markov_;
  std::vector<int32_t> stage_of_state_;
  std::vector<int32_t> outcome_of_state_;  // -1: none
  std::vector<std::string> outcomes_;
  size_t stages_ = 0;
};

}  // namespace waymark::detect
