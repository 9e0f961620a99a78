#include "codec/fold_state_customer.h"

#include <algorithm>
#include <utility>

namespace waymark::codec {
namespace {

using journey::CustomerState;
using model::CustomerStatus;

constexpr uint64_t kInactive = 1;
constexpr uint64_t kBoughtInSession = 2;

// Rules stand once each, in their order.
template <class T>
void Keep(T read, size_t rules, std::vector<T>& list) {
  const bool is_next = list.empty() || read.rule > list.back().rule;
  if (is_next && read.rule < rules) list.push_back(std::move(read));
}

void ReadStatus(CompactReader& in, bool has_status, CustomerState& customer) {
  const uint64_t flags = in.Unsigned();
  const uint64_t status = flags >> 2;
  const bool is_new = status == static_cast<uint64_t>(CustomerStatus::kNew);
  const base::Timestamp since{is_new ? in.Time() : 0};
  const bool known = status >= static_cast<uint64_t>(CustomerStatus::kProspect) &&
                     status <= static_cast<uint64_t>(CustomerStatus::kFormer);
  if (!has_status || !known) return;
  customer.status = static_cast<CustomerStatus>(status);
  customer.inactive = (flags & kInactive) != 0;
  customer.bought_in_session = (flags & kBoughtInSession) != 0;
  customer.new_since = since;
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

void ReadCustomer(CompactReader& in, const journey::CompiledCustomer* rules,
                  CustomerState& customer) {
  const bool has_status = rules != nullptr && rules->has_status();
  const size_t waits = rules == nullptr ? 0 : rules->definition().waits.size();
  const size_t dates = rules == nullptr ? 0 : rules->definition().dates.size();
  ReadStatus(in, has_status, customer);
  for (size_t left = in.Count(); left > 0; --left) {
    const base::Timestamp time{in.Time()};
    const std::string_view id = in.Text();
    const auto most = static_cast<size_t>(model::kLoyalPurchasesMax);
    if (has_status && customer.purchases.size() < most) {
      customer.purchases.push_back({time, std::string(id)});
    }
  }
  for (size_t left = in.Count(); left > 0; --left) {
    CustomerState::Wait wait;
    wait.rule = static_cast<uint32_t>(in.Unsigned());
    wait.since.ms = in.Time();
    wait.id.assign(in.Text());
    Keep(std::move(wait), waits, customer.waits);
  }
  for (size_t left = in.Count(); left > 0; --left) {
    CustomerState::Date date;
    date.rule = static_cast<uint32_t>(in.Unsigned());
    date.year = static_cast<int32_t>(std::clamp<int64_t>(in.Signed(), 0, base::kYearMax));
    date.due.ms = in.Time();
    date.id.assign(in.Text());
    Keep(std::move(date), dates, customer.dates);
  }
}

}  // namespace waymark::codec
