#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/text_set.h"
#include "base/time.h"
#include "detect/detectors.h"
#include "detect/facts.h"
#include "detect/hidden_markov.h"
#include "detect/used_stages.h"
#include "journey/compiled_model.h"
#include "journey/id_filter.h"
#include "journey/migration.h"
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
  uint32_t gap = 0;     // that counts after its last interaction: CompiledCustomer::GapOf
  bool open = false;
};

// What the rules of the customer file remember.
struct CustomerState {
  struct Purchase {
    base::Timestamp time;
    std::string id;
  };
  // An interaction that nothing has answered yet.
  struct Wait {
    uint32_t rule = 0;
    base::Timestamp since;
    std::string id;
  };
  // A day to come.
  struct Date {
    uint32_t rule = 0;
    int32_t year = 0;  // in which the day is kept
    base::Timestamp due;
    std::string id;    // of the interaction that brought it
  };

  // As it is while not inactive; unspecified where no rule finds it.
  model::CustomerStatus status = model::CustomerStatus::kUnspecified;
  bool inactive = false;
  bool bought_in_session = false;   // what else is bought in the session belongs to the purchase
  base::Timestamp new_since;        // of a new customer
  std::vector<Purchase> purchases;  // the last ones, as many as make a customer loyal
  std::vector<Wait> waits;          // one a rule at most, by rule
  std::vector<Date> dates;          // one a rule at most, by rule
};

// What later ratings may be about, those that wait for it, and the scores by touchpoint.
struct RatingState {
  struct Touchpoint {
    std::string name;
    int64_t satisfaction_sum = 0;
    int64_t satisfaction_count = 0;
    std::string channel = {};  // by which it was used last; only where measures are kept
  };
  // Where a step stands in one family.
  struct Place {
    uint32_t family = 0;
    uint32_t run = 0;  // the low word of its id
    int32_t stage = 0;
    friend bool operator==(const Place&, const Place&) = default;
  };
  // A step that a rating may be about. Of its id and order 32 bits of a hash are known.
  struct Step {
    base::Timestamp time;
    uint32_t id = 0;
    uint32_t order = 0;       // 0: it is about none
    uint32_t touchpoint = 0;  // its place in `touchpoints`, from 1; 0: none
    uint32_t places = 0;      // how many of `places` are its own
  };
  enum class By : uint8_t { kId, kTouchpoint, kOrder };
  // A rating whose step has not come.
  struct Waiting {
    base::Timestamp since;
    std::string source_system;
    std::string id;
    By by = By::kId;
    uint32_t hash = 0;       // of the id or order it is about
    base::Timestamp time;    // of the step it is about, where the touchpoint names it
    std::string touchpoint;  // that it is about, as far as it says
    std::optional<int32_t> satisfaction;
    std::optional<int32_t> nps;
    std::optional<int32_t> emotion;
    std::optional<int32_t> need_fulfilment;
  };

  std::vector<Touchpoint> touchpoints;  // in the order of their first use, bounded
  std::vector<Step> steps;              // the last ones, oldest first
  std::vector<Place> places;            // of the steps, one after the other
  std::vector<Waiting> waiting;         // oldest first
  int64_t resolved = 0;                 // ratings about another step that was found
  int64_t unresolved = 0;               // those that count for their touchpoint alone
};

// A value that a rule for the relevant set has seen.
struct Considered {
  std::string value;
  base::Timestamp time;
  friend bool operator==(const Considered&, const Considered&) = default;
};

// The way of a run, as measures want to know it. Bounded: what comes later is left out.
struct Trail {
  struct Visit {
    int32_t stage = 0;
    base::Timestamp entered;
    friend bool operator==(const Visit&, const Visit&) = default;
  };
  struct ChannelScore {
    std::string channel;
    int64_t satisfaction_sum = 0;
    int64_t satisfaction_count = 0;
    friend bool operator==(const ChannelScore&, const ChannelScore&) = default;
  };

  std::vector<Visit> visits;  // of stages, in the order in which they were entered
  bool is_cut = false;        // some visits were left out
  base::Timestamp station_entered;  // of a run that stands in a station
  std::vector<ChannelScore> scores;  // by first rating

  bool IsEmpty() const {
    return visits.empty() && !is_cut && scores.empty() && station_entered == base::Timestamp();
  }
  friend bool operator==(const Trail&, const Trail&) = default;
};

// When a run came to a stage for the first time since it began or was opened again.
struct FirstEntry {
  int32_t stage = 0;
  base::Timestamp entered;
  std::string id;  // of the interaction behind it
  friend bool operator==(const FirstEntry&, const FirstEntry&) = default;
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
  base::Timestamp closed;             // of a run that is not open
  int32_t station = -1;
  bool target_missed = false;         // of the present stay
  bool personal_contact = false;      // FIRST_PERSONAL_CONTACT was published
  std::vector<bool> once;             // by signal rule: published, for rules with `once`
  detect::UsedStages stages;
  base::TextSet touchpoints;
  base::TextSet channels;
  base::TextSet relevant_set;
  uint32_t last_touchpoint = 0;  // of an open run: its place in `touchpoints`, from 1; 0: none
  std::string department;        // that has an open run, where interactions show it
  std::vector<Considered> considered;     // oldest first; only where a rule makes the relevant set
  detect::DetectorState detectors;        // of an open run
  detect::Belief belief;                  // of the model's filter, by its states
  Trail trail;                            // of an open run; only where measures are kept
  // Of an open run, in their order; only of stages that its model's temporal profile measures from.
  std::vector<FirstEntry> first_entries;
  bool disagrees = false;                 // filter and rules: the warning was published
  std::optional<int64_t> value_micros;

  bool is_open() const { return status == model::JourneyStatus::kOpen; }
};

// What remains of a closed run that is no longer kept whole.
struct PastRun {
  uint64_t key_hash = 0;
  uint32_t ordinal = 0;
  int32_t stage = -1;
  const CompiledModel* model = nullptr;
  base::Timestamp closed;
};

struct FamilyState {
  std::vector<Run> runs;       // open and the last closed ones, by start
  std::vector<PastRun> past;   // older closed ones, bounded
  // The greatest ordinal among the runs that retention has removed, so that ids never come twice,
  // and a model of the family; 0 and null while none was.
  uint32_t ordinal_removed = 0;
  const CompiledModel* model_removed = nullptr;
};

// A CORRECT command, whole: it changes how another interaction is folded, wherever that stands.
struct Correction {
  Position position;
  std::string bytes;  // the interaction's, canonical
};

// Everything that the fold needs to go on with a profile.
struct State {
  std::string profile_id;
  // Of the models that it was folded under.
  int64_t epoch = 0;
  // The last interaction applied, and the latest due time of a timer fired after it or before.
  Position position;
  base::Timestamp fired_until = base::Timestamp::min();
  int64_t interactions = 0;
  // Of all interactions; kept by who applies them.
  IdFilter ids;
  std::vector<Correction> corrections;  // by position, bounded
  Migrations migrations;  // in the order in which they were found

  std::vector<std::pair<std::string, std::string>> identifiers;  // namespace, value; sorted
  std::string account;
  detect::ProfileAttributes attributes;  // sorted by name
  model::Consent consent = model::Consent::kUnspecified;
  std::vector<std::string> campaigns;    // by last contact; only where a rule asks for them
  std::optional<base::Timestamp> first_seen;
  std::optional<base::Timestamp> last_seen;
  bool touched = false;  // FIRST_TOUCH was published

  SessionState session;
  CustomerState customer;
  RatingState ratings;
  std::vector<FamilyState> families;  // by family of the model set

  // When the earliest timer is due; Timestamp::max() where none is pending.
  base::Timestamp next_due = base::Timestamp::max();
  // When it lapses: an interaction behind this time begins the profile anew. max() as long as a
  // timer is pending or a run is open.
  base::Timestamp lapses_at = base::Timestamp::max();

  bool is_new() const { return interactions == 0; }
};

}  // namespace waymark::journey
