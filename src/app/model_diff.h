#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "base/status.h"

namespace waymark::app {

// A change of where customers stand, in words: "comparison (open)"; "-" where there is no journey.
struct PlaceChange {
  std::string family;
  std::string from;
  std::string to;
  friend auto operator<=>(const PlaceChange&, const PlaceChange&) = default;
};

struct ChangedCustomers {
  int64_t customers = 0;
  std::vector<std::string> examples;  // some of them
};

struct SignalName {
  std::string family;
  std::string kind;
  std::string name;
  friend auto operator<=>(const SignalName&, const SignalName&) = default;
};

struct SignalChange {
  int64_t before = 0;
  int64_t after = 0;
  int64_t gone = 0;  // of those before, at their time
  int64_t come = 0;
};

// What another set of models would change for the same interactions.
struct ModelDifference {
  int64_t customers = 0;
  int64_t customers_moved = 0;
  std::map<PlaceChange, ChangedCustomers> moves;
  std::map<SignalName, SignalChange> signals;

  bool IsSame() const;
};

// Compares the outputs of two replays of the same input. A journey is compared by the stage and
// status that the latest one of its family and key has at the end; a signal by what, when and about
// which stage it says. `folder` takes what does not fit into memory.
base::Result<ModelDifference> CompareReplays(const std::string& before, const std::string& after,
                                             const std::string& folder, size_t examples_max);

}  // namespace waymark::app
