#include "codec/fold_state_customer.h"

#include <algorithm>

namespace waymark::codec {
namespace {

using journey::CustomerState;
using model::CustomerStatus;

constexpr uint64_t kInactive = 1;
constexpr uint64_t kBoughtInSession = 2;

// Rules stand once each, in their order.
template <class T>
bool AreRules(const std::vector<T>& list, size_t rules) {
  const auto not_before = [](const T& a, const T& b) { return a.rule >= b.rule; };
  return std::adjacent_find(list.begin(), list.end(), not_before) == list.end() &&
         (list.empty() || list.back().rule < rules);
}

}  // namespace

bool HasCustomer(const CustomerState& customer) {
  return customer.status > CustomerStatus::kProspect || customer.inactive ||
         !customer.waits.empty() || !customer.dates.empty();
}

void WriteCustomer(CompactWriter& out, const CustomerState& customer) {
  out.Unsigned(static_cast<uint64_t>(customer.status) << 2 |
               (customer.inactive ? kInactive : 0) |
               (customer.bought_in_session ? kBoughtInSession : 0));
  if (customer.status == CustomerStatus::kNew) out.Time(customer.new_since.ms);
  out.Unsigned(customer.purchases.size());
  for (const CustomerState::Purchase& purchase : customer.purchases) {
    out.Time(purchase.time.ms);
    out.Text(purchase.id);
  }
  out.Unsigned(customer.waits.size());
  for (const CustomerState::Wait& wait : customer.waits) {
    out.Unsigned(wait.rule);
    out.Time(wait.since.ms);
    out.Text(wait.id);
  }
  out.Unsigned(customer.dates.size());
  for (const CustomerState::Date& date : customer.dates) {
    out.Unsigned(date.rule);
    out.Signed(date.year);
    out.Time(date.due.ms);
    out.Text(date.id);
  }
}

bool ReadCustomer(CompactReader& in, const journey::CompiledCustomer* rules,
                  CustomerState& customer) {
  if (rules == nullptr) return false;
  const uint64_t flags = in.Unsigned();
  if (flags >> 2 > static_cast<uint64_t>(CustomerStatus::kFormer)) return false;
  customer.status = static_cast<CustomerStatus>(flags >> 2);
  if ((customer.status != CustomerStatus::kUnspecified) != rules->has_status()) return false;
  customer.inactive = (flags & kInactive) != 0;
  customer.bought_in_session = (flags & kBoughtInSession) != 0;
  if (customer.status == CustomerStatus::kNew) customer.new_since.ms = in.Time();
  for (size_t left = in.Count(); left > 0; --left) {
    if (customer.purchases.size() == static_cast<size_t>(model::kLoyalPurchasesMax)) return false;
    CustomerState::Purchase& purchase = customer.purchases.emplace_back();
    purchase.time.ms = in.Time();
    purchase.id.assign(in.Text());
  }
  const model::CustomerModel& definition = rules->definition();
  for (size_t left = in.Count(); left > 0; --left) {
    if (customer.waits.size() == definition.waits.size()) return false;
    CustomerState::Wait& wait = customer.waits.emplace_back();
    wait.rule = static_cast<uint32_t>(in.Unsigned());
    wait.since.ms = in.Time();
    wait.id.assign(in.Text());
  }
  for (size_t left = in.Count(); left > 0; --left) {
    if (customer.dates.size() == definition.dates.size()) return false;
    CustomerState::Date& date = customer.dates.emplace_back();
    date.rule = static_cast<uint32_t>(in.Unsigned());
    const int64_t year = in.Signed();
    if (year < 0 || year > base::kYearMax) return false;
    date.year = static_cast<int32_t>(year);
    date.due.ms = in.Time();
    date.id.assign(in.Text());
  }
  return AreRules(customer.waits, definition.waits.size()) &&
         AreRules(customer.dates, definition.dates.size());
}

}  // namespace waymark::codec
