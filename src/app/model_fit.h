#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "detect/baum_welch.h"
#include "model/journey_model.h"

namespace waymark::app {

// One journey of a replay, as a filter sees it.
struct FitJourney {
  int64_t started = 0;                // ms since epoch, of its first interaction
  detect::Observation observation;    // groups: the stages that the rules found, -1 where none
  std::string outcome;                // name of the stage that closed it; empty: it did not close
};

// What is to be learned.
struct FitTask {
  const model::JourneyModel* model = nullptr;
  std::vector<model::FilterSymbol> symbols;
  int states_by_stage = 1;     // hidden states for each stage (and outcome)
  bool labelled = true;        // the rules' stages are known while learning
  bool tells_outcomes = false;  // states are told apart by how the journey ended
  detect::LearnSettings learn;
};

// How well a filter does on journeys that it did not learn from.
struct FitScore {
  int64_t interactions = 0;
  int64_t stages_right = 0;       // the most probable stage is the rules' one
  int64_t journeys = 0;           // closed ones, for what follows
  int64_t outcomes_right = 0;     // the most probable outcome after half of the interactions
  int64_t most_frequent = 0;      // journeys with the outcome most frequent in the learned ones
  std::vector<std::pair<std::string, double>> area_under_curve;  // by outcome, one against the rest
};

// The fields of a symbol's conditions must be those of an interaction. Reads `steps` in the folder
// of a replay, journeys in the order of their start; `scratch` takes what does not fit into memory.
base::Result<std::vector<FitJourney>> ReadJourneys(const std::string& folder,
                                                   const std::string& scratch, const FitTask& task);

// A symbol for each value of the field that occurs in the steps, the most frequent first, as many
// as a filter may have; those beyond are `other`.
base::Result<std::vector<model::FilterSymbol>> FindSymbols(const std::string& folder,
                                                           const std::string& scratch,
                                                           const model::FieldRef& field);

struct Fitted {
  model::FilterRule filter;
  double log_likelihood = 0;  // per interaction
  int rounds = 0;
  size_t learned_from = 0;    // journeys
};
Fitted FitFilter(const FitTask& task, std::span<const FitJourney> journeys,
                 const std::function<bool(int round, double log_likelihood)>& watch);

FitScore ScoreFilter(const model::JourneyModel& model, const model::FilterRule& filter,
                     std::span<const FitJourney> learned, std::span<const FitJourney> others);

// The section `filter` of a model file.
std::string FilterYaml(const model::FilterRule& filter);

}  // namespace waymark::app
