#include "detect/facts.h"

#include <algorithm>
#include <array>

namespace waymark::detect {
namespace {

using model::Field;
using model::FieldRef;
using model::Text;

constexpr int64_t kMicros = 1'000'000;
constexpr int64_t kMicrosOfMilli = 1'000;

Text KindName(model::Kind kind) {
  switch (kind) {
    case model::Kind::kUnspecified:
    case model::Kind::kCustomer: return "CUSTOMER";
    case model::Kind::kStaff: return "STAFF";
    case model::Kind::kMysteryCheck: return "MYSTERY_CHECK";
    case model::Kind::kObservedWalk: return "OBSERVED_WALK";
    case model::Kind::kSystem: return "SYSTEM";
  }
  return {};
}

template <class Enum, size_t N>
Text NameOf(const std::array<Text, N>& names, Enum value) {
  const auto index = static_cast<size_t>(value);
  return index < names.size() ? names[index] : Text();
}

constexpr std::array<Text, 6> kCommands = {"", "LINK", "UNLINK", "ERASE", "CONSENT", "CORRECT"};
constexpr std::array<Text, 6> kStatuses = {"", "PROSPECT", "NEW", "EXISTING", "INACTIVE", "FORMER"};

Text AttributeOf(const CustomerFacts* customer, const std::string& name) {
  if (customer == nullptr || customer->attributes == nullptr) return {};
  const ProfileAttributes& attributes = *customer->attributes;
  const auto at = std::lower_bound(attributes.begin(), attributes.end(), name,
                                   [](const auto& entry, const std::string& n) {
                                     return entry.first < n;
                                   });
  return at != attributes.end() && at->first == name ? Text(at->second) : Text();
}

Text BusinessOf(const Facts& facts) {
  const bool has_account = !facts.interaction->account.empty() ||
                           (facts.customer != nullptr && !facts.customer->account.empty());
  return has_account ? "b2b" : "b2c";
}

std::optional<int64_t> Scaled(const std::optional<int32_t>& value) {
  return value ? std::optional<int64_t>(*value * kMicros) : std::nullopt;
}

std::optional<int64_t> Since(base::Timestamp time, const Facts& facts) {
  return (facts.now - time).count() * kMicrosOfMilli;
}

std::optional<int64_t> OfCustomer(Field field, const Facts& facts) {
  if (facts.customer == nullptr) return std::nullopt;
  const CustomerFacts& customer = *facts.customer;
  switch (field) {
    case Field::kSessionInteractions: return customer.session_interactions * kMicros;
    case Field::kSessionTime:
      if (customer.session_interactions == 0) return std::nullopt;
      return Since(customer.session_start, facts);
    default: return Since(customer.first_seen, facts);
  }
}

std::optional<int64_t> OfJourney(Field field, const Facts& facts) {
  if (facts.journey == nullptr) return std::nullopt;
  const JourneyFacts& journey = *facts.journey;
  switch (field) {
    case Field::kInteractions: return journey.interactions * kMicros;
    case Field::kRelevantSet: return static_cast<int64_t>(journey.relevant) * kMicros;
    case Field::kJourneyValue: return journey.value_micros;
    case Field::kJourneyTime: return Since(journey.started, facts);
    case Field::kSilence: return Since(journey.last_activity, facts);
    case Field::kStageTime:
      if (journey.stage < 0) return std::nullopt;
      return Since(journey.stage_entered, facts);
    case Field::kStageInteractions:
      if (journey.stage < 0 || journey.stages == nullptr) return std::nullopt;
      return journey.stages->At(journey.stage).interactions * kMicros;
    default: return std::nullopt;
  }
}

}  // namespace

const model::Interaction& NoInteraction() {
  static const model::Interaction kNone = [] {
    model::Interaction none;
    none.kind = model::Kind::kSystem;
    return none;
  }();
  return kNone;
}

Text TextOf(const FieldRef& field, const Facts& facts) {
  const model::Interaction& i = *facts.interaction;
  switch (field.field) {
    case Field::kId: return i.id;
    case Field::kAccount: return i.account;
    case Field::kChannel: return i.channel;
    case Field::kTouchpoint: return i.touchpoint;
    case Field::kAction: return i.action;
    case Field::kCampaign: return i.campaign;
    case Field::kNeed: return i.need;
    case Field::kImpulse: return i.impulse;
    case Field::kIntent: return i.intent;
    case Field::kProduct: return i.product;
    case Field::kCategory: return i.category;
    case Field::kContract: return i.contract;
    case Field::kCurrency: return i.currency;
    case Field::kKind: return KindName(i.kind);
    case Field::kCheckType: return i.check_type;
    case Field::kCommand: return NameOf(kCommands, i.command);
    case Field::kSourceSystem: return i.source.system;
    case Field::kSourceProcess: return i.source.process;
    case Field::kSourceDepartment: return i.source.department;
    case Field::kComment: return i.rating ? i.rating->comment : Text();
    case Field::kAttribute: return i.Attribute(field.name);
    case Field::kProfile: return AttributeOf(facts.customer, field.name);
    case Field::kBusiness: return BusinessOf(facts);
    case Field::kCustomerStatus:
      return facts.customer != nullptr ? NameOf(kStatuses, facts.customer->status) : Text();
    case Field::kStation: return facts.journey != nullptr ? facts.journey->station : Text();
    default: return {};
  }
}

std::optional<int64_t> MicrosOf(const FieldRef& field, const Facts& facts) {
  const model::Interaction& i = *facts.interaction;
  switch (field.field) {
    case Field::kValue: return i.value_micros;
    case Field::kSatisfaction: return i.rating ? Scaled(i.rating->satisfaction) : std::nullopt;
    case Field::kNps: return i.rating ? Scaled(i.rating->nps) : std::nullopt;
    case Field::kEmotion: return i.rating ? Scaled(i.rating->emotion) : std::nullopt;
    case Field::kNeedFulfilment:
      return i.rating ? Scaled(i.rating->need_fulfilment) : std::nullopt;
    case Field::kSessionInteractions:
    case Field::kSessionTime:
    case Field::kCustomerTime: return OfCustomer(field.field, facts);
    default: return OfJourney(field.field, facts);
  }
}

bool HasAny(const base::TextSet* texts) { return texts != nullptr && !texts->empty(); }

bool Exists(const FieldRef& field, const Facts& facts) {
  const JourneyFacts* const journey = facts.journey;
  switch (field.field) {
    case Field::kStage: return journey != nullptr && journey->stage >= 0;
    case Field::kVisited:
      return journey != nullptr && journey->stages != nullptr && journey->stages->AnyVisited();
    case Field::kDetected: return journey != nullptr && !journey->detected.empty();
    case Field::kUsedTouchpoint: return journey != nullptr && HasAny(journey->touchpoints);
    case Field::kUsedChannel: return journey != nullptr && HasAny(journey->channels);
    case Field::kCampaigns: return facts.customer != nullptr && !facts.customer->campaigns.empty();
    default:
      return model::IsNumeric(field.field) ? MicrosOf(field, facts).has_value()
                                           : !TextOf(field, facts).empty();
  }
}

}  // namespace waymark::detect
