#include "detect/rule_index.h"

namespace waymark::detect {
namespace {

// A rule for many actions and many channels stands under its actions alone.
constexpr size_t kPairsMax = 64;

// Values that stand twice, or share a hash, are one.
void Add(std::vector<uint32_t>& list, uint32_t rule) {
  if (list.empty() || list.back() != rule) list.push_back(rule);
}

}  // namespace

RuleIndex::RuleIndex(const std::vector<Predicate>& rules) {
  for (uint32_t rule = 0; rule < rules.size(); ++rule) {
    const RequiredValues actions = rules[rule].Required(model::Field::kAction);
    const RequiredValues channels = rules[rule].Required(model::Field::kChannel);
    if (!actions && !channels) {
      any_.push_back(rule);
    } else if (!actions) {
      for (const std::string& channel : *channels) Add(by_channel_[base::Hash64(channel)], rule);
    } else if (!channels || actions->size() * channels->size() > kPairsMax) {
      for (const std::string& action : *actions) Add(by_action_[base::Hash64(action)], rule);
    } else {
      for (const std::string& action : *actions) {
        for (const std::string& channel : *channels) {
          const RuleKey key(action, channel);
          Add(by_both_[key.both], rule);
        }
      }
    }
  }
}

}  // namespace waymark::detect
