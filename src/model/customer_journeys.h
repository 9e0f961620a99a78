#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/interaction.h"

namespace waymark::model {

enum class JourneyStatus : int32_t {
  kUnspecified = 0,
  kOpen = 1,
  kCompleted = 2,
  kAbandoned = 3,
  kSwitched = 4,
  kExpired = 5,
  kRestarted = 6,
};

enum class CustomerStatus : int32_t {
  kUnspecified = 0,
  kProspect = 1,
  kNew = 2,
  kExisting = 3,
  kInactive = 4,
  kFormer = 5,
};

// How far a customer wants to be accompanied; what CONSENT sets.
enum class Consent : int32_t { kUnspecified = 0, kNone = 1, kService = 2, kFull = 3 };

struct ProfileSummary {
  Text id;
  std::vector<Identifier> identifiers;
  Text account;
  TextMap attributes;
  Text target_group;
  Text persona;
  Consent consent = Consent::kUnspecified;
  std::optional<int64_t> first_seen;  // ms since epoch
  std::optional<int64_t> last_seen;
  CustomerStatus customer_status = CustomerStatus::kUnspecified;
  friend bool operator==(const ProfileSummary&, const ProfileSummary&) = default;
};

struct StageSummary {
  Text name;  // the key of the map `stages`
  int64_t visits = 0;
  int64_t time_ms = 0;
  int64_t interactions = 0;
  int64_t satisfaction_sum = 0;
  int64_t satisfaction_count = 0;
  friend bool operator==(const StageSummary&, const StageSummary&) = default;
};

struct JourneySummary {
  Text id;
  std::vector<Text> replaces;  // transport: ids that an earlier fold gave to this journey
  Text family;
  Text model;
  int32_t model_version = 0;
  Text key;
  JourneyStatus status = JourneyStatus::kUnspecified;
  std::optional<int64_t> started;  // ms since epoch
  std::optional<int64_t> last_activity;
  Text stage;
  std::optional<int64_t> stage_entered;
  Text station;
  std::vector<StageSummary> stages;  // in the model's order
  std::vector<Text> touchpoints;     // sorted
  std::vector<Text> channels;        // sorted
  std::vector<Text> relevant_set;    // sorted
  std::optional<int64_t> value_micros;
  friend bool operator==(const JourneySummary&, const JourneySummary&) = default;
};

struct SessionSummary {
  Text id;
  std::optional<int64_t> start;  // ms since epoch
  std::optional<int64_t> last;
  int64_t interactions = 0;
  friend bool operator==(const SessionSummary&, const SessionSummary&) = default;
};

struct TouchpointSummary {
  Text name;  // the key of the map `touchpoints`
  int64_t satisfaction_sum = 0;
  int64_t satisfaction_count = 0;
  friend bool operator==(const TouchpointSummary&, const TouchpointSummary&) = default;
};

// The snapshot record of waymark.journeys, keyed by the profile.
struct CustomerJourneys {
  ProfileSummary profile;
  std::vector<JourneySummary> journeys;
  std::optional<SessionSummary> session;  // the open one
  std::vector<TouchpointSummary> touchpoints;  // those that were rated, by name
  int64_t ratings_waiting = 0;     // for the step that they are about
  int64_t ratings_unresolved = 0;  // they count for their touchpoint alone
  // What follows is transport: not part of the canonical view.
  bool stale = false;
  int64_t covers = 0;  // steps offset up to which this is folded
  int64_t revision = 0;
  Text fold;  // what the processor needs to go on; opaque to others
  Text floor;  // what it keeps of trimmed steps; opaque to others
  Text pending_from;  // the least place of a step that is not folded yet; opaque to others
};

}  // namespace waymark::model
