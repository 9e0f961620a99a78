#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <utility>

#include "model/condition_reader.h"
#include "model/customer_parser.h"
#include "model/journey_model.h"
#include "model/model_checks.h"
#include "model/rule_kind.h"
#include "model/stage_reader.h"
#include "model/yaml_reader.h"
#include "model/yaml_tree.h"

namespace waymark::model {
namespace {

constexpr int64_t kInt32Max = std::numeric_limits<int32_t>::max();
// More faults than this help nobody; the last one says how many were left out.
constexpr size_t kFaultsMax = 100;

constexpr std::array<std::string_view, 3> kPurposes = {"dialogue", "offer", "data_collection"};

// Reads one model top down. The names of the stages are gathered first, because rules all over the
// file refer to them.
class ModelParser {
 public:
  explicit ModelParser(YamlReader& yaml) : yaml_(yaml) {}

  JourneyModel Parse(const YamlNode& root) {
    YamlMap top(root, yaml_);
    model_.file = yaml_.file();
    ReadHead(root, top);
    CollectStageNames(top.Take("stages"));
    if (const YamlNode* node = top.Take("scope")) {
      model_.scope = ReadCondition(*node, BeforeJourney(), yaml_);
    }
    if (const YamlNode* node = top.Take("journey")) ReadJourney(*node);
    if (const YamlNode* node = top.Take("touchpoints")) ReadTouchpoints(*node);
    if (const YamlNode* node = top.Take("personal_channels")) {
      model_.personal_channels = yaml_.ReadTexts(*node);
    }
    if (const YamlNode* node = top.Require("stages", "a model")) ReadStages(*node);
    if (const YamlNode* node = top.Take("signals")) ReadSignals(*node);
    top.RefuseRest();
    return std::move(model_);
  }

 private:
  ConditionScope InJourney() const { return {stage_names_, true}; }
  ConditionScope BeforeJourney() const { return {stage_names_, false}; }

  void ReadHead(const YamlNode& root, YamlMap& top) {
    model_.place = root.place;
    if (const YamlNode* node = top.Require("family", "a model")) {
      model_.family = yaml_.ReadName(*node);
    }
    if (const YamlNode* node = top.Require("model", "a model")) {
      model_.name = yaml_.ReadName(*node);
      model_.place = node->place;
    }
    if (const YamlNode* node = top.Take("version")) {
      model_.version = static_cast<int32_t>(yaml_.ReadInteger(*node, 1, kInt32Max).value_or(1));
    }
    if (const YamlNode* node = top.Take("priority")) {
      const auto priority = yaml_.ReadInteger(*node, -kInt32Max, kInt32Max);
      model_.priority = static_cast<int32_t>(priority.value_or(0));
    }
    if (const YamlNode* node = top.Take("title")) model_.titles = ReadTitles(*node, yaml_);
    if (const YamlNode* node = top.Take("description")) {
      model_.description = yaml_.ReadText(*node);
    }
  }

  // The names as far as they can be read; what is wrong with them comes out in ReadStages.
  void CollectStageNames(const YamlNode* stages) {
    if (stages == nullptr) return;
    for (const YamlNode& stage : stages->children) {
      const YamlNode* name = FindChild(stage, "name");
      if (name == nullptr || !name->IsScalar()) continue;
      stage_names_.push_back(name->text);
      auto& stations = station_names_.emplace_back();
      const YamlNode* list = FindChild(stage, "stations");
      if (list == nullptr) continue;
      for (const YamlNode& station : list->children) {
        const YamlNode* station_name = FindChild(station, "name");
        if (station_name != nullptr) stations.push_back(station_name->text);
      }
    }
  }

  static const YamlNode* FindChild(const YamlNode& node, std::string_view key) {
    const auto at = std::find_if(node.children.begin(), node.children.end(),
                                 [key](const YamlNode& child) { return child.key == key; });
    return at == node.children.end() ? nullptr : &*at;
  }

  // True the first time that a name comes; names left empty have their fault already.
  bool IsFirst(std::set<std::string, std::less<>>& names, const std::string& name,
               std::string_view what, Place place) {
    if (name.empty() || names.insert(name).second) return true;
    yaml_.AddFault(place, std::string(what) + " '" + name + "' stands twice");
    return false;
  }

  void ReadJourney(const YamlNode& node) {
    YamlMap map(node, yaml_);
    JourneyRules& rules = model_.journey;
    if (const YamlNode* key = map.Take("key")) ReadKey(*key);
    if (const YamlNode* start = map.Take("start")) {
      rules.start = ReadCondition(*start, BeforeJourney(), yaml_);
    }
    if (const YamlNode* reentry = map.Take("reentry")) ReadReentry(*reentry);
    ReadSilence(map);
    if (const YamlNode* only = map.Take("forward_only")) rules.forward_only = yaml_.ReadBool(*only);
    if (const YamlNode* ends = map.Take("ends")) ReadEnds(*ends);
    if (const YamlNode* reopen = map.Take("reopen")) {
      rules.reopen = ReadCondition(*reopen, InJourney(), yaml_);
    }
    if (const YamlNode* value = map.Take("value")) {
      rules.value = ReadCondition(*value, InJourney(), yaml_);
    }
    map.RefuseRest();
  }

  void ReadSilence(YamlMap& map) {
    JourneyRules& rules = model_.journey;
    const YamlNode* after = map.Take("abandon_after");
    if (after != nullptr) rules.abandon_after = yaml_.ReadDuration(*after);
    if (const YamlNode* from = map.Take("abandon_from")) {
      for (const PlacedText& part : yaml_.ReadPlacedTexts(*from)) ReadStagePart(part);
      if (after == nullptr) {
        yaml_.AddFault(from->key_place, "'abandon_from' says nothing without 'abandon_after'");
      }
    }
    if (const YamlNode* lifetime = map.Take("lifetime")) {
      rules.lifetime = yaml_.ReadDuration(*lifetime);
    }
    if (const YamlNode* retention = map.Take("retention")) {
      rules.retention = yaml_.ReadDuration(*retention);
    }
  }

  // "stage" or "stage/station".
  void ReadStagePart(const PlacedText& part) {
    const size_t slash = std::min(part.text.find('/'), part.text.size());
    StagePart out{part.text.substr(0, slash), {}};
    const auto at = std::find(stage_names_.begin(), stage_names_.end(), out.stage);
    if (at == stage_names_.end()) {
      const std::vector<std::string_view> known(stage_names_.begin(), stage_names_.end());
      yaml_.AddUnknown(part.place, "stage", out.stage, known);
    } else if (slash < part.text.size()) {
      out.station = part.text.substr(slash + 1);
      const auto& stations = station_names_[static_cast<size_t>(at - stage_names_.begin())];
      if (std::find(stations.begin(), stations.end(), out.station) == stations.end()) {
        const std::vector<std::string_view> known(stations.begin(), stations.end());
        yaml_.AddUnknown(part.place, "station", out.station, known);
      }
    }
    model_.journey.abandon_from.push_back(std::move(out));
  }

  void ReadKey(const YamlNode& node) {
    const std::string path = yaml_.ReadText(node);
    if (path.empty()) return;
    auto field = ReadField(path, node.place, yaml_);
    const bool usable = field && !IsNumeric(field->field) && field->field != Field::kStage &&
                        field->field != Field::kVisited;
    if (field && !usable) {
      yaml_.AddFault(node.place, "'" + path + "' can't tell journeys apart",
                     "name a text field of the interaction, such as contract");
    }
    if (usable) model_.journey.key = std::move(field);
  }

  void ReadReentry(const YamlNode& node) {
    JourneyRules& rules = model_.journey;
    // A bare 'never' or 'always' is the condition itself.
    if (node.IsScalar()) {
      rules.reentry = ReadCondition(node, InJourney(), yaml_);
      return;
    }
    YamlMap map(node, yaml_);
    if (const YamlNode* when = map.Take("when")) {
      rules.reentry = ReadCondition(*when, InJourney(), yaml_);
    }
    if (const YamlNode* from = map.Take("from")) {
      rules.reentry_from = ReadStageNames(*from, stage_names_, yaml_);
    }
    map.RefuseRest();
  }

  void ReadEnds(const YamlNode& node) {
    if (!yaml_.ExpectList(node)) return;
    for (const YamlNode& item : node.children) {
      YamlMap map(item, yaml_);
      EndRule rule;
      rule.place = item.place;
      if (const YamlNode* when = map.Require("when", "an end")) {
        rule.when = ReadCondition(*when, InJourney(), yaml_);
      }
      if (const YamlNode* as = map.Require("as", "an end")) {
        rule.status = ReadClosingStatus(*as, yaml_).value_or(rule.status);
      }
      map.RefuseRest();
      model_.journey.ends.push_back(std::move(rule));
    }
  }

  void ReadTouchpoints(const YamlNode& node) {
    if (!yaml_.ExpectList(node)) return;
    std::set<std::string, std::less<>> names;
    for (const YamlNode& item : node.children) {
      YamlMap map(item, yaml_);
      Touchpoint touchpoint;
      if (const YamlNode* name = map.Require("name", "a touchpoint")) {
        touchpoint.name = yaml_.ReadName(*name);
        IsFirst(names, touchpoint.name, "touchpoint", name->place);
      }
      if (const YamlNode* channel = map.Require("channel", "a touchpoint")) {
        touchpoint.channel = yaml_.ReadText(*channel);
      }
      if (const YamlNode* online = map.Take("online")) touchpoint.online = yaml_.ReadBool(*online);
      if (const YamlNode* owner = map.Take("owner")) touchpoint.owner = yaml_.ReadText(*owner);
      if (const YamlNode* purposes = map.Take("purposes")) ReadPurposes(*purposes, touchpoint);
      map.RefuseRest();
      model_.touchpoints.push_back(std::move(touchpoint));
    }
  }

  void ReadPurposes(const YamlNode& node, Touchpoint& touchpoint) {
    for (PlacedText& purpose : yaml_.ReadPlacedTexts(node)) {
      if (std::find(kPurposes.begin(), kPurposes.end(), purpose.text) == kPurposes.end()) {
        yaml_.AddUnknown(purpose.place, "purpose", purpose.text, kPurposes);
      }
      touchpoint.purposes.push_back(std::move(purpose.text));
    }
  }

  void ReadStages(const YamlNode& node) {
    if (!yaml_.ExpectList(node)) return;
    if (node.children.empty()) yaml_.AddFault(node.place, "a model needs at least one stage");
    const StageContext context{InJourney(), model_.touchpoints};
    std::set<std::string, std::less<>> names;
    bool first_has_rule = true;
    for (const YamlNode& item : node.children) {
      StageRead read = ReadStage(item, context, yaml_);
      IsFirst(names, read.stage.name, "stage", read.stage.place);
      if (model_.stages.empty()) {
        first_has_rule = read.has_rule;
      } else if (!read.has_rule) {
        yaml_.AddFault(read.stage.place, "stage '" + read.stage.name + "' has no rule to enter it",
                       "add 'enter:' with a condition; only the first stage may go without");
      }
      model_.stages.push_back(std::move(read.stage));
    }
    if (!first_has_rule) model_.stages.front().enter = FirstStageRule();
  }

  // "The run's first interaction, unless it enters another stage."
  Condition FirstStageRule() const {
    const Place place = model_.stages.front().place;
    Condition others;
    others.kind = Condition::Kind::kAny;
    others.place = place;
    for (const Stage& stage : model_.stages) {
      if (&stage != &model_.stages.front() && stage.from.empty()) {
        others.children.push_back(stage.enter);
      }
    }
    Condition none;
    none.kind = Condition::Kind::kNot;
    none.place = place;
    none.children.push_back(std::move(others));
    Condition first;
    first.kind = Condition::Kind::kAtMost;
    first.field.field = Field::kInteractions;
    first.place = place;
    Condition both;
    both.kind = Condition::Kind::kAll;
    both.place = place;
    both.children = {std::move(first), std::move(none)};
    return both;
  }

  void ReadSignals(const YamlNode& node) {
    if (!yaml_.ExpectList(node)) return;
    std::set<std::string, std::less<>> names;
    for (const YamlNode& item : node.children) {
      YamlMap map(item, yaml_);
      SignalRule rule;
      rule.place = item.place;
      if (const YamlNode* name = map.Require("name", "a signal")) {
        rule.name = yaml_.ReadName(*name);
        IsFirst(names, rule.name, "signal", name->place);
      }
      if (const YamlNode* kind = map.Take("kind")) {
        rule.kind = ReadRuleKind(*kind, yaml_).value_or(rule.kind);
      }
      if (const YamlNode* when = map.Require("when", "a signal")) {
        rule.when = ReadCondition(*when, InJourney(), yaml_);
      }
      if (const YamlNode* once = map.Take("once")) rule.once = yaml_.ReadBool(*once);
      map.RefuseRest();
      model_.signals.push_back(std::move(rule));
    }
  }

  YamlReader& yaml_;
  JourneyModel model_;
  std::vector<std::string> stage_names_;
  std::vector<std::vector<std::string>> station_names_;  // by stage
};

bool IsBefore(const Fault& a, const Fault& b) {
  return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
}

void SortAndBound(std::vector<Fault>& faults, const std::string& file) {
  std::stable_sort(faults.begin(), faults.end(), IsBefore);
  if (faults.size() <= kFaultsMax) return;
  const size_t left_out = faults.size() - kFaultsMax;
  faults.resize(kFaultsMax);
  faults.push_back({file, faults.back().place,
                    std::to_string(left_out) + " more faults are left out", {}});
}

}  // namespace

ModelSet ParseModel(std::string_view yaml, const std::string& file) {
  ModelSet set;
  const auto root = ParseYaml(yaml, file, set.faults);
  if (root && IsCustomerFile(*root)) {
    YamlReader reader(file, set.faults);
    CustomerModel customer = ParseCustomer(*root, reader);
    if (set.faults.empty()) set.customer = std::move(customer);
  } else if (root) {
    YamlReader reader(file, set.faults);
    JourneyModel model = ModelParser(reader).Parse(*root);
    if (set.faults.empty()) set.faults = CheckReachable(model);
    if (set.faults.empty()) set.models.push_back(std::move(model));
  }
  SortAndBound(set.faults, file);
  return set;
}

}  // namespace waymark::model
