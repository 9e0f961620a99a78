#include "model/model_parser.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <tuple>
#include <utility>

#include "model/condition_reader.h"
#include "model/customer_parser.h"
#include "model/detector_reader.h"
#include "model/filter_reader.h"
#include "model/intervention_reader.h"
#include "model/journey_model.h"
#include "model/journey_rules_reader.h"
#include "model/model_checks.h"
#include "model/persona_reader.h"
#include "model/rule_kind.h"
#include "model/stage_reader.h"
#include "model/temporal_profile_reader.h"
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
    if (!root.IsMap()) {
      yaml_.AddFault(root.place,
                     "a model must be a map of keys, not " + std::string(KindName(root)),
                     "it has family:, model: and stages:; see config/models/six-stages.yaml");
      return std::move(model_);
    }
    YamlMap top(root, yaml_);
    model_.file = yaml_.file();
    ReadHead(root, top);
    CollectStageNames(top.Take("stages"));
    if (stage_mapping_ != nullptr) ReadStageMapping(*stage_mapping_);
    if (const YamlNode* node = top.Take("touchpoints")) ReadTouchpoints(*node);
    if (const YamlNode* node = top.Take("scope")) {
      model_.scope = ReadCondition(*node, BeforeJourney(), yaml_);
    }
    if (const YamlNode* node = top.Take("personas")) {
      model_.personas = ReadPersonas(*node, names_, yaml_);
    }
    const YamlNode* const detectors = top.Take("detectors");
    const YamlNode* const signals = top.Take("signals");
    if (detectors != nullptr) ReadDetectors(*detectors);
    if (signals != nullptr) ReadSignals(*signals);
    if (const YamlNode* node = top.Take("journey")) {
      model_.journey = ReadJourneyRules(*node, names_, InJourney(), yaml_);
    }
    if (const YamlNode* node = top.Take("filter")) {
      model_.filter = ReadFilter(*node, BeforeJourney(), yaml_);
    }
    if (const YamlNode* node = top.Take("temporal_profile")) {
      model_.temporal_profile = ReadTemporalProfile(*node, names_.stages, yaml_);
    }
    if (const YamlNode* node = top.Take("personal_channels")) {
      model_.personal_channels = yaml_.ReadTexts(*node);
    }
    if (const YamlNode* node = top.Take("interventions")) {
      model_.interventions = ReadInterventions(*node, names_, model_.touchpoints, yaml_);
    }
    if (const YamlNode* node = top.Require("stages", "a model")) ReadStages(*node);
    top.RefuseRest();
    return std::move(model_);
  }

 private:
  ConditionScope InJourney() const {
    return {names_.stages, true, detector_names_, model_.touchpoints};
  }
  ConditionScope BeforeJourney() const { return {names_.stages, false, {}, model_.touchpoints}; }

  void ReadHead(const YamlNode& root, YamlMap& top) {
    model_.place = root.place;
    top.Take("extends");  // Followed before, so that it is not there any more; the word is known.
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
    if (const YamlNode* node = top.Take("effective_from")) {
      model_.effective_from = yaml_.ReadTime(*node).value_or(model_.effective_from);
    }
    if (const YamlNode* node = top.Take("fate")) ReadFate(*node);
    stage_mapping_ = top.Take("stage_mapping");
    if (const YamlNode* node = top.Take("priority")) {
      const auto priority = yaml_.ReadInteger(*node, -kInt32Max, kInt32Max);
      model_.priority = static_cast<int32_t>(priority.value_or(0));
    }
    if (const YamlNode* node = top.Take("title")) model_.titles = ReadTitles(*node, yaml_);
    if (const YamlNode* node = top.Take("description")) {
      model_.description = yaml_.ReadText(*node);
    }
  }

  void ReadFate(const YamlNode& node) {
    static constexpr std::array<std::string_view, 3> kFates = {"pin", "restart", "migrate"};
    const std::string fate = yaml_.ReadText(node);
    if (fate.empty()) return;
    if (fate == "restart") {
      model_.fate = Fate::kRestart;
    } else if (fate == "migrate") {
      model_.fate = Fate::kMigrate;
    } else if (fate != "pin") {
      yaml_.AddUnknown(node.place, "fate", fate, kFates);
    }
  }

  void ReadStageMapping(const YamlNode& node) {
    if (model_.fate != Fate::kMigrate) {
      yaml_.AddFault(node.key_place, "'stage_mapping' is for journeys that migrate",
                     "say 'fate: migrate', or leave it out");
    }
    if (!yaml_.ExpectMap(node)) return;
    const std::vector<std::string_view> stages(names_.stages.begin(), names_.stages.end());
    for (const YamlNode& child : node.children) {
      JourneyModel::StageMapping mapping{child.key, yaml_.ReadText(child), child.key_place};
      if (mapping.to.empty()) continue;
      if (std::find(stages.begin(), stages.end(), mapping.to) == stages.end()) {
        yaml_.AddUnknown(child.place, "stage", mapping.to, stages);
      }
      model_.stage_mapping.push_back(std::move(mapping));
    }
  }

  // The names as far as they can be read; what is wrong with them comes out in ReadStages.
  void CollectStageNames(const YamlNode* stages) {
    if (stages == nullptr) return;
    for (const YamlNode& stage : stages->children) {
      const YamlNode* name = FindChild(stage, "name");
      if (name == nullptr || !name->IsScalar()) continue;
      names_.stages.push_back(name->text);
      auto& stations = names_.stations.emplace_back();
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
    yaml_.AddFault(place, std::string(what) + " '" + name + "' stands twice",
                   "give each a name of its own");
    return false;
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
    if (node.children.empty()) yaml_.AddFault(node.place, "a model needs at least one stage",
                     "such as - {name: interested, enter: always}");
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

  bool IsBounded(const YamlNode& node) {
    if (node.children.size() <= kDetectorsMax) return true;
    yaml_.AddFault(node.place, "'" + node.key + "' has more than " +
                                   std::to_string(kDetectorsMax) + " entries",
                   "say several at once with a list of values, 'any' or 'like'");
    return false;
  }

  // Findings of detectors that stand before an entry can be asked for in it.
  size_t AddDetector(Detector detector) {
    detector_names_.push_back(detector.name);
    model_.detectors.push_back(std::move(detector));
    return model_.detectors.size() - 1;
  }

  void ReadDetectors(const YamlNode& node) {
    if (!yaml_.ExpectList(node) || !IsBounded(node)) return;
    for (const YamlNode& item : node.children) {
      YamlMap map(item, yaml_);
      const std::string name = ReadRuleName(map, "a detector");
      Detector detector = ReadDetector(item, map, "a detector", {InJourney(), names_}, yaml_);
      detector.name = name;
      map.RefuseRest();
      AddDetector(std::move(detector));
    }
  }

  std::string ReadRuleName(YamlMap& map, std::string_view what) {
    const YamlNode* const node = map.Require("name", what);
    if (node == nullptr) return {};
    std::string name = yaml_.ReadName(*node);
    IsFirst(rule_names_, name, "name", node->place);
    return name;
  }

  void ReadSignals(const YamlNode& node) {
    if (!yaml_.ExpectList(node) || !IsBounded(node)) return;
    for (const YamlNode& item : node.children) {
      YamlMap map(item, yaml_);
      SignalRule rule;
      rule.place = item.place;
      rule.name = ReadRuleName(map, "a signal");
      if (const YamlNode* kind = map.Take("kind")) {
        rule.kind = ReadRuleKind(*kind, yaml_).value_or(rule.kind);
      }
      if (const YamlNode* once = map.Take("once")) rule.once = yaml_.ReadBool(*once);
      if (const YamlNode* useful = map.Take("useful_for")) {
        rule.useful_for = yaml_.ReadDuration(*useful);
      }
      ReadFinding(item, map, rule);
      map.RefuseRest();
      model_.signals.push_back(std::move(rule));
    }
  }

  // What a signal is for: a single interaction, what a detector finds, or a detector of its own.
  void ReadFinding(const YamlNode& item, YamlMap& map, SignalRule& rule) {
    if (const YamlNode* detected = map.Take("detected")) {
      const std::string name = yaml_.ReadText(*detected);
      const auto at = std::find(detector_names_.begin(), detector_names_.end(), name);
      if (at != detector_names_.end()) {
        rule.detector = static_cast<size_t>(at - detector_names_.begin());
      } else if (!name.empty()) {
        const std::vector<std::string_view> known(detector_names_.begin(), detector_names_.end());
        yaml_.AddUnknown(detected->place, "detector", name, known);
      }
      if (const YamlNode* when = map.Take("when")) {
        rule.when = ReadCondition(*when, InJourney(), yaml_);
      }
      return;
    }
    Detector detector = ReadDetector(item, map, "a signal", {InJourney(), names_}, yaml_);
    if (!SaysDetector(item)) {
      rule.when = std::move(detector.when);
      return;
    }
    detector.name = rule.name;
    rule.detector = AddDetector(std::move(detector));
  }

  YamlReader& yaml_;
  JourneyModel model_;
  StageNames names_;
  const YamlNode* stage_mapping_ = nullptr;                // read once the stages are known
  std::vector<std::string> detector_names_;                // as `detectors` of the model
  std::set<std::string, std::less<>> rule_names_;          // of detectors and signals
};

bool IsBefore(const Fault& a, const Fault& b) {
  return std::tuple(a.place.file, a.place.line, a.place.column) <
         std::tuple(b.place.file, b.place.line, b.place.column);
}

void SortAndBound(std::vector<Fault>& faults, const std::vector<std::string>& files) {
  for (Fault& fault : faults) fault.file = files[static_cast<size_t>(fault.place.file)];
  std::stable_sort(faults.begin(), faults.end(), IsBefore);
  if (faults.size() <= kFaultsMax) return;
  const size_t left_out = faults.size() - kFaultsMax;
  faults.resize(kFaultsMax);
  faults.push_back({faults.back().file, faults.back().place,
                    std::to_string(left_out) + " more faults are left out",
                    "mend those above and look again"});
}

}  // namespace

ModelSource ReadSource(std::string_view yaml, const std::string& file) {
  ModelSource source;
  source.files = {file};
  source.root = ParseYaml(yaml, file, source.faults);
  return source;
}

ModelSet ParseSource(const ModelSource& source) {
  ModelSet set;
  set.faults = source.faults;
  YamlReader reader(source.files[0], set.faults);
  if (source.root && IsCustomerFile(*source.root)) {
    CustomerModel customer = ParseCustomer(*source.root, reader);
    if (set.faults.empty()) set.customer = std::move(customer);
  } else if (source.root) {
    JourneyModel model = ModelParser(reader).Parse(*source.root);
    if (set.faults.empty()) set.faults = CheckReachable(model);
    if (set.faults.empty()) set.faults = CheckConditions(model);
    if (set.faults.empty()) set.models.push_back(std::move(model));
  }
  SortAndBound(set.faults, source.files);
  return set;
}

ModelSet ParseModel(std::string_view yaml, const std::string& file) {
  std::vector<ModelSource> sources = {ReadSource(yaml, file)};
  ResolveExtends(sources);
  return ParseSource(sources[0]);
}

}  // namespace waymark::model
