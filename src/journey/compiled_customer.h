#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/calendar.h"
#include "base/time.h"
#include "detect/predicate.h"
#include "detect/rule_index.h"
#include "model/customer_model.h"

namespace waymark::journey {

// The profile attribute that names the customer's time zone.
inline constexpr std::string_view kTimeZoneAttribute = "time_zone";

// The customer file with its conditions compiled. Immutable, but for the time zones, which are read
// when they are first asked for.
class CompiledCustomer {
 public:
  explicit CompiledCustomer(model::CustomerModel source);

  const model::CustomerModel& definition() const { return definition_; }
  bool has_status() const { return definition_.status.has_value(); }

  // The gap that counts after an interaction on this channel, as a number: 0 is the setting
  // session.gap, i the gap of the i-th channel named.
  uint32_t GapOf(std::string_view channel) const;
  uint32_t gaps() const { return static_cast<uint32_t>(gaps_.size()); }
  base::Millis gap(uint32_t number) const { return gaps_[number - 1].second; }

  bool StartsSession(const detect::Facts& facts) const { return Holds(session_start_, facts); }
  bool EndsSession(const detect::Facts& facts) const { return Holds(session_end_, facts); }
  bool IsPurchase(const detect::Facts& facts) const { return Holds(buy_, facts); }
  bool Leaves(const detect::Facts& facts) const { return Holds(leave_, facts); }

  // Visits the waits that an interaction may begin, by number.
  template <class Visit>
  void ForEachWait(const detect::RuleKey& key, Visit visit) const {
    when_index_.ForEachCandidate(key, visit);
  }
  bool Begins(uint32_t wait, const detect::Facts& facts) const { return whens_[wait].Holds(facts); }
  bool Answers(uint32_t wait, const detect::Facts& facts) const {
    return untils_[wait].Holds(facts);
  }

  // The dates that an attribute says, as bits by number.
  uint32_t DatesOf(std::string_view attribute) const;
  // The zone of this name; the file's where there is none.
  base::TimeZone ZoneOf(std::string_view name) const;

 private:
  static bool Holds(const std::optional<detect::Predicate>& predicate, const detect::Facts& facts) {
    return predicate && predicate->Holds(facts);
  }

  model::CustomerModel definition_;
  std::vector<std::pair<std::string, base::Millis>> gaps_;  // sorted by channel
  std::optional<detect::Predicate> session_start_;
  std::optional<detect::Predicate> session_end_;
  std::optional<detect::Predicate> buy_;
  std::optional<detect::Predicate> leave_;
  std::vector<detect::Predicate> whens_;   // by wait
  std::vector<detect::Predicate> untils_;  // by wait
  detect::RuleIndex when_index_;
  base::TimeZones zones_;
  base::TimeZone zone_;  // the file's
};

}  // namespace waymark::journey
