#include <algorithm>

#include "journey/fold_step.h"

namespace waymark::journey {

using base::Timestamp;
using Wait = CustomerState::Wait;

Timestamp FoldStep::WaitDue(const Wait& wait) const {
  return wait.since + customer_->definition().waits[wait.rule].within;
}

// An interaction answers what waits before it begins a wait of its own, so it never answers itself.
void FoldStep::UpdateWaits() {
  if (customer_ == nullptr) return;
  const detect::Facts facts = FactsOf(nullptr);
  auto& waits = state_.customer.waits;
  for (auto at = waits.begin(); at != waits.end();) {
    const bool answered = customer_->Answers(at->rule, facts);
    if (answered) Answer(*at);
    at = answered ? waits.erase(at) : at + 1;
  }
  customer_->ForEachWait(key_, [&](uint32_t rule) {
    const auto at = std::lower_bound(waits.begin(), waits.end(), rule,
                                     [](const Wait& wait, uint32_t r) { return wait.rule < r; });
    // The first that nobody answered is the one that counts.
    const bool begins = (at == waits.end() || at->rule != rule) && customer_->Begins(rule, facts);
    if (begins) waits.insert(at, {rule, now_, std::string(interaction_->id)});
    return false;
  });
}

void FoldStep::Answer(const Wait& wait) {
  const model::WaitRule& rule = customer_->definition().waits[wait.rule];
  if (rule.completed.empty()) return;
  model::Signal& signal =
      Emit({rule.kind, now_, rule.completed, "wait"}, nullptr, interaction_->id, {});
  signal.evidence.insert(signal.evidence.begin(), effects_.arena.Copy(wait.id));
}

bool FoldStep::FireWait(Timestamp due) {
  auto& waits = state_.customer.waits;
  const auto at = std::find_if(waits.begin(), waits.end(),
                               [&](const Wait& wait) { return WaitDue(wait) == due; });
  if (at == waits.end()) return false;
  const model::WaitRule& rule = customer_->definition().waits[at->rule];
  Emit({rule.kind, due, rule.name, "wait"}, nullptr, at->id, {});
  waits.erase(at);
  CountFired(TimerKind::kWait);
  return true;
}

}  // namespace waymark::journey
