#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/text_set.h"
#include "base/time.h"
#include "detect/used_stages.h"
#include "model/condition.h"
#include "model/customer_journeys.h"
#include "model/interaction.h"

namespace waymark::detect {

// What the profile is known to be: name → value, sorted by name.
using ProfileAttributes = std::vector<std::pair<std::string, std::string>>;

// What is known of the customer.
struct CustomerFacts {
  const ProfileAttributes* attributes = nullptr;
  model::Text account;
  model::CustomerStatus status = model::CustomerStatus::kUnspecified;
  std::span<const std::string> campaigns;  // by the time of the last contact
  base::Timestamp first_seen;
  base::Timestamp session_start;
  int64_t session_interactions = 0;
};

// What is known of a journey.
struct JourneyFacts {
  int32_t stage = -1;     // index in the model, -1 before the first
  model::Text station;
  const UsedStages* stages = nullptr;          // null: none was used yet
  int64_t interactions = 0;                    // before this one
  size_t relevant = 0;                         // size of the relevant set, this one included
  std::optional<int64_t> value_micros;
  base::Timestamp started;
  base::Timestamp stage_entered;
  base::Timestamp last_activity;
  const base::TextSet* touchpoints = nullptr;  // used so far; null: none
  const base::TextSet* channels = nullptr;
  std::span<const uint32_t> detected;          // detectors that found something now
};

// Everything that a condition may look at. What it points to lives during the question only.
struct Facts {
  const model::Interaction* interaction = nullptr;  // never null while a condition is asked
  base::Timestamp now;                              // its time, or the moment
  const CustomerFacts* customer = nullptr;          // null: nothing is known
  const JourneyFacts* journey = nullptr;            // null: there is none
};

// What stands for the interaction where only time has passed: none of its fields is present, and
// its kind is SYSTEM.
const model::Interaction& NoInteraction();

// The value of a text field; empty where absent.
model::Text TextOf(const model::FieldRef& field, const Facts& facts);
// The value of a numeric field in millionths (a duration's in millionths of a second); nothing
// where absent.
std::optional<int64_t> MicrosOf(const model::FieldRef& field, const Facts& facts);
bool Exists(const model::FieldRef& field, const Facts& facts);

}  // namespace waymark::detect
