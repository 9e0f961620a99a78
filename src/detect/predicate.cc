#include "detect/predicate.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/check.h"

namespace waymark::detect {
namespace {

using model::Condition;
using model::Field;
using model::Text;

constexpr int64_t kMicros = 1'000'000;

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

Text CommandName(model::Command command) {
  constexpr std::array<Text, 6> kNames = {"", "LINK", "UNLINK", "ERASE", "CONSENT", "CORRECT"};
  const auto index = static_cast<size_t>(command);
  return index < kNames.size() ? kNames[index] : Text();
}

Text ProfileAttribute(const ProfileAttributes* attributes, const std::string& name) {
  if (attributes == nullptr) return {};
  const auto at = std::lower_bound(attributes->begin(), attributes->end(), name,
                                   [](const auto& entry, const std::string& n) {
                                     return entry.first < n;
                                   });
  return at != attributes->end() && at->first == name ? Text(at->second) : Text();
}

std::optional<int64_t> Scaled(const std::optional<int32_t>& value) {
  return value ? std::optional<int64_t>(*value * kMicros) : std::nullopt;
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool ContainsIgnoringCase(Text text, Text part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [](char a, char b) { return Lower(a) == Lower(b); }) != text.end();
}

// A number that tells most texts apart without a look at all their bytes.
uint64_t TagOf(Text text) {
  uint64_t first = 0;
  uint64_t last = 0;
  if (text.size() >= sizeof first) {
    std::memcpy(&first, text.data(), sizeof first);
    std::memcpy(&last, text.data() + text.size() - sizeof last, sizeof last);
  } else {
    for (const char c : text) first = first << 8 | static_cast<uint8_t>(c);
  }
  return first ^ std::rotl(last, 29) ^ text.size() << 56;
}

bool InSorted(const std::vector<std::string>& sorted, const std::vector<uint64_t>& tags,
              Text value) {
  constexpr size_t kFewValues = 8;
  if (sorted.size() > kFewValues) return std::binary_search(sorted.begin(), sorted.end(), value);
  const uint64_t tag = TagOf(value);
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (tags[i] == tag && sorted[i] == value) return true;
  }
  return false;
}

bool StageIn(const std::vector<int32_t>& stages, Field field, const Facts& facts) {
  for (const int32_t stage : stages) {
    if (field == Field::kStage ? stage == facts.stage
                               : stage >= 0 && facts.visited != nullptr &&
                                     static_cast<size_t>(stage) < facts.visited->size() &&
                                     (*facts.visited)[static_cast<size_t>(stage)]) {
      return true;
    }
  }
  return false;
}

bool IsStageField(Field field) { return field == Field::kStage || field == Field::kVisited; }

bool Exists(const model::FieldRef& field, const Facts& facts) {
  if (model::IsNumeric(field.field)) return MicrosOf(field, facts).has_value();
  if (field.field == Field::kStage) return facts.stage >= 0;
  if (field.field == Field::kVisited) {
    return facts.visited != nullptr &&
           std::any_of(facts.visited->begin(), facts.visited->end(), [](bool v) { return v; });
  }
  return !TextOf(field, facts).empty();
}

}  // namespace

Text TextOf(const model::FieldRef& field, const Facts& facts) {
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
    case Field::kCommand: return CommandName(i.command);
    case Field::kSourceSystem: return i.source.system;
    case Field::kSourceProcess: return i.source.process;
    case Field::kSourceDepartment: return i.source.department;
    case Field::kComment: return i.rating ? i.rating->comment : Text();
    case Field::kAttribute: return i.Attribute(field.name);
    case Field::kProfile: return ProfileAttribute(facts.profile, field.name);
    default: return {};
  }
}

std::optional<int64_t> MicrosOf(const model::FieldRef& field, const Facts& facts) {
  const model::Interaction& i = *facts.interaction;
  switch (field.field) {
    case Field::kValue: return i.value_micros;
    case Field::kSatisfaction: return i.rating ? Scaled(i.rating->satisfaction) : std::nullopt;
    case Field::kNps: return i.rating ? Scaled(i.rating->nps) : std::nullopt;
    case Field::kEmotion: return i.rating ? Scaled(i.rating->emotion) : std::nullopt;
    case Field::kNeedFulfilment:
      return i.rating ? Scaled(i.rating->need_fulfilment) : std::nullopt;
    case Field::kInteractions: return facts.interactions * kMicros;
    default: return std::nullopt;
  }
}

Predicate::Predicate() { nodes_.emplace_back(); }

Predicate::Predicate(const Condition& condition, const std::vector<model::Stage>& stages) {
  Add(condition, stages);
}

uint32_t Predicate::Add(const Condition& condition, const std::vector<model::Stage>& stages) {
  const auto index = static_cast<uint32_t>(nodes_.size());
  nodes_.emplace_back();
  Node node;
  node.kind = condition.kind;
  node.field = condition.field;
  node.values = condition.values;
  std::sort(node.values.begin(), node.values.end());
  for (const std::string& value : node.values) node.tags.push_back(TagOf(value));
  node.bound_micros = condition.bound_micros;
  if (IsStageField(condition.field.field)) {
    for (const std::string& name : condition.values) {
      if (name.empty()) node.stages.push_back(-1);
      for (size_t s = 0; s < stages.size(); ++s) {
        if (stages[s].name == name) node.stages.push_back(static_cast<int32_t>(s));
      }
    }
  }
  for (const Condition& child : condition.children) node.children.push_back(Add(child, stages));
  nodes_[index] = std::move(node);
  return index;
}

bool Predicate::Holds(uint32_t index, const Facts& facts) const {
  const Node& node = nodes_[index];
  const auto child_holds = [&](uint32_t child) { return Holds(child, facts); };
  switch (node.kind) {
    case Condition::Kind::kAlways: return true;
    case Condition::Kind::kAll:
      return std::all_of(node.children.begin(), node.children.end(), child_holds);
    case Condition::Kind::kAny:
      return std::any_of(node.children.begin(), node.children.end(), child_holds);
    case Condition::Kind::kNot: return !Holds(node.children[0], facts);
    case Condition::Kind::kIn:
      return IsStageField(node.field.field)
                 ? StageIn(node.stages, node.field.field, facts)
                 : InSorted(node.values, node.tags, TextOf(node.field, facts));
    case Condition::Kind::kPrefix: {
      const Text text = TextOf(node.field, facts);
      return std::any_of(node.values.begin(), node.values.end(),
                         [&](const auto& v) { return text.starts_with(v); });
    }
    case Condition::Kind::kContains: {
      const Text text = TextOf(node.field, facts);
      return std::any_of(node.values.begin(), node.values.end(),
                         [&](const auto& v) { return ContainsIgnoringCase(text, v); });
    }
    case Condition::Kind::kExists: return Exists(node.field, facts);
    default: break;
  }
  const auto micros = MicrosOf(node.field, facts);
  if (!micros) return false;
  switch (node.kind) {
    case Condition::Kind::kAtLeast: return *micros >= node.bound_micros;
    case Condition::Kind::kAtMost: return *micros <= node.bound_micros;
    case Condition::Kind::kMoreThan: return *micros > node.bound_micros;
    case Condition::Kind::kLessThan: return *micros < node.bound_micros;
    default: WAYMARK_CHECK(false, "every kind of condition is evaluated");
  }
}

std::optional<std::vector<std::string>> Predicate::RequiredActions(uint32_t index) const {
  const Node& node = nodes_[index];
  if (node.kind == Condition::Kind::kIn && node.field.field == Field::kAction) return node.values;
  if (node.kind == Condition::Kind::kAll) {
    for (const uint32_t child : node.children) {
      if (auto actions = RequiredActions(child)) return actions;
    }
  }
  if (node.kind == Condition::Kind::kAny && !node.children.empty()) {
    std::vector<std::string> all;
    for (const uint32_t child : node.children) {
      const auto actions = RequiredActions(child);
      if (!actions) return std::nullopt;
      all.insert(all.end(), actions->begin(), actions->end());
    }
    return all;
  }
  return std::nullopt;
}

}  // namespace waymark::detect
