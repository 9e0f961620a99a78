#include "model/condition.h"

#include <array>

#include "model/nearest.h"

namespace waymark::model {
namespace {

struct FieldName {
  Field field;
  std::string_view name;
};

// In the order of `Field`, whose two maps are left out.
constexpr std::array<FieldName, 28> kFields = {{
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
    {Field::kStage, "stage"},
    {Field::kVisited, "visited"},
    {Field::kInteractions, "interactions"},
}};

constexpr std::string_view kAttributes = "attributes.";
constexpr std::string_view kProfiles = "profile.";

}  // namespace

std::optional<FieldRef> ParseField(std::string_view path) {
  for (const FieldName& known : kFields) {
    if (known.name == path) return FieldRef{known.field, {}};
  }
  if (path.starts_with(kAttributes) && path.size() > kAttributes.size()) {
    return FieldRef{Field::kAttribute, std::string(path.substr(kAttributes.size()))};
  }
  if (path.starts_with(kProfiles) && path.size() > kProfiles.size()) {
    return FieldRef{Field::kProfile, std::string(path.substr(kProfiles.size()))};
  }
  return std::nullopt;
}

std::string ToString(const FieldRef& field) {
  if (field.field == Field::kAttribute) return std::string(kAttributes) + field.name;
  if (field.field == Field::kProfile) return std::string(kProfiles) + field.name;
  for (const FieldName& known : kFields) {
    if (known.field == field.field) return std::string(known.name);
  }
  return {};
}

bool IsNumeric(Field field) {
  switch (field) {
    case Field::kValue:
    case Field::kSatisfaction:
    case Field::kNps:
    case Field::kEmotion:
    case Field::kNeedFulfilment:
    case Field::kInteractions: return true;
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
    constexpr std::array<std::string_view, 2> kMaps = {"attributes", "profile"};
    const std::string map = Nearest(path.substr(0, dot), kMaps);
    if (!map.empty()) return map + std::string(path.substr(dot));
  }
  std::array<std::string_view, kFields.size()> names;
  for (size_t i = 0; i < names.size(); ++i) names[i] = kFields[i].name;
  return Nearest(path, names);
}

}  // namespace waymark::model
