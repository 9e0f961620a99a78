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
  kStage,      // the journey's stage: in `enter` before this interaction, in other rules after it
  kVisited,    // a stage that the journey has been in so far (the present one included)
  kInteractions,  // number of the journey's interactions before this one
};

struct FieldRef {
  Field field = Field::kAction;
  std::string name;  // for kAttribute and kProfile
  friend bool operator==(const FieldRef&, const FieldRef&) = default;
};

// "rating.satisfaction", "attributes.colour", "channel"; nothing where there is no such field.
std::optional<FieldRef> ParseField(std::string_view path);
std::string ToString(const FieldRef& field);
// Numbers compare as numbers; all other fields as text.
bool IsNumeric(Field field);
// The closest known field name, for hints; empty where none is near.
std::string NearestField(std::string_view path);

// A place in a model file, for messages; line and column count from 1.
struct Place {
  int line = 0;
  int column = 0;
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
    kExists,    // the field is present and not empty
    kAtLeast,   // number >= bound (1.5 is 1500000 micros)
    kAtMost,    // number <= bound
    kMoreThan,
    kLessThan,
  };
  Kind kind = Kind::kAlways;
  FieldRef field;
  std::vector<std::string> values;
  int64_t bound_micros = 0;  // numbers are compared in millionths, exactly
  std::vector<Condition> children;
  Place place;
};

}  // namespace waymark::model
