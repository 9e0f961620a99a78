#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace waymark::model {

// Which value a condition looks at. Fields of the interaction, and facts of the journey so far.
enum class Field {
  kId, kAccount, kChannel, kTouchpoint, kAction, kCampaign, kNeed, kImpulse, kIntent, kProduct,
  kCategory, kContract, kCurrency, kKind, kCheckType, kCommand,
  kSourceSystem, kSourceProcess, kSourceDepartment,
  kValue,  // decimal, in units of the currency
  kSatisfaction, kNps, kEmotion, kNeedFulfilment, kComment,
  kAttribute,  // attributes.NAME
  kProfile,    // profile.NAME: what is remembered about the customer, this interaction included
  kBusiness,   // b2b where the interaction or the customer has an account, else b2c
  kCustomerStatus,
  kCampaigns,  // the campaigns that have reached the customer, this interaction's included
  kStage,      // the journey's stage: in `enter` before this interaction, in other rules after it
  kVisited,    // a stage that the journey has been in so far (the present one included)
  kStation,
  kDetected,   // detectors of the model that found something at this interaction or moment
  kUsedTouchpoint, kUsedChannel,  // of the journey before this interaction
  kInteractions,  // number of the journey's interactions before this one
  kStageInteractions,    // of the present stage, before this one
  kSessionInteractions,  // of the session, this one included
  kVisits,       // visits.STAGE: how often the journey came to the stage
  kRelevantSet,  // size of the journey's relevant set
  kJourneyValue,
  // Durations: since the stage was entered, the journey began, its last interaction before this
  // one, the session began, the customer was first seen.
  kStageTime, kJourneyTime, kSilence, kSessionTime, kCustomerTime,
};

struct FieldRef {
  Field field = Field::kAction;
  std::string name;  // for kAttribute, kProfile and kVisits
  friend bool operator==(const FieldRef&, const FieldRef&) = default;
};

// "rating.satisfaction", "attributes.colour", "channel"; nothing where there is no such field.
std::optional<FieldRef> ParseField(std::string_view path);
std::string ToString(const FieldRef& field);
// Numbers compare as numbers; all other fields as text. Durations are numbers too.
bool IsNumeric(Field field);
bool IsDuration(Field field);
// Has several values: a comparison holds where one of them does.
bool IsSet(Field field);
// Says something only within a journey.
bool IsOfJourney(Field field);
// The closest known field name, for hints; empty where none is near.
std::string NearestField(std::string_view path);

// A place in a model file, for messages; line and column count from 1.
struct Place {
  int line = 0;
  int column = 0;
  int file = 0;  // 0: the model's own; from 1: what it extends, and so on
};

// A declarative condition on one interaction and its journey so far.
struct Condition {
  enum class Kind {
    kAlways,
    kAll,       // every child
    kAny,       // at least one child
    kNot,       // the one child does not hold
    kIn,        // the field is one of `values`
    kPrefix,    // the field starts with one of `values`
    kContains,  // the field contains one of `values`, ASCII letters' case ignored
    kLike,      // the field matches one of `values`, where * stands for any text
    kInOrder,   // of a field with several values in time: the last ones are `values`, in this order
    kExists,    // the field is present and not empty
    kAtLeast,   // number >= bound (1.5 is 1500000 micros)
    kAtMost,    // number <= bound
    kMoreThan,
    kLessThan,
  };
  Kind kind = Kind::kAlways;
  FieldRef field;
  std::vector<std::string> values;
  // Numbers are compared in millionths, exactly; durations are numbers of seconds.
  int64_t bound_micros = 0;
  std::vector<Condition> children;
  Place place;
};

}  // namespace waymark::model
