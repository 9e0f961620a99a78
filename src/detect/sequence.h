#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "detect/facts.h"
#include "detect/predicate.h"
#include "model/detector.h"

namespace waymark::detect {

// As many ids are kept of what led to a finding: the first and the last ones.
inline constexpr size_t kEvidenceMax = 32;
// Of one detector and journey; beyond it one is given up.
inline constexpr size_t kMatchesMax = 16;

// A sequence under way in a journey.
struct Match {
  uint32_t detector = 0;
  uint32_t part = 0;   // the part that took the last interaction, of those that come
  uint32_t times = 0;  // how many it has taken
  base::Timestamp first;
  uint64_t same = 0;   // hash of the values in which all agree
  std::vector<std::string> evidence;
  friend bool operator==(const Match&, const Match&) = default;
};

// Finds interactions in an order, in one pass and with what is under way as the only memory: an
// automaton over the parts, as in SASE+ (Agrawal et al., Efficient Pattern Matching over Event
// Streams, SIGMOD 2008). Where the next part and a repetition of the present one could take an
// interaction, the next part does; where it is also what must not come, it has come in time.
// Immutable.
class Sequence {
 public:
  Sequence(const model::Detector& detector, uint32_t number, const Names& names);

  // What sets it off.
  const Predicate& first() const { return parts_.front().when; }

  // Takes an interaction into `matches` (those of this detector, oldest first), ends what can come
  // to nothing, and begins another one. Returns the evidence of what is found, at most one.
  std::optional<std::vector<std::string>> Take(const Facts& facts,
                                               std::vector<Match>& matches) const;

  // When the absence that the match waits for is found; max() where it does not wait.
  base::Timestamp Due(const Match& match) const;
  // Removes what the finding of this match ends, itself included; returns its evidence.
  std::vector<std::string> End(std::vector<Match>& matches, size_t found) const;

 private:
  struct Part {
    Predicate when;
    uint32_t times_min = 1;
    uint32_t times_max = 1;
    model::SequencePart::Follows follows = model::SequencePart::Follows::kLater;
    std::vector<Predicate> absent;  // what must not come before it
  };
  enum class Step { kPassed, kTaken, kTakenAndPassed, kDead };

  bool HasEnded(const Match& match) const;
  bool IsWaiting(const Match& match) const { return !absent_.empty() && HasEnded(match); }
  std::optional<uint64_t> SameOf(const Facts& facts) const;
  Step Advance(const Facts& facts, Match& match) const;
  bool IsBroken(const Facts& facts, const Match& match) const;
  static void Record(const Facts& facts, Match& match);
  void Begin(const Facts& facts, uint64_t same, std::vector<Match>& matches) const;

  uint32_t number_;
  std::vector<Part> parts_;
  std::vector<Predicate> absent_;  // what must not come at the end
  std::optional<base::Millis> within_;
  std::vector<model::FieldRef> same_;
  bool overlapping_;
};

}  // namespace waymark::detect
