#include <algorithm>
#include <chrono>

#include "journey/fold_step.h"

namespace waymark::journey {

using base::Timestamp;
using Date = CustomerState::Date;

// The first day of the rule that is not due before `not_before` and not kept before `year_min`. A
// yearly one is an anniversary: the day that it recalls is none.
std::optional<FoldStep::Day> FoldStep::NextDay(uint32_t number, Timestamp not_before,
                                               int32_t year_min) const {
  const model::DateRule& rule = customer_->definition().dates[number];
  const auto date = base::ParseDate(Attribute(rule.attribute));
  if (!date || (!rule.every_year && !date->year)) return std::nullopt;
  const base::TimeZone zone = customer_->ZoneOf(Attribute(kTimeZoneAttribute));
  const int64_t days_before = std::chrono::floor<std::chrono::days>(rule.before).count();
  const base::Millis rest = rule.before - std::chrono::days(days_before);
  const auto due_in = [&](int32_t year) {
    return zone.At(*date, year, days_before, rule.at) - rest;
  };
  if (!rule.every_year) {
    const Timestamp due = due_in(*date->year);
    return due >= not_before ? std::optional(Day{*date->year, due}) : std::nullopt;
  }
  int64_t year = std::max<int64_t>(year_min, zone.YearOf(not_before));
  if (date->year) year = std::max<int64_t>(year, *date->year + 1);
  for (; year <= base::kYearMax; ++year) {
    const Timestamp due = due_in(static_cast<int32_t>(year));
    if (due >= not_before) return Day{static_cast<int32_t>(year), due};
  }
  return std::nullopt;
}

// `changed`: rules whose attribute has another value, as bits; `moved`: the time zone has.
void FoldStep::UpdateDates(uint32_t changed, bool moved) {
  auto& dates = state_.customer.dates;
  for (uint32_t rule = 0; rule < customer_->definition().dates.size(); ++rule) {
    auto at = std::lower_bound(dates.begin(), dates.end(), rule,
                               [](const Date& date, uint32_t r) { return date.rule < r; });
    const bool pending = at != dates.end() && at->rule == rule;
    const bool is_new = (changed >> rule & 1) != 0;
    if (!is_new && !(moved && pending)) continue;
    const auto next = NextDay(rule, now_, is_new ? 0 : at->year);
    const std::string id = is_new ? std::string(interaction_->id) : at->id;
    if (pending) at = dates.erase(at);
    if (next) dates.insert(at, {rule, next->year, next->due, id});
  }
}

// A day that comes back every year is not kept for who has been silent for as long as makes a
// profile lapse: otherwise none that knows a birthday ever would.
Timestamp FoldStep::DateDue(const Date& date) const {
  const bool is_kept = !customer_->definition().dates[date.rule].every_year ||
                       date.due <= SilentUntil();
  return is_kept ? date.due : Timestamp::max();
}

// Those that silence has kept from being due.
void FoldStep::PassOverDates(Timestamp time) {
  auto& dates = state_.customer.dates;
  for (auto at = dates.begin(); at != dates.end();) {
    const auto next = at->due < time ? NextDay(at->rule, time, at->year + 1)
                                     : std::optional(Day{at->year, at->due});
    if (!next) {
      at = dates.erase(at);
      continue;
    }
    at->year = next->year;
    at->due = next->due;
    ++at;
  }
}

bool FoldStep::FireDate(Timestamp due) {
  auto& dates = state_.customer.dates;
  const auto at = std::find_if(dates.begin(), dates.end(),
                               [due](const Date& date) { return date.due == due; });
  if (at == dates.end()) return false;
  const model::DateRule& rule = customer_->definition().dates[at->rule];
  Emit({model::SignalKind::kLifecycle, due, rule.name, "date"}, nullptr, at->id, {});
  CountFired(TimerKind::kDate);
  const auto next = rule.every_year ? NextDay(at->rule, due + base::Millis(1), at->year + 1)
                                    : std::nullopt;
  if (next) {
    at->year = next->year;
    at->due = next->due;
  } else {
    dates.erase(at);
  }
  return true;
}

}  // namespace waymark::journey
