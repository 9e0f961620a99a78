#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/time.h"
#include "detect/predicate.h"
#include "journey/compiled_model.h"
#include "journey/id_filter.h"
#include "model/customer_journeys.h"
#include "model/interaction.h"

namespace waymark::journey {

// An order key that owns its texts.
struct Position {
  int64_t time = 0;
  int64_t sequence = 0;
  std::string source_system;
  std::string id;

  model::OrderKey view() const { return {time, sequence, source_system, id}; }
  void Set(const model::OrderKey& key);
  friend bool operator==(const Position&, const Position&) = default;
};

struct SessionState {
  base::Id96 id;
  base::Timestamp start;
  base::Timestamp last;
  std::string last_id;  // of its last interaction: evidence for its close
  int64_t interactions = 0;
  bool open = false;
};

struct StageState {
  int64_t visits = 0;
  int64_t time_ms = 0;  // of completed stays
  int64_t interactions = 0;
  int64_t satisfaction_sum = 0;
  int64_t satisfaction_count = 0;
};

// One run of a model.
struct Run {
  base::Id96 id;
  std::vector<base::Id96> replaces;  // ids that an earlier fold gave to this run
  const CompiledModel* model = nullptr;
  std::string key;
  uint32_t ordinal = 0;  // of the runs with this key in the family, from 1
  model::JourneyStatus status = model::JourneyStatus::kOpen;
  base::Timestamp started;
  base::Timestamp last_activity;
  std::string last_id;  // id of the last interaction: evidence for what silence brings
  int64_t interactions = 0;
  int32_t stage = -1;
  base::Timestamp stage_entered;
  int32_t station = -1;
  bool target_missed = false;         // of the present stay
  bool personal_contact = false;      // FIRST_PERSONAL_CONTACT was published
  std::vector<bool> once;             // by signal rule: published, for rules with `once`
  std::vector<bool> visited;          // by stage
  std::vector<StageState> stages;     // by stage
  std::vector<std::string> touchpoints;   // sorted
  std::vector<std::string> channels;      // sorted
  std::vector<std::string> relevant_set;  // sorted
  std::optional<int64_t> value_micros;

  bool is_open() const { return status == model::JourneyStatus::kOpen; }
};

// What remains of a closed run that is no longer kept whole.
struct PastRun {
  uint64_t key_hash = 0;
  uint32_t ordinal = 0;
  int32_t stage = -1;
  const CompiledModel* model = nullptr;
};

struct FamilyState {
  std::vector<Run> runs;       // open and the last closed ones, by start
  std::vector<PastRun> past;   // older closed ones, bounded
};

// Everything that the fold needs to go on with a profile.
struct State {
  std::string profile_id;
  // The last interaction applied, and the latest due time of a timer fired after it or before.
  Position position;
  base::Timestamp fired_until = base::Timestamp::min();
  int64_t interactions = 0;
  IdFilter ids;  // of all interactions; kept by who applies them

  std::vector<std::pair<std::string, std::string>> identifiers;  // namespace, value; sorted
  std::string account;
  detect::ProfileAttributes attributes;  // sorted by name
  model::Consent consent = model::Consent::kUnspecified;
  std::optional<base::Timestamp> first_seen;
  std::optional<base::Timestamp> last_seen;
  bool touched = false;  // FIRST_TOUCH was published

  SessionState session;
  std::vector<FamilyState> families;  // by family of the model set

  // When the earliest timer is due; Timestamp::max() where none is pending.
  base::Timestamp next_due = base::Timestamp::max();

  bool is_new() const { return interactions == 0; }
};

}  // namespace waymark::journey
