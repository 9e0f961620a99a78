#include "model/filter_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace waymark::model {
namespace {

constexpr double kSumTolerance = 0.01;

class Reader {
 public:
  Reader(const ConditionScope& scope, YamlReader& yaml) : scope_(scope), yaml_(yaml) {}

  FilterRule Read(const YamlNode& node) {
    YamlMap map(node, yaml_);
    if (const YamlNode* decides = map.Take("decides")) ReadDecides(*decides);
    if (const YamlNode* warns = map.Take("warns")) rule_.warns = yaml_.ReadBool(*warns);
    if (const YamlNode* from = map.Take("warn_from")) {
      rule_.warn_from = yaml_.ReadNumber(*from, 0, 1).value_or(rule_.warn_from);
    }
    if (const YamlNode* symbols = map.Require("symbols", "a filter")) ReadSymbols(*symbols);
    // Without states it is still to be learned.
    if (const YamlNode* states = map.Take("states")) ReadStates(*states);
    map.RefuseRest();
    return std::move(rule_);
  }

 private:
  void ReadDecides(const YamlNode& node) {
    constexpr std::array<std::string_view, 2> kNames = {"rules", "filter"};
    const std::string text = yaml_.ReadText(node);
    if (text == kNames[0] || text == kNames[1]) {
      rule_.decides = text == kNames[1];
    } else if (!text.empty()) {
      yaml_.AddUnknown(node.place, "way to decide", text, kNames);
    }
  }

  bool IsBounded(const YamlNode& node, size_t most) {
    if (!yaml_.ExpectList(node)) return false;
    if (!node.children.empty() && node.children.size() <= most) return true;
    yaml_.AddFault(node.place, "'" + node.key + "' has 1 to " + std::to_string(most) +
                                   " entries, not " + std::to_string(node.children.size()),
                   "`waymark model fit` writes this section");
    return false;
  }

  template <class Named>
  void CheckFirst(const std::vector<Named>& known, const std::string& name, Place place) {
    const bool again = std::any_of(known.begin(), known.end(),
                                   [&](const Named& named) { return named.name == name; });
    if (!again || name.empty()) return;
    yaml_.AddFault(place, "'" + name + "' stands twice", "give each a name of its own");
  }

  void ReadSymbols(const YamlNode& node) {
    if (!IsBounded(node, kFilterSymbolsMax)) return;
    for (const YamlNode& item : node.children) {
      YamlMap map(item, yaml_);
      FilterSymbol symbol;
      symbol.place = item.place;
      if (const YamlNode* name = map.Require("name", "a symbol")) {
        symbol.name = yaml_.ReadName(*name);
        CheckFirst(rule_.symbols, symbol.name, name->place);
      }
      if (const YamlNode* when = map.Require("when", "a symbol")) {
        symbol.when = ReadCondition(*when, scope_, yaml_);
      }
      map.RefuseRest();
      rule_.symbols.push_back(std::move(symbol));
    }
  }

  void ReadStates(const YamlNode& node) {
    if (!IsBounded(node, kFilterStatesMax)) return;
    for (const YamlNode& item : node.children) ReadState(item);
    for (const YamlNode& item : node.children) {
      CheckKeys(item, "emits", "symbol", rule_.symbols);
      CheckKeys(item, "next", "state", rule_.states);
    }
    double sum = 0;
    for (const FilterState& state : rule_.states) sum += state.start;
    CheckSum(sum, node.place, "the states' 'start'");
  }

  void ReadState(const YamlNode& item) {
    YamlMap map(item, yaml_);
    FilterState state;
    state.place = item.place;
    if (const YamlNode* name = map.Require("name", "a state")) {
      state.name = yaml_.ReadName(*name);
      CheckFirst(rule_.states, state.name, name->place);
    }
    if (const YamlNode* stage = map.Require("stage", "a state")) {
      state.stage = yaml_.ReadText(*stage);
      const std::vector<std::string_view> known(scope_.stages.begin(), scope_.stages.end());
      if (std::find(known.begin(), known.end(), state.stage) == known.end()) {
        yaml_.AddUnknown(stage->place, "stage", state.stage, known);
      }
    }
    if (const YamlNode* outcome = map.Take("outcome")) state.outcome = yaml_.ReadName(*outcome);
    if (const YamlNode* start = map.Take("start")) {
      state.start = yaml_.ReadNumber(*start, 0, 1).value_or(0);
    }
    if (const YamlNode* emits = map.Require("emits", "a state")) state.emits = ReadRow(*emits);
    if (const YamlNode* next = map.Take("next")) state.next = ReadRow(*next);
    map.RefuseRest();
    rule_.states.push_back(std::move(state));
  }

  std::map<std::string, double> ReadRow(const YamlNode& node) {
    std::map<std::string, double> row;
    if (!yaml_.ExpectMap(node)) return row;
    double sum = 0;
    for (const YamlNode& child : node.children) {
      const double probability = yaml_.ReadNumber(child, 0, 1).value_or(0);
      row[child.key] = probability;
      sum += probability;
    }
    CheckSum(sum, node.place, "the probabilities of '" + node.key + "'");
    return row;
  }

  void CheckSum(double sum, Place place, const std::string& what) {
    if (std::abs(sum - 1) <= kSumTolerance) return;
    const auto percent = static_cast<int64_t>(std::lround(sum * 100));
    yaml_.AddFault(place, what + " add up to " + std::to_string(percent) + " %, not to 100 %",
                   "a hundredth more or less is taken");
  }

  template <class Named>
  void CheckKeys(const YamlNode& item, std::string_view key, std::string_view what,
                 const std::vector<Named>& known) {
    std::vector<std::string_view> names;
    for (const Named& named : known) names.push_back(named.name);
    for (const YamlNode& row : item.children) {
      if (row.key != key) continue;
      for (const YamlNode& child : row.children) {
        if (std::find(names.begin(), names.end(), child.key) != names.end()) continue;
        yaml_.AddUnknown(child.key_place, what, child.key, names);
      }
    }
  }

  const ConditionScope& scope_;
  YamlReader& yaml_;
  FilterRule rule_;
};

}  // namespace

FilterRule ReadFilter(const YamlNode& node, const ConditionScope& before_journey,
                      YamlReader& reader) {
  return Reader(before_journey, reader).Read(node);
}

}  // namespace waymark::model
