#include "model/intervention_reader.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

namespace waymark::model {
namespace {

constexpr std::array kAims = {Aim::kAcquisition, Aim::kCare, Aim::kRetention, Aim::kSatisfaction};

class InterventionReader {
 public:
  InterventionReader(const StageNames& names, std::span<const Touchpoint> touchpoints,
                     YamlReader& yaml)
      : names_(names), touchpoints_(touchpoints), yaml_(yaml) {}

  Intervention Read(const YamlNode& item) {
    YamlMap map(item, yaml_);
    Intervention one;
    one.place = item.place;
    if (const YamlNode* id = map.Require("id", "an intervention")) one.id = ReadId(*id);
    if (const YamlNode* what = map.Require("what", "an intervention")) {
      one.what = ReadTitles(*what, yaml_);
    }
    if (const YamlNode* at = map.Require("at", "an intervention")) {
      one.at = yaml_.ReadTime(*at).value_or(one.at);
    }
    if (const YamlNode* aim = map.Require("aim", "an intervention")) one.aim = ReadAim(*aim);
    if (const YamlNode* where = map.Require("where", "an intervention")) ReadWhere(*where, one);
    if (const YamlNode* owner = map.Take("owner")) one.owner = yaml_.ReadText(*owner);
    map.RefuseRest();
    return one;
  }

 private:
  std::string ReadId(const YamlNode& node) {
    std::string id = yaml_.ReadName(node);
    if (!id.empty() && !seen_.insert(id).second) {
      yaml_.AddFault(node.place, "intervention '" + id + "' stands twice",
                     "give each an id of its own");
    }
    return id;
  }

  Aim ReadAim(const YamlNode& node) {
    const std::string word = yaml_.ReadText(node);
    std::array<std::string_view, kAims.size()> known;
    std::ranges::transform(kAims, known.begin(), [](Aim aim) { return ToString(aim); });
    for (const Aim aim : kAims) {
      if (word == ToString(aim)) return aim;
    }
    if (!word.empty()) yaml_.AddUnknown(node.place, "aim", word, known);
    return Aim::kSatisfaction;
  }

  void ReadWhere(const YamlNode& node, Intervention& one) {
    YamlMap map(node, yaml_);
    const YamlNode* const stage = map.Take("stage");
    const YamlNode* const touchpoint = map.Take("touchpoint");
    if (stage != nullptr) one.stage = ReadStageName(*stage);
    if (touchpoint != nullptr) one.touchpoint = ReadTouchpoint(*touchpoint);
    if (const YamlNode* channel = map.Take("channel")) one.channel = yaml_.ReadText(*channel);
    map.RefuseRest();
    if (node.IsMap() && (stage == nullptr) == (touchpoint == nullptr)) {
      yaml_.AddFault(node.place, "'where' must name a stage or a touchpoint, one of the two",
                     "such as {stage: purchase}, or {touchpoint: hotline, channel: phone}");
    }
  }

  std::string ReadStageName(const YamlNode& node) {
    std::string name = yaml_.ReadText(node);
    const std::vector<std::string_view> known(names_.stages.begin(), names_.stages.end());
    if (!name.empty() && std::ranges::find(known, name) == known.end()) {
      yaml_.AddUnknown(node.place, "stage", name, known);
    }
    return name;
  }

  std::string ReadTouchpoint(const YamlNode& node) {
    std::string name = yaml_.ReadText(node);
    if (name.empty() || touchpoints_.empty()) return name;
    std::vector<std::string_view> known;
    for (const Touchpoint& touchpoint : touchpoints_) known.emplace_back(touchpoint.name);
    if (std::ranges::find(known, name) == known.end()) {
      yaml_.AddUnknown(node.place, "touchpoint", name, known);
    }
    return name;
  }

  const StageNames& names_;
  const std::span<const Touchpoint> touchpoints_;
  YamlReader& yaml_;
  std::set<std::string, std::less<>> seen_;
};

}  // namespace

std::vector<Intervention> ReadInterventions(const YamlNode& node, const StageNames& names,
                                            std::span<const Touchpoint> touchpoints,
                                            YamlReader& reader) {
  std::vector<Intervention> all;
  if (!reader.ExpectList(node)) return all;
  if (node.children.size() > kInterventionsMax) {
    reader.AddFault(node.place, "'interventions' has more than " +
                                    std::to_string(kInterventionsMax) + " entries",
                    "take out the oldest, whose days are behind measures.retention");
    return all;
  }
  InterventionReader one(names, touchpoints, reader);
  for (const YamlNode& item : node.children) all.push_back(one.Read(item));
  return all;
}

}  // namespace waymark::model
