#include "detect/predicate.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/check.h"
#include "detect/text_match.h"

namespace waymark::detect {
namespace {

using model::Condition;
using model::Field;
using model::Text;

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

template <class Range, class Value>
bool Contains(const Range& range, const Value& value) {
  return std::find(range.begin(), range.end(), value) != range.end();
}

// The last of `texts` is the last of `values`, and the others stand before it in their order.
bool EndsInOrder(std::span<const std::string> texts, const std::vector<std::string>& values) {
  if (texts.empty() || values.empty() || texts.back() != values.back()) return false;
  size_t left = values.size();
  for (auto at = texts.rbegin(); at != texts.rend() && left > 0; ++at) {
    if (*at == values[left - 1]) --left;
  }
  return left == 0;
}

std::span<const std::string> CampaignsOf(const Facts& facts) {
  return facts.customer != nullptr ? facts.customer->campaigns : std::span<const std::string>();
}

// True where it holds of some text of a field that is a set.
template <class Holds>
bool AnyText(Field field, const Facts& facts, const Holds& holds) {
  if (field == Field::kCampaigns) return std::ranges::any_of(CampaignsOf(facts), holds);
  if (facts.journey == nullptr) return false;
  const base::TextSet* const texts =
      field == Field::kUsedTouchpoint ? facts.journey->touchpoints : facts.journey->channels;
  return texts != nullptr && std::any_of(texts->begin(), texts->end(), holds);
}

bool AnyIn(Field field, const Facts& facts, const std::vector<std::string>& values) {
  return AnyText(field, facts, [&](Text text) {
    return std::binary_search(values.begin(), values.end(), text, std::less<>());
  });
}

}  // namespace

Predicate::Predicate() { nodes_.emplace_back(); }

Predicate::Predicate(const Condition& condition, const Names& names) { Add(condition, names); }

uint32_t Predicate::Add(const Condition& condition, const Names& names) {
  const auto index = static_cast<uint32_t>(nodes_.size());
  nodes_.emplace_back();
  Node node;
  node.kind = condition.kind;
  node.field = condition.field;
  node.values = condition.values;
  if (node.kind != Condition::Kind::kInOrder) std::sort(node.values.begin(), node.values.end());
  for (const std::string& value : node.values) node.tags.push_back(TagOf(value));
  node.bound_micros = condition.bound_micros;
  const auto number = [&](const auto& named, const std::string& name) {
    for (size_t i = 0; i < named.size(); ++i) {
      if (named[i].name == name) node.numbers.push_back(static_cast<int32_t>(i));
    }
  };
  const Field field = condition.field.field;
  if (field == Field::kVisits) number(names.stages, condition.field.name);
  for (const std::string& name : condition.values) {
    if (field == Field::kStage || field == Field::kVisited) number(names.stages, name);
    if (field == Field::kDetected) number(names.detectors, name);
  }
  for (const Condition& child : condition.children) node.children.push_back(Add(child, names));
  nodes_[index] = std::move(node);
  return index;
}

// The field is one of the values; a field that has several holds one of them.
bool Predicate::OneIn(const Node& node, const Facts& facts) {
  const JourneyFacts* const journey = facts.journey;
  switch (node.field.field) {
    case Field::kStage: return journey != nullptr && Contains(node.numbers, journey->stage);
    case Field::kVisited:
      return journey != nullptr && journey->stages != nullptr &&
             std::any_of(node.numbers.begin(), node.numbers.end(), [&](int32_t stage) {
               return journey->stages->IsVisited(stage);
             });
    case Field::kDetected:
      return journey != nullptr &&
             std::any_of(node.numbers.begin(), node.numbers.end(), [&](int32_t detector) {
               return Contains(journey->detected, static_cast<uint32_t>(detector));
             });
    case Field::kCampaigns:
    case Field::kUsedTouchpoint:
    case Field::kUsedChannel: return AnyIn(node.field.field, facts, node.values);
    default: return InSorted(node.values, node.tags, TextOf(node.field, facts));
  }
}

bool Predicate::Compares(const Node& node, const Facts& facts) {
  std::optional<int64_t> micros;
  if (node.field.field != Field::kVisits) {
    micros = MicrosOf(node.field, facts);
  } else if (facts.journey != nullptr && facts.journey->stages != nullptr &&
             !node.numbers.empty()) {
    constexpr int64_t kMicros = 1'000'000;
    micros = facts.journey->stages->At(node.numbers[0]).visits * kMicros;
  }
  if (!micros) return false;
  switch (node.kind) {
    case Condition::Kind::kAtLeast: return *micros >= node.bound_micros;
    case Condition::Kind::kAtMost: return *micros <= node.bound_micros;
    case Condition::Kind::kMoreThan: return *micros > node.bound_micros;
    case Condition::Kind::kLessThan: return *micros < node.bound_micros;
    default: WAYMARK_CHECK(false, "every kind of condition is evaluated");
  }
}

bool Predicate::Holds(uint32_t index, const Facts& facts) const {
  const Node& node = nodes_[index];
  const auto child_holds = [&](uint32_t child) { return Holds(child, facts); };
  const auto text_is = [&](auto matches) {
    const auto holds_of = [&](Text text) {
      return std::any_of(node.values.begin(), node.values.end(),
                         [&](const std::string& value) { return matches(text, value); });
    };
    if (!model::IsSet(node.field.field)) return holds_of(TextOf(node.field, facts));
    return AnyText(node.field.field, facts, holds_of);
  };
  switch (node.kind) {
    case Condition::Kind::kAlways: return true;
    case Condition::Kind::kAll:
      return std::all_of(node.children.begin(), node.children.end(), child_holds);
    case Condition::Kind::kAny:
      return std::any_of(node.children.begin(), node.children.end(), child_holds);
    case Condition::Kind::kNot: return !Holds(node.children[0], facts);
    case Condition::Kind::kIn: return OneIn(node, facts);
    case Condition::Kind::kPrefix:
      return text_is([](Text text, Text value) { return text.starts_with(value); });
    case Condition::Kind::kContains: return text_is(ContainsIgnoringCase);
    case Condition::Kind::kLike: return text_is(IsLike);
    case Condition::Kind::kInOrder:
      return EndsInOrder(CampaignsOf(facts), node.values);
    case Condition::Kind::kExists: return Exists(node.field, facts);
    default: return Compares(node, facts);
  }
}

bool Predicate::AsksDetectors() const {
  return std::any_of(nodes_.begin(), nodes_.end(), [](const Node& node) {
    return node.field.field == Field::kDetected;
  });
}

RequiredValues Predicate::Required(uint32_t index, Field field) const {
  const Node& node = nodes_[index];
  if (node.kind == Condition::Kind::kIn && node.field.field == field) return node.values;
  if (node.kind == Condition::Kind::kAll) {
    for (const uint32_t child : node.children) {
      if (auto values = Required(child, field)) return values;
    }
  }
  if (node.kind == Condition::Kind::kAny && !node.children.empty()) {
    std::vector<std::string> all;
    for (const uint32_t child : node.children) {
      const auto values = Required(child, field);
      if (!values) return std::nullopt;
      all.insert(all.end(), values->begin(), values->end());
    }
    return all;
  }
  return std::nullopt;
}

}  // namespace waymark::detect
