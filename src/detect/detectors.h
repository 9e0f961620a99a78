#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "detect/predicate.h"
#include "detect/rule_index.h"
#include "detect/sequence.h"
#include "model/journey_model.h"

namespace waymark::detect {

// What the detectors of a model remember of one journey. Empty as long as nothing is under way.
struct DetectorState {
  // A value of the field that a bounce looks at.
  struct Turn {
    uint32_t detector = 0;
    uint64_t value = 0;  // hash
    base::Timestamp time;
    std::string id;
    friend bool operator==(const Turn&, const Turn&) = default;
  };
  // A stay in the places that its detector names.
  struct Stay {
    uint32_t detector = 0;
    base::Timestamp since;
    bool found = false;
    friend bool operator==(const Stay&, const Stay&) = default;
  };
  std::vector<Match> matches;      // by detector, then as they began
  std::vector<Turn> turns;         // by detector, then time
  std::vector<Stay> stays;         // by detector
  std::vector<uint32_t> silences;  // found since the last interaction; ascending
  std::vector<uint32_t> wide;      // narrowings whose set was large enough; ascending

  bool IsEmpty() const {
    return matches.empty() && turns.empty() && stays.empty() && silences.empty() && wide.empty();
  }
  friend bool operator==(const DetectorState&, const DetectorState&) = default;
};

struct Finding {
  uint32_t detector = 0;
  std::vector<std::string> evidence;  // ids of interactions
};

// Where a journey stands, for detectors that time sets off.
struct Position {
  int32_t stage = -1;
  int32_t station = -1;
  base::Timestamp last_activity;
};

// The detectors of a model, ready to be asked. Their cost grows with those that an interaction
// could set off and those under way. Immutable; any number of threads may ask.
class Detectors {
 public:
  Detectors() = default;
  Detectors(const std::vector<model::Detector>& detectors, const Names& names);

  bool empty() const { return kinds_.empty(); }

  // Takes an interaction that a journey took, and adds what it leads to, ascending. A detector sees
  // what those before it have found: `detected` is what `facts.journey` looks at.
  void Take(Facts facts, const RuleKey& key, DetectorState& state, std::vector<Finding>& findings,
            std::vector<uint32_t>& detected) const;
  // The journey has come to a position at a time: stays begin and end.
  void Place(const Position& position, base::Timestamp time, DetectorState& state) const;

  // When the next of those that time sets off is due; max(): none is.
  base::Timestamp NextDue(const DetectorState& state, const Position& position) const;
  // What is due then: the first by the order of the file. Nothing where what must hold meanwhile
  // does not; it is over all the same.
  std::optional<Finding> Fire(base::Timestamp due, const Facts& facts, const Position& position,
                              model::Text last_id, DetectorState& state) const;

 private:
  using Kind = model::Detector::Kind;
  // A detector that time sets off, where it does.
  struct Timed {
    base::Millis duration;
    uint32_t detector;
    int32_t station;  // -1: the whole stage
  };
  struct Bounce {
    model::FieldRef between;
    int32_t times = 0;
    std::optional<base::Millis> within;
  };
  struct Narrowing {
    size_t from = 0;
    size_t to = 0;
  };

  using Evidence = std::optional<std::vector<std::string>>;

  void AddTimed(const model::Detector& source, uint32_t detector, const Names& names);
  const Sequence& SequenceOf(uint32_t detector) const { return sequences_[places_[detector]]; }
  Evidence Ask(uint32_t detector, const Facts& facts, DetectorState& state) const;
  Evidence AskSequence(uint32_t detector, const Facts& facts, DetectorState& state) const;
  Evidence AskBounce(uint32_t detector, const Facts& facts, DetectorState& state) const;
  Evidence AskNarrowing(uint32_t detector, const Facts& facts, DetectorState& state) const;
  // Calls `visit` with the silences that count at the position and were not found yet, each list by
  // duration, until it returns true for the list.
  template <class Visit>
  void ForEachSilence(const DetectorState& state, const Position& position, Visit visit) const;
  base::Timestamp StayDue(const DetectorState::Stay& stay) const {
    return stay.found ? base::Timestamp::max() : stay.since + durations_[stay.detector];
  }
  static bool IsAt(const Timed& timed, const Position& position) {
    return timed.station < 0 || timed.station == position.station;
  }

  std::vector<Kind> kinds_;              // by detector
  std::vector<uint32_t> places_;         // by detector: its place among those of its kind
  std::vector<base::Millis> durations_;  // by detector
  std::vector<Predicate> whens_;         // by detector
  std::vector<uint32_t> starters_;       // detectors that an interaction can set off
  RuleIndex index_;                      // of these
  std::vector<Sequence> sequences_;
  std::vector<Bounce> bounces_;
  std::vector<Narrowing> narrowings_;
  std::vector<Timed> silences_;                        // anywhere, by duration
  std::vector<std::vector<Timed>> silences_by_stage_;  // by duration
  std::vector<std::vector<Timed>> stays_by_stage_;     // by detector
};

}  // namespace waymark::detect
