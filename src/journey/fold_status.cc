#include <algorithm>

#include "journey/fold_step.h"

namespace waymark::journey {

using base::Timestamp;
using model::CustomerStatus;
using model::SignalKind;

Timestamp FoldStep::ExistingDue() const {
  const CustomerState& customer = state_.customer;
  if (customer.status != CustomerStatus::kNew) return Timestamp::max();
  const auto& after = customer_->definition().status->existing_after;
  return after ? customer.new_since + *after : Timestamp::max();
}

// Who has left is silent by right.
Timestamp FoldStep::InactiveDue() const {
  const CustomerState& customer = state_.customer;
  const bool may_be = state_.touched && !customer.inactive && customer_->has_status() &&
                      customer.status != CustomerStatus::kFormer;
  if (!may_be) return Timestamp::max();
  const auto& after = customer_->definition().status->inactive_after;
  return after ? state_.session.last + *after : Timestamp::max();
}

Timestamp FoldStep::CustomerDue() const {
  if (customer_ == nullptr) return Timestamp::max();
  Timestamp due = std::min(ExistingDue(), InactiveDue());
  for (const CustomerState::Wait& wait : state_.customer.waits) due = std::min(due, WaitDue(wait));
  for (const CustomerState::Date& date : state_.customer.dates) due = std::min(due, DateDue(date));
  return due;
}

bool FoldStep::FireCustomer(Timestamp due) {
  if (customer_ == nullptr) return false;
  CustomerState& customer = state_.customer;
  if (ExistingDue() == due) {
    customer.status = CustomerStatus::kExisting;
    effects_.stage_changed = true;
    CountFired(TimerKind::kStatus);
    return true;
  }
  if (InactiveDue() == due) {
    customer.inactive = true;
    Emit({SignalKind::kInactive, due, {}, "inactivity"}, nullptr, state_.session.last_id, {});
    effects_.stage_changed = true;
    CountFired(TimerKind::kStatus);
    return true;
  }
  return FireWait(due) || FireDate(due);
}

void FoldStep::Return() {
  CustomerState& customer = state_.customer;
  if (!customer.inactive) return;
  customer.inactive = false;
  Emit({SignalKind::kReactivated, now_, {}, "inactivity"}, nullptr, interaction_->id, {});
  effects_.stage_changed = true;
}

void FoldStep::UpdateStatus() {
  if (customer_ == nullptr || !customer_->has_status()) return;
  const detect::Facts facts = FactsOf(nullptr);
  CustomerState& customer = state_.customer;
  if (customer_->IsPurchase(facts) && !customer.bought_in_session) Buy();
  const bool has_bought =
      customer.status == CustomerStatus::kNew || customer.status == CustomerStatus::kExisting;
  if (!has_bought || !customer_->Leaves(facts)) return;
  customer.status = CustomerStatus::kFormer;
  customer.bought_in_session = false;
  customer.purchases.clear();
  effects_.stage_changed = true;
}

void FoldStep::Buy() {
  CustomerState& customer = state_.customer;
  customer.bought_in_session = true;
  effects_.stage_changed = true;
  if (customer.status == CustomerStatus::kNew || customer.status == CustomerStatus::kExisting) {
    customer.status = CustomerStatus::kExisting;
    Emit({SignalKind::kLifecycle, now_, "repurchase", "repurchase"}, nullptr, interaction_->id, {});
  } else {
    customer.status = CustomerStatus::kNew;
    customer.new_since = now_;
  }
  if (customer_->definition().status->loyal) CountForLoyalty();
}

// Between two purchases nobody becomes loyal, so only this one can have made it true.
void FoldStep::CountForLoyalty() {
  const model::LoyaltyRule& rule = *customer_->definition().status->loyal;
  auto& purchases = state_.customer.purchases;
  const auto is_loyal = [&] {
    return purchases.size() == static_cast<size_t>(rule.purchases) &&
           purchases.front().time + rule.within >= now_;
  };
  const bool was_loyal = is_loyal();
  if (purchases.size() == static_cast<size_t>(rule.purchases)) purchases.erase(purchases.begin());
  purchases.push_back({now_, std::string(interaction_->id)});
  if (was_loyal || !is_loyal()) return;
  model::Signal& signal =
      Emit({SignalKind::kLoyal, now_, {}, "loyalty"}, nullptr, interaction_->id, {});
  signal.evidence.clear();
  for (const CustomerState::Purchase& purchase : purchases) {
    signal.evidence.push_back(effects_.arena.Copy(purchase.id));
  }
}

}  // namespace waymark::journey
