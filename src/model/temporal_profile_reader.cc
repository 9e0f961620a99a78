#include "model/temporal_profile_reader.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <utility>

namespace waymark::model {
namespace {

using base::Millis;

class Reader {
 public:
  Reader(std::span<const std::string> stages, YamlReader& yaml)
      : stages_(stages.begin(), stages.end()), yaml_(yaml) {}

  TemporalProfile Read(const YamlNode& node) {
    YamlMap map(node, yaml_);
    if (const YamlNode* zeta = map.Take("zeta")) {
      if (const auto number = yaml_.ReadNumber(*zeta, kZetaMin, kZetaMax)) {
        profile_.zeta_milli = std::llround(*number * 1000);
      }
    }
    if (const YamlNode* pairs = map.Require("pairs", "a temporal profile")) ReadPairs(*pairs);
    map.RefuseRest();
    return std::move(profile_);
  }

 private:
  void ReadPairs(const YamlNode& node) {
    if (!yaml_.ExpectList(node)) return;
    if (node.children.empty()) {
      yaml_.AddFault(node.place, "a temporal profile needs at least one pair of stages",
                     "such as - {from: look, to: buy, mean: 3d, deviation: 12h}");
    }
    if (node.children.size() > kTemporalPairsMax) {
      yaml_.AddFault(node.place,
                     "'pairs' has more than " + std::to_string(kTemporalPairsMax) + " entries",
                     "keep the pairs that matter: those of stages that follow each other");
      return;
    }
    for (const YamlNode& item : node.children) ReadPair(item);
  }

  void ReadPair(const YamlNode& node) {
    YamlMap map(node, yaml_);
    TemporalProfile::Pair pair;
    pair.place = node.place;
    pair.from = ReadStage(map, "from");
    pair.to = ReadStage(map, "to");
    pair.mean = ReadTime(map, "mean");
    pair.deviation = ReadTime(map, "deviation");
    map.RefuseRest();
    if (!pair.from.empty() && !pair.to.empty()) CheckPair(pair);
    profile_.pairs.push_back(std::move(pair));
  }

  void CheckPair(const TemporalProfile::Pair& pair) {
    if (pair.from == pair.to) {
      yaml_.AddFault(pair.place, "a pair goes from one stage to another, not back to '" + pair.to +
                                     "'",
                     "how long a stage may take is its target: targets: {duration: …}");
    } else if (!known_.insert({pair.from, pair.to}).second) {
      yaml_.AddFault(pair.place,
                     "the pair from '" + pair.from + "' to '" + pair.to + "' stands twice",
                     "keep one of the two");
    }
  }

  std::string ReadStage(YamlMap& map, std::string_view key) {
    const YamlNode* const node = map.Require(key, "a pair");
    if (node == nullptr) return {};
    std::string stage = yaml_.ReadText(*node);
    if (stage.empty() || std::ranges::find(stages_, stage) != stages_.end()) return stage;
    yaml_.AddUnknown(node->place, "stage", stage, stages_);
    return {};
  }

  Millis ReadTime(YamlMap& map, std::string_view key) {
    const YamlNode* const node = map.Require(key, "a pair");
    if (node == nullptr) return {};
    const Millis time = yaml_.ReadDuration(*node).value_or(Millis(0));
    if (time <= kTemporalMax) return time;
    yaml_.AddFault(node->place, "'" + node->key + "' is longer than " +
                                    base::FormatDuration(kTemporalMax),
                   "write how long journeys take between the two stages");
    return {};
  }

  std::vector<std::string_view> stages_;
  YamlReader& yaml_;
  TemporalProfile profile_;
  std::set<std::pair<std::string, std::string>> known_;
};

}  // namespace

TemporalProfile ReadTemporalProfile(const YamlNode& node, std::span<const std::string> stages,
                                    YamlReader& reader) {
  return Reader(stages, reader).Read(node);
}

}  // namespace waymark::model
