#pragma once

#include <ostream>
#include <vector>

#include "model/journey_model.h"

namespace waymark::test {

// One part of a random sequence.
struct RandomPart {
  int actions = 1;   // as bits
  bool absent = false;
  int least = 1;     // 0: it may be missing
  int more = 0;      // so many times more at most
  int follows = 0;   // as SequencePart::Follows
};

// A random detector, as small numbers; what its kind does not look at means nothing.
struct RandomDetector {
  int kind = 0;      // as Detector::Kind
  std::vector<RandomPart> parts;
  int within = 0;    // in slots; 0: no bound
  bool same = false;
  bool overlapping = false;
  int duration = 1;  // in slots
  int in = 0;        // bits of stages
  int actions = 1;   // as bits
  int times = 1;
  int to = 1;
  bool signals = true;
};

// What a random model has besides its stages.
struct RandomFindings {
  std::vector<RandomDetector> detectors;
  int asking_stage = -1;    // entered also where the first detector has found something
  int relevant_last = 0;    // 0: no rule
  int relevant_within = 0;  // in slots
  int filter = 0;           // 0: none, 1: it warns, 2: it decides
  int usual = 0;            // mean time between any two stages, in slots; 0: no temporal profile
};

// Adds them to a model whose stages are there. `slot` is the unit of time.
void AddFindings(const RandomFindings& random, base::Millis slot, model::JourneyModel& model);

std::ostream& operator<<(std::ostream& out, const RandomFindings& random);

}  // namespace waymark::test
