#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/condition.h"
#include "scenario/fields.h"

namespace waymark::scenario {

struct StepResult {
  Facts facts;
  std::vector<Facts> placements;
};

// What came out for one customer. Journeys are called after their family in the order in which they
// begin (purchase-1, purchase-2), sessions 1, 2, 3.
struct CustomerResult {
  std::vector<StepResult> steps;  // the timeline
  std::vector<Facts> signals;     // by time
  std::vector<Facts> journeys;
  Facts profile;
  std::optional<Facts> open_session;
};

// One row of the output as its readers would compare it.
struct CanonicalRow {
  std::string bytes;
  std::string text;  // for people
};

// Everything that came out of one run.
struct Result {
  std::map<std::string, CustomerResult> customers;
  std::vector<Facts> dead_letters;
  int64_t duplicates = 0;
  std::map<std::string, CanonicalRow> canonical;  // by kind of row and its key
};

// An expectation that did not hold.
struct Failure {
  model::Place place;
  std::string customer;  // empty: of none in particular
  std::string what;
  std::string expected;
  std::string found;
};

}  // namespace waymark::scenario
