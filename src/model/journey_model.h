#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/condition.h"
#include "model/customer_journeys.h"
#include "model/customer_model.h"
#include "model/detector.h"
#include "model/filter_rule.h"
#include "model/intervention.h"
#include "model/signal.h"
#include "model/temporal_profile.h"

namespace waymark::model {

// The nine dimensions of a stage, as people draw them; free text except the names they refer to.
struct StageDimensions {
  std::vector<std::string> customer_activities;
  std::string customer_goal;
  std::vector<std::string> touchpoints_online;
  std::vector<std::string> touchpoints_offline;
  std::string company_goal;
  std::vector<std::string> kpis;
  std::string organisational_activity;
  std::string owner;                       // department that answers for the stage
  std::vector<std::string> participants;   // further departments
  std::vector<std::string> systems;
};

struct StageTargets {
  std::optional<base::Millis> duration;     // a longer stay misses the target
  std::optional<double> satisfaction;       // 1 to 5
  std::optional<double> conversion;         // share of journeys that go on, 0 to 1
};

struct Station {
  std::string name;
  Condition when;
  Place place;
};

struct Stage {
  std::string name;
  std::map<std::string, std::string> titles;  // language → title
  StageDimensions dimensions;
  StageTargets targets;
  // Moves the journey here. A first stage without rule is where a run begins whose first
  // interaction enters no other stage; ParseModel writes that out as a condition.
  Condition enter;
  std::vector<std::string> from;     // only from these stages; empty: from any
  std::optional<JourneyStatus> closes;  // entering ends the journey with this status
  std::vector<Station> stations;
  Place place;
};

struct Touchpoint {
  std::string name;
  std::string channel;
  bool online = true;
  std::string owner;
  std::vector<std::string> purposes;  // dialogue, offer, data_collection
};

// What a persona needs and expects at one place of the journey.
struct PersonaNeed {
  StagePart at;
  std::string need;
  std::string expects_of_brand;
  std::string expects_of_product;
  std::string expects_of_service;
  std::vector<std::string> requirements;
};

// A type of customer that the model is drawn for.
struct Persona {
  std::string name;
  std::map<std::string, std::string> titles;
  std::string target_group;
  std::string description;
  std::vector<PersonaNeed> needs;
  Place place;
};

// A rule that publishes a signal: for single interactions, or for what a detector finds.
struct SignalRule {
  std::string name;
  SignalKind kind = SignalKind::kCustom;
  Condition when;
  std::optional<size_t> detector;  // of the model: whenever it finds something, if `when` holds
  bool once = false;               // at most one a journey
  std::optional<base::Millis> useful_for;  // nobody needs it any more so long after its time
  Place place;
};

// An interaction that closes the open run with a status and leaves its stage as it is: a customer
// who goes to a competitor, whatever stage that happens in.
struct EndRule {
  Condition when;
  JourneyStatus status = JourneyStatus::kCompleted;
  Place place;
};

// What is still under consideration: the different values of a field among the last interactions
// that speak of it.
struct RelevantSetRule {
  FieldRef of;
  Condition when;                      // which interactions speak of it
  Condition out;                       // takes its value out of the set
  int32_t last = 0;                    // of so many of them
  std::optional<base::Millis> within;  // and no older than this
};
inline constexpr int32_t kRelevantLastMax = 32;

// What shows which department has a journey.
enum class Handovers {
  kOwner,       // the stage: its owner
  kDepartment,  // the interaction: its source's department; where it names none, as kOwner
};

struct JourneyRules {
  std::optional<FieldRef> key;  // tells parallel journeys apart
  Condition start;              // an interaction that may start a run
  // An interaction that starts another run though the last is closed or, where `reentry_from` names
  // stages, though it is open in one of them (which completes it). Its facts are those of that last
  // run. Default: as `start`.
  std::optional<Condition> reentry;
  std::vector<std::string> reentry_from;
  std::optional<base::Millis> abandon_after;  // silence that abandons an open run
  std::vector<StagePart> abandon_from;        // only while the run stands here; empty: anywhere
  std::optional<base::Millis> lifetime;       // a run older than this expires
  std::optional<base::Millis> retention;      // a run is forgotten so long after it was closed
  bool forward_only = false;                  // stages never go back
  Handovers handovers = Handovers::kOwner;
  Condition value;                            // whose `value_micros` the journey's value sums
  std::vector<EndRule> ends;         // asked in order after the stages; the first that holds closes
  // An interaction that opens the last run again though it is closed; asked before `reentry`.
  std::optional<Condition> reopen;
  // Without it all products that occur are relevant.
  std::optional<RelevantSetRule> relevant_set;
};

// What becomes of a run that is open under an older version of its model when a version takes
// effect.
enum class Fate : uint8_t {
  kPin,      // it goes on under the version that it began with
  kRestart,  // it ends as RESTARTED, and a run under the new version begins
  kMigrate,  // it is folded again as though it had begun under the new version
};
std::string_view ToString(Fate fate);

// One journey model: what people draw as a map, and the rules that find where a journey stands.
struct JourneyModel {
  std::string family;
  std::string name;
  int32_t version = 1;
  // In event time: runs that start from then on, until another version of the model takes effect,
  // use this one.
  base::Timestamp effective_from = base::Timestamp::min();
  Fate fate = Fate::kPin;  // of runs open at that time
  // Where a run that migrates can't be folded again from its start: stage of the older version to
  // stage of this one. A stage that is not named goes to the one of its own name.
  struct StageMapping {
    std::string from;
    std::string to;
    Place place;
  };
  std::vector<StageMapping> stage_mapping;
  int32_t priority = 0;  // among the models of a family whose scope holds, the highest is taken
  std::map<std::string, std::string> titles;
  std::string description;
  std::optional<Condition> scope;  // which profiles, looked at when a run starts
  JourneyRules journey;
  std::vector<Stage> stages;  // at least one; asked in this order, the first that holds is taken
  std::vector<Touchpoint> touchpoints;
  std::vector<Persona> personas;
  std::vector<Detector> detectors;  // in their order; those of signals among them
  std::vector<SignalRule> signals;
  std::optional<FilterRule> filter;
  std::optional<TemporalProfile> temporal_profile;
  std::vector<std::string> personal_channels;  // where a person meets the customer
  // Of this file alone: no published definition, fingerprint or extending model has them.
  std::vector<Intervention> interventions;
  std::string file;                            // for messages
  Place place;                                 // of its name

  std::optional<size_t> StageIndex(std::string_view stage) const;
  // What a stage of an older version is in this one; nothing where it is gone.
  std::optional<size_t> MappedStage(std::string_view older) const;
};

// Every condition of a model, wherever it stands; not those inside another.
using ConditionVisitor = std::function<void(const Condition&)>;
void ForEachCondition(const JourneyModel& model, const ConditionVisitor& visit);
void ForEachCondition(const CustomerModel& customer, const ConditionVisitor& visit);

// A fault in a configuration or model file; all faults of a file are reported at once.
struct Fault {
  std::string file;
  Place place;
  std::string message;  // lowercase, no full stop
  std::string hint;
  std::string text() const;  // "file:line:column: message (hint: …)"
};

struct ModelSet {
  std::vector<JourneyModel> models;
  std::optional<CustomerModel> customer;
  std::vector<Fault> faults;  // empty: the set may be used
};

// Reads one file's text: a journey model, or the customer file. `file` is for messages. Bounded: a
// text over 1 MiB, nested deeper than 32 or with more than 10,000 nodes after aliases is refused.
// The language: config/models.
ModelSet ParseModel(std::string_view yaml, const std::string& file);
// Reads every *.yaml and *.yml of a folder (files named *.test.yaml left out, subfolders too),
// sorted
// by path, and checks them against each other; a path that is a file is read alone. No model in a
// path is a fault. A model with faults is left out of `models`. Two customer files are a fault.
ModelSet LoadModels(const std::string& path);
// The same over several paths, in their order.
ModelSet LoadModels(std::span<const std::string> paths);
// What is wrong between models: duplicate family/name/version, two versions of a model that take
// effect at the same time, same scope and priority of two that are in effect together.
std::vector<Fault> CheckModels(const std::vector<JourneyModel>& models);
// The same of the last one alone beside the others.
std::vector<Fault> CheckLastModel(const std::vector<JourneyModel>& models);

}  // namespace waymark::model
