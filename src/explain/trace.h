#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "journey/fold.h"
#include "model/signal.h"
#include "model/step.h"

namespace waymark::explain {

// A profile's timeline, to be folded again. What it names outlives it.
struct Timeline {
  const journey::Fold& fold;
  const journey::State& floor;         // from which on the steps are folded
  std::span<const model::Step> steps;  // in their order
  base::Timestamp horizon;
};

// The interaction of a step as it counts: corrected, where it was.
const model::Interaction& CountedOf(const model::Step& step);

// Folds the timeline and calls `visit` with each signal and the step that brought it (null: time
// did), as long as it returns true.
using SignalVisitor = std::function<bool(const model::Signal&, const model::Step*)>;
void ForEachSignal(const Timeline& timeline, const SignalVisitor& visit);

using Probabilities = std::vector<std::pair<std::string, double>>;  // by stage

// How a signal came about.
struct Cause {
  const model::Step* step = nullptr;  // that brought it; null: time did
  // Of what a sequence has found: by evidence, the part that it matched, counted as in the model
  // from 0; -1 where that is not known any more.
  std::vector<int32_t> parts;
  // By the model's filter, before and after the step; empty where none runs.
  Probabilities before;
  Probabilities after;
  std::string entered;        // STAGE_LEFT: the stage that it was left for
  std::string customer_name;  // the profile's attribute `name`
};

using SignalIds = std::set<std::string, std::less<>>;

// Signals and their causes.
class Trace {
 public:
  // Folds the timeline and calls `visit` at each of these signals that it brings, once each; ends
  // behind the last one.
  void ForEach(const Timeline& timeline, SignalIds wanted, const std::function<void()>& visit);
  // The signal at hand and its cause. Their texts live until the next one or the end of the trace.
  const model::Signal& signal() const { return signal_; }
  const Cause& cause() const { return cause_; }

 private:
  using Evidence = std::span<const std::string>;
  void Watch(const model::Interaction& interaction);
  // False once no more signals are wanted.
  bool Take(const model::Step* step, const std::function<void()>& visit);
  void Tell(const model::Signal& signal, const model::Step* step, Probabilities before);
  Probabilities ProbabilitiesOf(std::string_view journey_id) const;
  void NoteProbabilities();
  void TellParts();
  int32_t PartOf(uint32_t detector, Evidence evidence) const;

  journey::State state_;
  model::Signal signal_;
  Cause cause_;
  SignalIds wanted_;
  journey::Effects effects_;
  // The part that took the last of these interactions: run, detector and ids → part.
  std::map<std::string, int32_t, std::less<>> parts_;
  std::map<std::string, Probabilities, std::less<>> probabilities_;  // by journey, so far
};

}  // namespace waymark::explain
