#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "detect/predicate.h"

namespace waymark::detect {

// What an interaction's rules are found by; made once for all the indexes it is looked up in.
struct RuleKey {
  RuleKey() = default;
  RuleKey(std::string_view action_text, std::string_view channel_text)
      : action(base::Hash64(action_text)),
        channel(base::Hash64(channel_text)),
        both(Pair(action, channel)) {}
  static uint64_t Pair(uint64_t action, uint64_t channel) {
    return action ^ (channel * 0x9e3779b97f4a7c15ULL + 1);
  }

  uint64_t action = 0;
  uint64_t channel = 0;
  uint64_t both = 0;
};

// Rules in their order, found by the action and channel of an interaction, so that the cost grows
// with the rules that could hold. Immutable once built.
class RuleIndex {
 public:
  RuleIndex() = default;
  explicit RuleIndex(const std::vector<Predicate>& rules);

  // Calls `visit` with the numbers of the rules that may hold, ascending, until it returns true.
  // Two texts of one hash only bring more of them.
  template <class Visit>
  void ForEachCandidate(const RuleKey& key, Visit visit) const {
    std::array<std::span<const uint32_t>, kLists> lists = {
        Find(by_action_, key.action), Find(by_channel_, key.channel), Find(by_both_, key.both),
        any_};
    for (;;) {
      std::span<const uint32_t>* least = nullptr;
      for (auto& list : lists) {
        if (!list.empty() && (least == nullptr || list.front() < least->front())) least = &list;
      }
      if (least == nullptr || visit(least->front())) return;
      *least = least->subspan(1);
    }
  }

 private:
  static constexpr size_t kLists = 4;
  using Lists = absl::flat_hash_map<uint64_t, std::vector<uint32_t>>;

  static std::span<const uint32_t> Find(const Lists& lists, uint64_t hash) {
    if (lists.empty()) return {};
    const auto at = lists.find(hash);
    return at == lists.end() ? std::span<const uint32_t>() : at->second;
  }

  // Each rule stands in one of the four, in the first under all its values.
  Lists by_both_;
  Lists by_action_;
  Lists by_channel_;
  std::vector<uint32_t> any_;
};

}  // namespace waymark::detect
