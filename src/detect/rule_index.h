#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/string_map.h"
#include "detect/predicate.h"

namespace waymark::detect {

// Rules in their order, found by the action of an interaction. Immutable once built.
class RuleIndex {
 public:
  RuleIndex() = default;
  explicit RuleIndex(const std::vector<Predicate>& rules);

  // The numbers of the rules that may hold for this action, ascending.
  std::span<const uint32_t> Candidates(std::string_view action) const {
    const auto at = by_action_.find(action);
    return at == by_action_.end() ? std::span<const uint32_t>(any_) : at->second;
  }

 private:
  base::StringMap<std::vector<uint32_t>> by_action_;  // `any_` merged in
  std::vector<uint32_t> any_;
};

}  // namespace waymark::detect
