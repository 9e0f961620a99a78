#include "detect/rule_index.h"

#include <algorithm>

namespace waymark::detect {

RuleIndex::RuleIndex(const std::vector<Predicate>& rules) {
  for (uint32_t rule = 0; rule < rules.size(); ++rule) {
    const auto actions = rules[rule].RequiredActions();
    if (!actions) {
      any_.push_back(rule);
      continue;
    }
    for (const std::string& action : *actions) by_action_[action].push_back(rule);
  }
  for (auto& [action, numbers] : by_action_) {
    numbers.insert(numbers.end(), any_.begin(), any_.end());
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  }
}

}  // namespace waymark::detect
