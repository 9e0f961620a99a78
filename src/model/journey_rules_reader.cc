#include "model/journey_rules_reader.h"

#include <array>
#include <string_view>
#include <utility>

namespace waymark::model {
namespace {

class Reader {
 public:
  Reader(const StageNames& names, const ConditionScope& conditions, YamlReader& yaml)
      : names_(names), in_journey_(conditions), yaml_(yaml) {}

  JourneyRules Read(const YamlNode& node) {
    YamlMap map(node, yaml_);
    if (const YamlNode* key = map.Take("key")) ReadKey(*key);
    if (const YamlNode* start = map.Take("start")) {
      ConditionScope before = in_journey_;
      before.in_journey = false;
      rules_.start = ReadCondition(*start, before, yaml_);
    }
    if (const YamlNode* reentry = map.Take("reentry")) ReadReentry(*reentry);
    ReadSilence(map);
    if (const YamlNode* only = map.Take("forward_only")) {
      rules_.forward_only = yaml_.ReadBool(*only);
    }
    if (const YamlNode* by = map.Take("handovers")) ReadHandovers(*by);
    if (const YamlNode* ends = map.Take("ends")) ReadEnds(*ends);
    if (const YamlNode* reopen = map.Take("reopen")) {
      rules_.reopen = ReadCondition(*reopen, in_journey_, yaml_);
    }
    if (const YamlNode* value = map.Take("value")) {
      rules_.value = ReadCondition(*value, in_journey_, yaml_);
    }
    if (const YamlNode* set = map.Take("relevant_set")) ReadRelevantSet(*set);
    map.RefuseRest();
    return std::move(rules_);
  }

 private:
  void ReadSilence(YamlMap& map) {
    const YamlNode* after = map.Take("abandon_after");
    if (after != nullptr) rules_.abandon_after = yaml_.ReadDuration(*after);
    if (const YamlNode* from = map.Take("abandon_from")) {
      rules_.abandon_from = ReadStageParts(*from, names_, yaml_);
      if (after == nullptr) {
        yaml_.AddFault(from->key_place, "'abandon_from' says nothing without 'abandon_after'",
                       "say after how much silence: abandon_after: 90d");
      }
    }
    if (const YamlNode* lifetime = map.Take("lifetime")) {
      rules_.lifetime = yaml_.ReadDuration(*lifetime);
    }
    if (const YamlNode* retention = map.Take("retention")) {
      rules_.retention = yaml_.ReadDuration(*retention);
    }
  }

  void ReadKey(const YamlNode& node) {
    const std::string path = yaml_.ReadText(node);
    if (path.empty()) return;
    auto field = ReadField(path, node.place, yaml_);
    const bool usable = field && !IsNumeric(field->field) && !IsSet(field->field) &&
                        !IsOfJourney(field->field);
    if (field && !usable) {
      yaml_.AddFault(node.place, "'" + path + "' can't tell journeys apart",
                     "name a text field of the interaction, such as contract");
    }
    if (usable) rules_.key = std::move(field);
  }

  void ReadReentry(const YamlNode& node) {
    // A bare 'never' or 'always' is the condition itself.
    if (node.IsScalar()) {
      rules_.reentry = ReadCondition(node, in_journey_, yaml_);
      return;
    }
    YamlMap map(node, yaml_);
    if (const YamlNode* when = map.Take("when")) {
      rules_.reentry = ReadCondition(*when, in_journey_, yaml_);
    }
    if (const YamlNode* from = map.Take("from")) {
      rules_.reentry_from = ReadStageNames(*from, names_.stages, yaml_);
    }
    map.RefuseRest();
  }

  void ReadHandovers(const YamlNode& node) {
    constexpr std::array<std::string_view, 2> kKnown = {"owner", "department"};
    const std::string by = yaml_.ReadText(node);
    if (by == kKnown[1]) rules_.handovers = Handovers::kDepartment;
    if (!by.empty() && by != kKnown[0] && by != kKnown[1]) {
      yaml_.AddUnknown(node.place, "way to find handovers", by, kKnown);
    }
  }

  void ReadEnds(const YamlNode& node) {
    if (!yaml_.ExpectList(node)) return;
    for (const YamlNode& item : node.children) {
      YamlMap map(item, yaml_);
      EndRule rule;
      rule.place = item.place;
      if (const YamlNode* when = map.Require("when", "an end")) {
        rule.when = ReadCondition(*when, in_journey_, yaml_);
      }
      if (const YamlNode* as = map.Require("as", "an end")) {
        rule.status = ReadClosingStatus(*as, yaml_).value_or(rule.status);
      }
      map.RefuseRest();
      rules_.ends.push_back(std::move(rule));
    }
  }

  void ReadRelevantSet(const YamlNode& node) {
    YamlMap map(node, yaml_);
    RelevantSetRule& rule = rules_.relevant_set.emplace();
    rule.of = {Field::kProduct, {}};
    rule.out.kind = Condition::Kind::kNot;
    rule.out.children.emplace_back();
    if (const YamlNode* of = map.Take("of")) {
      const std::string path = yaml_.ReadText(*of);
      const auto field = path.empty() ? std::nullopt : ReadField(path, of->place, yaml_);
      if (field && (IsNumeric(field->field) || IsSet(field->field) || IsOfJourney(field->field))) {
        yaml_.AddFault(of->place, "'" + path + "' is no text of an interaction",
                       "name a field such as product or source.system");
      } else if (field) {
        rule.of = *field;
      }
    }
    if (const YamlNode* when = map.Take("when")) {
      rule.when = ReadCondition(*when, in_journey_, yaml_);
    }
    if (const YamlNode* out = map.Take("out")) rule.out = ReadCondition(*out, in_journey_, yaml_);
    if (const YamlNode* last = map.Require("last", "'relevant_set'")) {
      rule.last = static_cast<int32_t>(yaml_.ReadInteger(*last, 1, kRelevantLastMax).value_or(1));
    }
    if (const YamlNode* within = map.Take("within")) rule.within = yaml_.ReadDuration(*within);
    map.RefuseRest();
  }

  const StageNames& names_;
  const ConditionScope& in_journey_;
  YamlReader& yaml_;
  JourneyRules rules_;
};

}  // namespace

JourneyRules ReadJourneyRules(const YamlNode& node, const StageNames& names,
                              const ConditionScope& conditions, YamlReader& reader) {
  return Reader(names, conditions, reader).Read(node);
}

}  // namespace waymark::model
