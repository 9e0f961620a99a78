#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/condition.h"

namespace waymark::model {

// A stage, or one station of it.
struct StagePart {
  std::string stage;
  std::string station;  // empty: the whole stage
  friend bool operator==(const StagePart&, const StagePart&) = default;
};

// One part of a sequence of interactions.
struct SequencePart {
  // What may lie between this part's interactions and the one before them.
  enum class Follows {
    kLater,     // anything that is not this part's
    kDirectly,  // nothing of the journey
    kAny,       // anything: what is this part's may also be passed over for a later one
  };
  Condition when;
  // It must not come: before the next part does or, as the last part, within the time.
  bool is_absent = false;
  int32_t times_min = 1;  // 0: it may be missing
  int32_t times_max = 1;
  Follows follows = Follows::kLater;
  Place place;
};
inline constexpr size_t kSequencePartsMax = 16;
inline constexpr int32_t kSequenceTimesMax = 1'000;

// Something to be found in the interactions of one journey, or in their absence.
struct Detector {
  enum class Kind {
    kSequence,   // interactions in an order
    kSilence,    // no interaction for `duration`
    kStay,       // in a stage for `duration`
    kBounce,     // back and forth between two values of a field
    kNarrowing,  // the relevant set shrinks
    kInteraction,  // one for which `when` holds
  };
  std::string name;
  Kind kind = Kind::kInteraction;
  Condition when;                      // kInteraction; kSilence, kStay: must hold as they are found
  std::vector<SequencePart> sequence;  // the first is neither absent nor optional
  std::optional<base::Millis> within;  // kSequence, kBounce: shorter from first to last
  std::vector<FieldRef> same;          // kSequence: text fields in which all interactions agree
  bool overlapping = false;            // kSequence: those under way go on after one is found
  base::Millis duration{0};            // kSilence, kStay
  std::vector<StagePart> in;           // kSilence, kStay: only here; empty: anywhere
  FieldRef between;                    // kBounce: a text field of the interaction
  int32_t times = 0;                   // kBounce: so many returns
  int32_t from = 0;                    // kNarrowing: from at least so many
  int32_t to = 0;                      // kNarrowing: to at most so many
  Place place;
};
inline constexpr size_t kDetectorsMax = 10'000;
inline constexpr int32_t kBounceTimesMax = 16;

// Found as time passes, with no interaction.
inline bool IsTimed(const Detector& detector) {
  return detector.kind == Detector::Kind::kSilence || detector.kind == Detector::Kind::kStay ||
         (detector.kind == Detector::Kind::kSequence && !detector.sequence.empty() &&
          detector.sequence.back().is_absent);
}

}  // namespace waymark::model
