#include "model/customer_parser.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <utility>

#include "base/calendar.h"
#include "model/condition_reader.h"
#include "model/rule_kind.h"
#include "model/stage_reader.h"

namespace waymark::model {
namespace {

constexpr size_t kChannelsMax = 64;
constexpr base::Millis kBeforeMax = std::chrono::hours(24 * 365 * 10);

bool HasKey(const YamlNode& node, std::string_view key) {
  return std::any_of(node.children.begin(), node.children.end(),
                     [key](const YamlNode& child) { return child.key == key; });
}

// "09:00"; nothing where the text is no such time.
std::optional<base::Millis> ParseTimeOfDay(std::string_view text) {
  const auto digit = [&](size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) {
    return std::nullopt;
  }
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
  if (hours > 23 || minutes > 59) return std::nullopt;
  return std::chrono::hours(hours) + std::chrono::minutes(minutes);
}

class CustomerParser {
 public:
  explicit CustomerParser(YamlReader& yaml) : yaml_(yaml) {}

  CustomerModel Parse(const YamlNode& root) {
    YamlMap top(root, yaml_);
    model_.file = yaml_.file();
    ReadHead(root, top);
    if (const YamlNode* node = top.Take("sessions")) ReadSessions(*node);
    if (const YamlNode* node = top.Take("status")) ReadStatus(*node);
    if (const YamlNode* node = top.Take("waits")) ReadWaits(*node);
    if (const YamlNode* node = top.Take("dates")) ReadDates(*node);
    if (const YamlNode* node = top.Take("target_groups")) ReadTargetGroups(*node);
    if (const YamlNode* node = top.Take("time_zone")) ReadTimeZone(*node);
    top.RefuseRest();
    return std::move(model_);
  }

 private:
  void ReadHead(const YamlNode& root, YamlMap& top) {
    model_.place = root.place;
    if (const YamlNode* node = top.Require("customer", "a customer file")) {
      model_.name = yaml_.ReadName(*node);
      model_.place = node->place;
    }
    if (const YamlNode* node = top.Take("version")) {
      constexpr int64_t kMax = std::numeric_limits<int32_t>::max();
      model_.version = static_cast<int32_t>(yaml_.ReadInteger(*node, 1, kMax).value_or(1));
    }
    if (const YamlNode* node = top.Take("title")) model_.titles = ReadTitles(*node, yaml_);
    if (const YamlNode* node = top.Take("description")) {
      model_.description = yaml_.ReadText(*node);
    }
  }

  std::optional<Condition> TakeCondition(YamlMap& map, std::string_view key) {
    const YamlNode* const node = map.Take(key);
    if (node == nullptr) return std::nullopt;
    return ReadCondition(*node, kNoJourney, yaml_);
  }

  Condition RequireCondition(YamlMap& map, std::string_view key, std::string_view what) {
    const YamlNode* const node = map.Require(key, what);
    return node == nullptr ? Condition() : ReadCondition(*node, kNoJourney, yaml_);
  }

  std::optional<base::Millis> TakeDuration(YamlMap& map, std::string_view key) {
    const YamlNode* const node = map.Take(key);
    return node == nullptr ? std::nullopt : yaml_.ReadDuration(*node);
  }

  void ReadSessions(const YamlNode& node) {
    YamlMap map(node, yaml_);
    SessionRules& rules = model_.sessions;
    if (const YamlNode* gaps = map.Take("gap_by_channel")) ReadGaps(*gaps);
    rules.length_max = TakeDuration(map, "length_max");
    rules.start = TakeCondition(map, "start");
    rules.end = TakeCondition(map, "end");
    map.RefuseRest();
  }

  void ReadGaps(const YamlNode& node) {
    if (!yaml_.ExpectMap(node) || !IsBounded(node, kChannelsMax)) return;
    for (const YamlNode& channel : node.children) {
      if (const auto gap = yaml_.ReadDuration(channel)) {
        model_.sessions.gap_by_channel.emplace(channel.key, *gap);
      }
    }
  }

  void ReadStatus(const YamlNode& node) {
    YamlMap map(node, yaml_);
    StatusRules& rules = model_.status.emplace();
    rules.buy = TakeCondition(map, "buy");
    rules.existing_after = TakeDuration(map, "existing_after");
    rules.leave = TakeCondition(map, "leave");
    rules.inactive_after = TakeDuration(map, "inactive_after");
    if (const YamlNode* loyal = map.Take("loyal")) ReadLoyalty(*loyal, rules);
    map.RefuseRest();
    if (rules.buy) return;
    for (const YamlNode& child : node.children) {
      if (child.key != "existing_after" && child.key != "leave" && child.key != "loyal") continue;
      yaml_.AddFault(child.key_place, "'" + child.key + "' says nothing without 'buy'",
                     "say which interactions are purchases: buy: {action: [order, purchase]}");
    }
  }

  void ReadLoyalty(const YamlNode& node, StatusRules& rules) {
    YamlMap map(node, yaml_);
    LoyaltyRule rule;
    if (const YamlNode* purchases = map.Require("purchases", "'loyal'")) {
      rule.purchases = static_cast<int32_t>(
          yaml_.ReadInteger(*purchases, 2, kLoyalPurchasesMax).value_or(2));
    }
    if (const YamlNode* within = map.Require("within", "'loyal'")) {
      rule.within = yaml_.ReadDuration(*within).value_or(rule.within);
    }
    map.RefuseRest();
    rules.loyal = rule;
  }

  void ReadWaits(const YamlNode& node) {
    if (!yaml_.ExpectList(node) || !IsBounded(node, kWaitsMax)) return;
    for (const YamlNode& item : node.children) {
      YamlMap map(item, yaml_);
      WaitRule rule;
      rule.place = item.place;
      if (const YamlNode* name = map.Require("name", "a wait")) rule.name = ReadSignalName(*name);
      if (const YamlNode* kind = map.Take("kind")) {
        rule.kind = ReadRuleKind(*kind, yaml_).value_or(rule.kind);
      }
      rule.when = RequireCondition(map, "when", "a wait");
      rule.until = RequireCondition(map, "until", "a wait");
      if (const YamlNode* within = map.Require("within", "a wait")) {
        rule.within = yaml_.ReadDuration(*within).value_or(rule.within);
      }
      if (const YamlNode* name = map.Take("completed")) rule.completed = ReadSignalName(*name);
      map.RefuseRest();
      model_.waits.push_back(std::move(rule));
    }
  }

  void ReadDates(const YamlNode& node) {
    if (!yaml_.ExpectList(node) || !IsBounded(node, kDatesMax)) return;
    for (const YamlNode& item : node.children) {
      YamlMap map(item, yaml_);
      DateRule rule;
      rule.place = item.place;
      if (const YamlNode* name = map.Require("name", "a date")) rule.name = ReadSignalName(*name);
      if (const YamlNode* attribute = map.Require("attribute", "a date")) {
        rule.attribute = yaml_.ReadText(*attribute);
      }
      if (const YamlNode* every = map.Take("every")) rule.every_year = ReadEvery(*every);
      if (const YamlNode* before = map.Take("before")) rule.before = ReadBefore(*before);
      if (const YamlNode* at = map.Take("at")) rule.at = ReadTimeOfDay(*at);
      map.RefuseRest();
      model_.dates.push_back(std::move(rule));
    }
  }

  void ReadTargetGroups(const YamlNode& node) {
    if (!yaml_.ExpectList(node) || !IsBounded(node, kTargetGroupsMax)) return;
    std::set<std::string, std::less<>> seen;
    for (const YamlNode& item : node.children) {
      YamlMap map(item, yaml_);
      TargetGroup& group = model_.target_groups.emplace_back();
      group.place = item.place;
      if (const YamlNode* name = map.Require("name", "a target group")) {
        group.name = yaml_.ReadText(*name);
        group.place = name->place;
        if (!group.name.empty() && !seen.insert(group.name).second) {
          yaml_.AddFault(name->place, "target group '" + group.name + "' stands twice",
                         "name each once");
        }
      }
      if (const YamlNode* title = map.Take("title")) group.titles = ReadTitles(*title, yaml_);
      if (const YamlNode* personas = map.Take("personas")) {
        group.personas = yaml_.ReadTexts(*personas);
      }
      if (const YamlNode* important = map.Take("important")) {
        group.important = yaml_.ReadBool(*important);
      }
      map.RefuseRest();
    }
  }

  bool ReadEvery(const YamlNode& node) {
    constexpr std::array<std::string_view, 1> kKnown = {"year"};
    const std::string text = yaml_.ReadText(node);
    if (!text.empty() && text != kKnown[0]) {
      yaml_.AddUnknown(node.place, "period", text, kKnown);
    }
    return true;
  }

  base::Millis ReadBefore(const YamlNode& node) {
    const base::Millis before = yaml_.ReadDuration(node).value_or(base::Millis(0));
    if (before > kBeforeMax) {
      yaml_.AddFault(node.place, "'before' must be at most " + base::FormatDuration(kBeforeMax),
                     "take a date of its own for what lies so far before");
    }
    return before;
  }

  base::Millis ReadTimeOfDay(const YamlNode& node) {
    const auto time = node.IsScalar() ? ParseTimeOfDay(node.text) : std::nullopt;
    if (!time) yaml_.AddFault(node.place, "'at' must be a time of day", "such as \"09:00\"");
    return time.value_or(base::Millis(0));
  }

  void ReadTimeZone(const YamlNode& node) {
    const std::string name = yaml_.ReadText(node);
    if (!name.empty() && !base::TimeZones().Find(name)) {
      const std::vector<std::string> names = base::TimeZones::Names();
      if (names.empty()) {
        yaml_.AddFault(node.place, "unknown time zone '" + name + "'",
                       "this machine has no time zone database: install tzdata");
      } else {
        const std::vector<std::string_view> known(names.begin(), names.end());
        yaml_.AddUnknown(node.place, "time zone", name, known);
      }
    }
    model_.time_zone = name;
  }

  // Of the signals that the file publishes each has a name of its own.
  std::string ReadSignalName(const YamlNode& node) {
    std::string name = yaml_.ReadName(node);
    if (!name.empty() && !signal_names_.insert(name).second) {
      yaml_.AddFault(node.place, "signal '" + name + "' stands twice",
                     "give each signal of the file a name of its own");
    }
    return name;
  }

  bool IsBounded(const YamlNode& node, size_t limit) {
    if (node.children.size() <= limit) return true;
    yaml_.AddFault(node.place, "'" + node.key + "' has " + std::to_string(node.children.size()) +
                                   " entries, " + std::to_string(limit) + " at most",
                   "leave some out, or say several at once with a condition");
    return false;
  }

  static constexpr ConditionScope kNoJourney{{}, false};
  YamlReader& yaml_;
  CustomerModel model_;
  std::set<std::string> signal_names_;
};

}  // namespace

bool IsCustomerFile(const YamlNode& root) {
  return HasKey(root, "customer") && !HasKey(root, "family");
}

CustomerModel ParseCustomer(const YamlNode& root, YamlReader& reader) {
  return CustomerParser(reader).Parse(root);
}

}  // namespace waymark::model
