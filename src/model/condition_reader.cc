#include "model/condition_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>
#include <vector>

#include "model/nearest.h"

namespace waymark::model {
namespace {

using Kind = Condition::Kind;

constexpr int64_t kMicros = 1'000'000;

struct Operator {
  std::string_view name;
  Kind kind;
};
constexpr std::array<Operator, 6> kTextOperators = {{{"in", Kind::kIn},
                                                     {"not", Kind::kNot},
                                                     {"prefix", Kind::kPrefix},
                                                     {"contains", Kind::kContains},
                                                     {"like", Kind::kLike},
                                                     {"in_order", Kind::kInOrder}}};
constexpr std::array<Operator, 4> kNumberOperators = {{{"at_least", Kind::kAtLeast},
                                                       {"at_most", Kind::kAtMost},
                                                       {"more_than", Kind::kMoreThan},
                                                       {"less_than", Kind::kLessThan}}};
constexpr std::array<std::string_view, 11> kOperatorNames = {
    "in",      "not",      "prefix",    "contains",  "like",     "in_order",
    "exists", "at_least", "at_most", "more_than", "less_than"};

constexpr std::array<std::string_view, 5> kKinds = {"CUSTOMER", "STAFF", "MYSTERY_CHECK",
                                                    "OBSERVED_WALK", "SYSTEM"};
constexpr std::array<std::string_view, 5> kCommands = {"LINK", "UNLINK", "ERASE", "CONSENT",
                                                       "CORRECT"};
constexpr std::array<std::string_view, 2> kBusinesses = {"b2b", "b2c"};
constexpr std::array<std::string_view, 5> kStatuses = {"PROSPECT", "NEW", "EXISTING", "INACTIVE",
                                                       "FORMER"};

template <size_t N>
std::optional<Kind> FindOperator(const std::array<Operator, N>& operators, std::string_view name) {
  for (const Operator& known : operators) {
    if (known.name == name) return known.kind;
  }
  return std::nullopt;
}

Condition Make(Kind kind, Place place) {
  Condition condition;
  condition.kind = kind;
  condition.place = place;
  return condition;
}

Condition Negated(Condition condition) {
  Condition outer = Make(Kind::kNot, condition.place);
  outer.children.push_back(std::move(condition));
  return outer;
}

// One child stands for itself.
Condition Group(Kind kind, std::vector<Condition> children, Place place) {
  if (children.size() == 1) return std::move(children.front());
  Condition group = Make(kind, place);
  group.children = std::move(children);
  return group;
}

// The values that a number may have; nothing: any.
struct Range {
  int64_t low = std::numeric_limits<int64_t>::min();
  int64_t high = std::numeric_limits<int64_t>::max();
};
Range RangeOf(Field field) {
  switch (field) {
    case Field::kSatisfaction:
    case Field::kNeedFulfilment: return {1, 5};
    case Field::kNps: return {0, 10};
    case Field::kEmotion: return {-2, 2};
    default: return {};
  }
}

class Reader {
 public:
  Reader(const ConditionScope& scope, YamlReader& yaml) : scope_(scope), yaml_(yaml) {}

  Condition Read(const YamlNode& node) {
    if (node.IsScalar()) return ReadWord(node);
    if (!node.IsMap() || node.children.empty()) {
      yaml_.AddFault(node.place,
                     "a condition must be a map of fields, not " +
                         std::string(node.IsMap() ? "empty" : KindName(node)),
                     node.IsList() ? "put the list under 'any:' or 'all:'"
                                   : "write 'always' where every interaction counts");
      return Make(Kind::kAlways, node.place);
    }
    std::vector<Condition> parts;
    for (const YamlNode& child : node.children) parts.push_back(ReadEntry(child));
    return Group(Kind::kAll, std::move(parts), node.place);
  }

 private:
  Condition ReadWord(const YamlNode& node) {
    if (node.text == "never") return Negated(Make(Kind::kAlways, node.place));
    if (node.text != "always") {
      constexpr std::array<std::string_view, 2> kWords = {"always", "never"};
      std::string hint = DidYouMean(Nearest(node.text, kWords));
      if (hint.empty()) hint = "write it as 'field: value'";
      yaml_.AddFault(node.place, "'" + node.text + "' is no condition", std::move(hint));
    }
    return Make(Kind::kAlways, node.place);
  }

  Condition ReadEntry(const YamlNode& child) {
    if (child.key == "any") return ReadGroup(Kind::kAny, child);
    if (child.key == "all") return ReadGroup(Kind::kAll, child);
    if (child.key == "not") {
      Condition outer = Negated(Read(child));
      outer.place = child.key_place;
      return outer;
    }
    if (child.key == "online") return ReadOnline(child);
    const auto field = ReadField(child.key, child.key_place, yaml_);
    if (!field) return Make(Kind::kAlways, child.key_place);
    CheckField(*field, child.key_place);
    return child.IsMap() ? ReadOperators(*field, child) : ReadValues(*field, child);
  }

  Condition ReadGroup(Kind kind, const YamlNode& node) {
    std::vector<Condition> children;
    if (yaml_.ExpectList(node)) {
      if (node.children.empty()) {
        yaml_.AddFault(node.place, "'" + node.key + "' has no conditions",
                       "list some, such as " + node.key + ": [{action: order}, {action: sign}]");
      }
      for (const YamlNode& item : node.children) children.push_back(Read(item));
    }
    return Group(kind, std::move(children), node.key_place);
  }

  // By the registry: one of its touchpoints that are online, or that are not.
  Condition ReadOnline(const YamlNode& node) {
    Condition condition = Make(Kind::kIn, node.key_place);
    condition.field.field = Field::kTouchpoint;
    const bool online = yaml_.ReadBool(node);
    for (const Touchpoint& touchpoint : scope_.touchpoints) {
      if (touchpoint.online == online) condition.values.push_back(touchpoint.name);
    }
    if (condition.values.empty()) {
      yaml_.AddFault(node.key_place,
                     std::string("no touchpoint of the registry is ") +
                         (online ? "online" : "offline"),
                     "list them under 'touchpoints' of the model");
    }
    return condition;
  }

  void CheckField(const FieldRef& field, Place place) {
    if (IsOfJourney(field.field) && !scope_.in_journey) {
      yaml_.AddFault(place,
                     "'" + ToString(field) + "' says nothing here: no journey has begun yet",
                     "use fields of the interaction and of the customer");
    }
    if (field.field == Field::kVisits) {
      const std::vector<std::string_view> stages(scope_.stages.begin(), scope_.stages.end());
      if (std::find(stages.begin(), stages.end(), field.name) == stages.end()) {
        yaml_.AddUnknown(place, "stage", field.name, stages);
      }
    }
  }

  Condition ReadOperators(const FieldRef& field, const YamlNode& node) {
    if (node.children.empty()) {
      yaml_.AddFault(node.place, "'" + node.key + "' has no condition",
                     "write a value, a list, or a comparison such as {exists: true}");
    }
    std::vector<Condition> parts;
    for (const YamlNode& child : node.children) {
      parts.push_back(ReadOperator(field, child));
      parts.back().place = child.key_place;
    }
    return Group(Kind::kAll, std::move(parts), node.key_place);
  }

  Condition ReadOperator(const FieldRef& field, const YamlNode& node) {
    if (node.key == "exists") {
      Condition exists = Make(Kind::kExists, node.key_place);
      exists.field = field;
      return yaml_.ReadBool(node) ? exists : Negated(std::move(exists));
    }
    if (const auto kind = FindOperator(kNumberOperators, node.key)) {
      return ReadBound(field, *kind, node);
    }
    const auto kind = FindOperator(kTextOperators, node.key);
    if (!kind) {
      yaml_.AddUnknown(node.key_place, "comparison", node.key, kOperatorNames);
      return Make(Kind::kAlways, node.key_place);
    }
    if (*kind == Kind::kNot) return Negated(ReadValues(field, node));
    if (*kind == Kind::kIn) return ReadValues(field, node);
    if (IsNumeric(field.field)) {
      yaml_.AddFault(node.key_place,
                     "'" + node.key + "' compares text, but '" + ToString(field) + "' is a number",
                     "use at_least, at_most, more_than or less_than");
    } else if (IsNamed(field.field)) {
      yaml_.AddFault(node.key_place,
                     "'" + node.key + "' does not compare " + PluralOf(field.field),
                     "name them: " + ToString(field) + ": [...]");
    } else if (*kind == Kind::kInOrder && field.field != Field::kCampaigns) {
      yaml_.AddFault(node.key_place, "'in_order' compares campaigns alone",
                     "write campaigns: {in_order: [first, second]}");
    }
    return ReadTexts(field, *kind, node);
  }

  Condition ReadBound(const FieldRef& field, Kind kind, const YamlNode& node) {
    if (!IsNumeric(field.field)) {
      yaml_.AddFault(node.key_place,
                     "'" + node.key + "' compares numbers, but '" + ToString(field) + "' is text",
                     "use in, not, prefix, contains, like or exists");
      return Make(kind, node.key_place);
    }
    return MakeBound(field, kind, node);
  }

  Condition MakeBound(const FieldRef& field, Kind kind, const YamlNode& node) {
    Condition bound = Make(kind, node.place);
    bound.field = field;
    bound.bound_micros = ReadMicros(field, node);
    return bound;
  }

  static std::string PluralOf(Field field) {
    return field == Field::kDetected ? "detectors" : "stages";
  }

  // Whose values are names of the model's own.
  static bool IsNamed(Field field) {
    return field == Field::kStage || field == Field::kVisited || field == Field::kDetected;
  }

  int64_t ReadMicros(const FieldRef& field, const YamlNode& node) {
    if (IsDuration(field.field)) {
      constexpr int64_t kMicrosOfMilli = 1'000;
      const auto duration = node.IsScalar() ? base::ParseDuration(node.text) : std::nullopt;
      if (duration) return duration->count() * kMicrosOfMilli;
      yaml_.AddFault(node.place,
                     "'" + ToString(field) + "' is compared with a duration" + InsteadOf(node),
                     "such as 30m, 12h, 14d, 2w, 3y or 1h30m");
      return 0;
    }
    const auto micros = node.IsScalar() ? ParseMicros(node.text) : std::nullopt;
    if (!micros) {
      yaml_.AddFault(node.place,
                     "'" + ToString(field) + "' is compared with a number" + InsteadOf(node),
                     "such as 3 or 1.5, with six decimals and 12 digits before them at most");
      return 0;
    }
    const Range range = RangeOf(field.field);
    const bool bounded = range.high != Range().high;
    if (bounded && (*micros < range.low * kMicros || *micros > range.high * kMicros)) {
      yaml_.AddFault(node.place, node.text + " lies outside " + std::to_string(range.low) + " to " +
                                     std::to_string(range.high) + ", the range of '" +
                                     ToString(field) + "'",
                     "no interaction can carry it");
    }
    return *micros;
  }

  // A single value or a list, one of which the field must equal.
  Condition ReadValues(const FieldRef& field, const YamlNode& node) {
    return IsNumeric(field.field) ? ReadNumbers(field, node) : ReadTexts(field, Kind::kIn, node);
  }

  // Equal numbers, told by their bounds, so that 1 and 1.0 are the same.
  Condition ReadNumbers(const FieldRef& field, const YamlNode& node) {
    std::vector<Condition> any;
    const auto add = [&](const YamlNode& item) {
      std::vector<Condition> both;
      both.push_back(MakeBound(field, Kind::kAtLeast, item));
      both.push_back(both.front());
      both.back().kind = Kind::kAtMost;
      any.push_back(Group(Kind::kAll, std::move(both), item.place));
    };
    if (node.IsScalar()) {
      add(node);
    } else if (yaml_.ExpectList(node)) {
      RefuseNone(node);
      for (const YamlNode& item : node.children) add(item);
    }
    return Group(Kind::kAny, std::move(any), node.key_place);
  }

  Condition ReadTexts(const FieldRef& field, Kind kind, const YamlNode& node) {
    Condition condition = Make(kind, node.key_place);
    condition.field = field;
    if (node.IsList()) RefuseNone(node);
    for (PlacedText& value : yaml_.ReadPlacedTexts(node)) {
      if (kind == Kind::kIn) CheckWord(field.field, value);
      condition.values.push_back(std::move(value.text));
    }
    return condition;
  }

  void RefuseNone(const YamlNode& node) {
    if (node.children.empty()) {
      yaml_.AddFault(node.place, "'" + node.key + "' is compared with no value at all",
                     "name at least one, or write {exists: false}");
    }
  }

  // Values of fields that know only certain words.
  void CheckWord(Field field, const PlacedText& value) {
    const auto check = [&](std::string_view what, std::span<const std::string_view> words) {
      if (std::find(words.begin(), words.end(), value.text) == words.end()) {
        yaml_.AddUnknown(value.place, what, value.text, words);
      }
    };
    if (field == Field::kKind) check("kind", kKinds);
    if (field == Field::kCommand) check("command", kCommands);
    if (field == Field::kBusiness) check("kind of business", kBusinesses);
    if (field == Field::kCustomerStatus) check("customer status", kStatuses);
    if (field == Field::kStage || field == Field::kVisited) {
      const std::vector<std::string_view> stages(scope_.stages.begin(), scope_.stages.end());
      check("stage", stages);
    }
    if (field == Field::kDetected) {
      const std::vector<std::string_view> known(scope_.detectors.begin(), scope_.detectors.end());
      check("detector", known);
    }
  }

  const ConditionScope& scope_;
  YamlReader& yaml_;
};

}  // namespace

Condition ReadCondition(const YamlNode& node, const ConditionScope& scope, YamlReader& reader) {
  return Reader(scope, reader).Read(node);
}

std::optional<FieldRef> ReadField(std::string_view path, Place place, YamlReader& reader) {
  auto field = ParseField(path);
  if (!field) {
    std::string hint = DidYouMean(NearestField(path));
    if (hint.empty()) {
      hint = "a field of the source's own is written attributes." + std::string(path);
    }
    reader.AddFault(place, "unknown field '" + std::string(path) + "'", std::move(hint));
  }
  return field;
}

std::optional<int64_t> ParseMicros(std::string_view text) {
  constexpr size_t kDecimals = 6;
  const bool minus = text.starts_with('-');
  if (minus) text.remove_prefix(1);
  const size_t dot = std::min(text.find('.'), text.size());
  std::string digits(text.substr(0, dot));
  std::string decimals(dot < text.size() ? text.substr(dot + 1) : std::string_view());
  if (digits.empty() || (dot < text.size() && decimals.empty())) return std::nullopt;
  if (decimals.size() > kDecimals) return std::nullopt;
  decimals.resize(kDecimals, '0');
  digits += decimals;
  if (digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  int64_t micros = 0;
  const char* end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, micros);
  if (error != std::errc() || at != end) return std::nullopt;
  return minus ? -micros : micros;
}

}  // namespace waymark::model
