#include "model/condition.h"

#include <array>

#include "model/nearest.h"

namespace waymark::model {
namespace {

struct FieldName {
  Field field;
  std::string_view name;
};

// Those with a name of their own; the maps are left out.
constexpr std::array<FieldName, 44> kFields = {{
    {Field::kId, "id"},
    {Field::kAccount, "account"},
    {Field::kChannel, "channel"},
    {Field::kTouchpoint, "touchpoint"},
    {Field::kAction, "action"},
    {Field::kCampaign, "campaign"},
    {Field::kNeed, "need"},
    {Field::kImpulse, "impulse"},
    {Field::kIntent, "intent"},
    {Field::kProduct, "product"},
    {Field::kCategory, "category"},
    {Field::kContract, "contract"},
    {Field::kCurrency, "currency"},
    {Field::kKind, "kind"},
    {Field::kCheckType, "check_type"},
    {Field::kCommand, "command"},
    {Field::kSourceSystem, "source.system"},
    {Field::kSourceProcess, "source.process"},
    {Field::kSourceDepartment, "source.department"},
    {Field::kValue, "value"},
    {Field::kSatisfaction, "rating.satisfaction"},
    {Field::kNps, "rating.nps"},
    {Field::kEmotion, "rating.emotion"},
    {Field::kNeedFulfilment, "rating.need_fulfilment"},
    {Field::kComment, "rating.comment"},
    {Field::kBusiness, "business"},
    {Field::kCustomerStatus, "customer_status"},
    {Field::kCampaigns, "campaigns"},
    {Field::kStage, "stage"},
    {Field::kVisited, "visited"},
    {Field::kStation, "station"},
    {Field::kDetected, "detected"},
    {Field::kUsedTouchpoint, "used.touchpoint"},
    {Field::kUsedChannel, "used.channel"},
    {Field::kInteractions, "interactions"},
    {Field::kStageInteractions, "stage_interactions"},
    {Field::kSessionInteractions, "session_interactions"},
    {Field::kRelevantSet, "relevant_set"},
    {Field::kJourneyValue, "journey_value"},
    {Field::kStageTime, "stage_time"},
    {Field::kJourneyTime, "journey_time"},
    {Field::kSilence, "silence"},
    {Field::kSessionTime, "session_time"},
    {Field::kCustomerTime, "customer_time"},
}};

struct FieldMap {
  Field field;
  std::string_view prefix;
};
constexpr std::array<FieldMap, 3> kMaps = {{{Field::kAttribute, "attributes."},
                                            {Field::kProfile, "profile."},
                                            {Field::kVisits, "visits."}}};

// Attributes of the profile that a scope is mostly about go by their bare names, too.
constexpr std::array<std::string_view, 3> kProfileNames = {"persona", "target_group", "segment"};

}  // namespace

std::optional<FieldRef> ParseField(std::string_view path) {
  for (const FieldName& known : kFields) {
    if (known.name == path) return FieldRef{known.field, {}};
  }
  for (const FieldMap& map : kMaps) {
    if (path.starts_with(map.prefix) && path.size() > map.prefix.size()) {
      return FieldRef{map.field, std::string(path.substr(map.prefix.size()))};
    }
  }
  for (const std::string_view name : kProfileNames) {
    if (name == path) return FieldRef{Field::kProfile, std::string(name)};
  }
  return std::nullopt;
}

std::string ToString(const FieldRef& field) {
  for (const FieldMap& map : kMaps) {
    if (field.field == map.field) return std::string(map.prefix) + field.name;
  }
  for (const FieldName& known : kFields) {
    if (known.field == field.field) return std::string(known.name);
  }
  return {};
}

bool IsDuration(Field field) {
  switch (field) {
    case Field::kStageTime:
    case Field::kJourneyTime:
    case Field::kSilence:
    case Field::kSessionTime:
    case Field::kCustomerTime: return true;
    default: return false;
  }
}

bool IsNumeric(Field field) {
  switch (field) {
    case Field::kValue:
    case Field::kSatisfaction:
    case Field::kNps:
    case Field::kEmotion:
    case Field::kNeedFulfilment:
    case Field::kInteractions:
    case Field::kStageInteractions:
    case Field::kSessionInteractions:
    case Field::kVisits:
    case Field::kRelevantSet:
    case Field::kJourneyValue: return true;
    default: return IsDuration(field);
  }
}

bool IsSet(Field field) {
  return field == Field::kVisited || field == Field::kDetected || field == Field::kCampaigns ||
         field == Field::kUsedTouchpoint || field == Field::kUsedChannel;
}

bool IsOfJourney(Field field) {
  switch (field) {
    case Field::kStage:
    case Field::kVisited:
    case Field::kStation:
    case Field::kDetected:
    case Field::kUsedTouchpoint:
    case Field::kUsedChannel:
    case Field::kInteractions:
    case Field::kStageInteractions:
    case Field::kVisits:
    case Field::kRelevantSet:
    case Field::kJourneyValue:
    case Field::kStageTime:
    case Field::kJourneyTime:
    case Field::kSilence: return true;
    default: return false;
  }
}

std::string NearestField(std::string_view path) {
  // The last part of a field alone ("satisfaction") is a likely slip too.
  for (const FieldName& known : kFields) {
    const size_t dot = known.name.find('.');
    if (dot != std::string_view::npos && known.name.substr(dot + 1) == path) {
      return std::string(known.name);
    }
  }
  const size_t dot = path.find('.');
  if (dot != std::string_view::npos && dot + 1 < path.size()) {
    constexpr std::array<std::string_view, 3> kNames = {"attributes", "profile", "visits"};
    const std::string map = Nearest(path.substr(0, dot), kNames);
    if (!map.empty()) return map + std::string(path.substr(dot));
  }
  std::array<std::string_view, kFields.size()> names;
  for (size_t i = 0; i < names.size(); ++i) names[i] = kFields[i].name;
  return Nearest(path, names);
}

}  // namespace waymark::model
