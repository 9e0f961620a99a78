#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/interaction.h"

namespace waymark::model {

struct StageProbability {
  Text stage;
  double probability = 0;
  friend bool operator==(const StageProbability&, const StageProbability&) = default;
};

// Where an interaction stands in one family: the journey and the stage it belongs to.
struct Placement {
  Text family;
  Text model;
  int32_t model_version = 0;
  Text journey_id;
  Text stage;           // empty: the journey has no stage yet
  Text previous_stage;  // set where this interaction changed the stage
  std::optional<int64_t> stage_entered;  // ms since epoch
  Text station;
  Text department;
  // Where a filter runs: how probable each stage is, how uncertain that leaves it, in bits, and the
  // stage most likely to come.
  std::vector<StageProbability> stage_probabilities;
  Text next_stage;
  std::optional<double> stage_entropy;
  std::vector<StageProbability> outcome_probabilities;  // how the journey will end, by its name
  friend bool operator==(const Placement&, const Placement&) = default;
};

// The step that a rating is about, which lies before it.
struct RatedStep {
  Text touchpoint;
  std::optional<int64_t> time;        // ms since epoch
  std::vector<Placement> placements;  // family, model, version, journey and stage of it
  friend bool operator==(const RatedStep&, const RatedStep&) = default;
};

// A rating that came before the step that it is about.
struct StepRating {
  Text source_system;
  Text id;
  Rating rating;  // without comment
  friend bool operator==(const StepRating&, const StepRating&) = default;
};

struct Origin {
  Text topic;  // the file's base name in replay
  int32_t partition = 0;
  int64_t offset = 0;  // the line in replay
  Text traceparent = {};  // of the record's headers (W3C Trace Context); empty: none
  friend bool operator==(const Origin&, const Origin&) = default;
};

// An interaction as placed: the log record of waymark.steps, keyed by the profile.
struct Step {
  Interaction interaction;
  // The interaction's serialised bytes. The encoder writes these where they are not empty; the
  // decoder sets them beside the decoded interaction.
  Text interaction_bytes;
  Text profile_id;
  Text session_id;
  std::optional<int64_t> session_start;  // ms since epoch
  Text persona;
  Text target_group;
  std::vector<Placement> placements;
  std::optional<RatedStep> rated;
  std::vector<StepRating> ratings;
  std::optional<Interaction> corrected;  // as it counts, where a CORRECT command changed it
  // What follows is transport: not part of the canonical view.
  int64_t revision = 0;
  bool retracted = false;
  Text moved_to;
  Origin origin;
  int64_t processed_time = 0;  // ms since epoch
  // Where in time another copy of this interaction stood, which this one replaces.
  std::optional<int64_t> replaced_time;  // ms since epoch
  int64_t replaced_sequence = 0;
  bool pending = false;  // not folded yet: its placements follow with a higher revision
};

}  // namespace waymark::model
