#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/interaction.h"

namespace waymark::model {

enum class SignalKind : int32_t {
  kUnspecified = 0,
  kStageEntered = 1,
  kStageLeft = 2,
  kSessionStarted = 3,
  kSessionClosed = 4,
  kJourneyStarted = 5,
  kJourneyCompleted = 6,
  kAbandoned = 7,
  kSwitched = 8,
  kNeglected = 9,
  kInactive = 10,
  kReactivated = 11,
  kLoyal = 12,
  kAdvocacy = 13,
  kIrritation = 14,
  kMicroMoment = 15,
  kFirstTouch = 16,
  kFirstPersonalContact = 17,
  kHandover = 18,
  kTargetMissed = 19,
  kLifecycle = 20,
  kPersonaChanged = 21,
  kIdentityMerged = 22,
  kIdentitySplit = 23,
  kIdentityConflict = 24,
  kCustom = 25,
};

// "STAGE_ENTERED"; "SIGNAL_KIND_UNSPECIFIED" for what is not known.
Text ToString(SignalKind kind);
std::optional<SignalKind> ParseSignalKind(Text name);

// What a journey went through before something was found, that interaction left out.
struct JourneyBefore {
  int64_t interactions = 0;       // the first touch included
  int64_t time_ms = 0;            // since the first touch
  std::vector<Text> touchpoints;  // sorted
  std::vector<Text> channels;     // sorted
  friend bool operator==(const JourneyBefore&, const JourneyBefore&) = default;
};

// A journey took unusually long or short from the first entry of a stage to that of another one.
struct TemporalDeviation {
  Text from;                     // stage; the signal is about the one entered
  int64_t time_ms = 0;           // that it took
  int64_t mean_ms = 0;           // as the model's temporal profile says
  int64_t deviation_ms = 0;      // the standard deviation there
  int64_t deviations_milli = 0;  // how far from the mean, in thousandths of that; below 0: faster
  friend bool operator==(const TemporalDeviation&, const TemporalDeviation&) = default;
};

// Something found about a profile; every signal names its detector and the interactions behind it.
struct Signal {
  Text id;  // deterministic, 24 hexadecimal digits
  Text profile_id;
  Text journey_id;
  Text family;
  Text model;
  int32_t model_version = 0;
  SignalKind kind = SignalKind::kUnspecified;
  Text name;
  int64_t time = 0;  // event time at which it became true, ms since epoch
  Text stage;
  Text previous_stage;
  std::optional<int64_t> stage_duration_ms;
  std::optional<int64_t> useful_until;  // ms since epoch; nobody needs it any more after that
  Text detector;
  std::vector<Text> evidence;  // ids of interactions
  std::optional<JourneyBefore> before;  // FIRST_PERSONAL_CONTACT
  Text last_touchpoint;          // ABANDONED, SWITCHED: where the journey was last seen
  Text department;               // HANDOVER: who has it now
  Text previous_department;      // HANDOVER
  std::optional<int64_t> waiting_ms;  // HANDOVER: since the journey's interaction before
  std::optional<TemporalDeviation> temporal_deviation;  // CUSTOM too-slow, too-fast
  int64_t revision = 0;
  bool retracted = false;
  friend bool operator==(const Signal&, const Signal&) = default;
};

}  // namespace waymark::model
