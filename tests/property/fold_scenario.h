#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <vector>

#include "journey/fold.h"
#include "model/journey_model.h"
#include "property/random_detectors.h"
#include "support/task_driver.h"

namespace waymark::test {

// Holds for the actions of a set, as bits; for all of the empty one.
model::Condition ActionIn(int bits);

// A random interaction, as small numbers, so that it shrinks well. Equal `system` and `id` within a
// profile make duplicates, identical or differing.
struct RandomEvent {
  int profile = 0;
  int slot = 0;      // event time in steps of ten minutes, so that ties and exact gaps happen
  int sequence = 0;
  int system = 0;
  int id = 0;
  int kind = 0;
  int action = 0;
  int key = 0;       // 0: none
  int value = 0;     // 0: none
  int rating = 0;    // 0: none
  int channel = 0;
  int attribute = 0; // 0: none; what it says about the customer: see AttributeOf()
  int touchpoint = 0; // 0: none
  int order = 0;     // 0: about none
  int about = 0;     // what a rating refers to, 0: nothing; see ReferenceOf()
  int which = 0;     // of those that it may refer to
  bool corrects = false;  // it is a CORRECT command
  int rank = 0;      // place in the order of arrival
  int after = 0;     // what happens after its arrival: see Drive()
};
inline constexpr int kAfterEnd = 13;  // of `after`; what names nothing means: go on

// A random journey model, as small numbers.
struct RandomModel {
  std::vector<int> enters;       // by stage: a set of actions as bits
  std::vector<int> froms;        // by stage: a set of stages as bits; 0: any
  int closes = 0;                // bits of stages that close
  int target_stage = 0;
  int target = 0;                // in slots; 0: none
  bool has_key = false;
  int start = 0;                 // actions as bits; 0: any
  int reentry = 0;               // actions as bits; 0: as `start`
  int reentry_from = 0;          // bits of stages
  int reopen = 0;                // actions as bits; 0: never
  int end = 0;                   // actions as bits; 0: never
  int abandon = 0;               // in slots; 0: never
  int abandon_from = 0;          // bits of stages
  int lifetime = 0;              // in slots; 0: never
  int retention = 0;             // in slots; 0: forever
  bool forward_only = false;
  int signal = 0;                // actions as bits
  bool once = false;
  RandomFindings findings;
};

struct RandomWait {
  int when = 0;       // actions as bits
  int until = 0;      // actions as bits; 0: whatever staff does
  int within = 1;     // in slots
  bool completed = false;
};

struct RandomDate {
  bool every_year = false;
  int before = 0;     // in slots
  int at = 0;         // one of kTimesOfDay
};

// A random customer file, as small numbers.
struct RandomCustomer {
  bool present = false;
  int gap_web = 0;         // in slots; 0: the setting
  int gap_store = 0;
  int length_max = 0;      // in slots; 0: none
  int session_start = 0;   // actions as bits; 0: none
  int session_end = 0;
  bool has_status = false;
  int buy = 0;             // actions as bits; 0: none
  int leave = 0;
  int existing_after = 0;  // in slots; 0: never
  int inactive_after = 0;
  int loyal_purchases = 0; // 0: no rule
  int loyal_within = 1;
  std::vector<RandomWait> waits;
  std::vector<RandomDate> dates;  // of the attributes d0, d1, …
};

struct Scenario {
  std::vector<RandomModel> models;  // each a family of its own
  RandomCustomer customer;
  std::vector<RandomEvent> events;
  int disorder = 0;   // in slots
  int horizon = 0;    // slots after the last event
  bool far = false;   // and two years more
  int retention = 0;  // of the timelines, in slots; 0: without limit
  int profile_retention = 0;  // in slots; 0: profiles never lapse
  bool snapshots = false;
  bool roomy = false;  // a cache that holds everything, or none
  int runs_closed = 1;
  int runs_open = 1;
  int runs_past = 1;
  int refold_depth = 1;  // RefoldSettings
  int refold_batch = 1;
  int refold_waiting = 0;
  int rateable = 1;
  int waiting = 1;
  int rating_wait = 0;  // in slots
};
std::ostream& operator<<(std::ostream& out, const Scenario& scenario);

inline constexpr int kActions = 5;
inline constexpr int kStagesMax = 4;
inline constexpr int kAttributes = 9;
inline constexpr int kTimesOfDay = 4;
inline constexpr base::Millis kSlot{10 * 60 * 1000};
base::Timestamp TimeOf(int slot);

std::vector<model::JourneyModel> ModelsOf(const Scenario& scenario);
std::optional<model::CustomerModel> CustomerOf(const Scenario& scenario);
journey::FoldSettings SettingsOf(const Scenario& scenario);
Sent SentOf(const RandomEvent& event);
base::Timestamp HorizonOf(const Scenario& scenario);

// The events by which the contract says that duplicates are decided, in their order: worked out
// here without the code under test.
std::vector<RandomEvent> Distinct(const std::vector<RandomEvent>& events);
// The events as they count: where corrections are about them, with the channel and action of these.
std::vector<RandomEvent> Effective(std::vector<RandomEvent> distinct);
// The number of sessions, counted without the code under test.
int64_t CountSessions(const std::vector<RandomEvent>& effective, const RandomCustomer& customer);

// Sends the events by rank, with batches, snapshots, flushes, evictions and reloads as they say,
// then brings the horizon to the final one.
struct Driven {
  std::vector<RandomEvent> accepted;
  int64_t refused = 0;  // the timelines did not reach back so far any more
};
// `between` is called between the batches.
Driven Drive(const Scenario& scenario, TaskDriver& driver,
             const std::function<void()>& between = {});
// A model of a family by number, as its first version.
model::JourneyModel ModelOf(const RandomModel& random, size_t number);

}  // namespace waymark::test
