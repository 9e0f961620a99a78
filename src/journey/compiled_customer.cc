#include "journey/compiled_customer.h"

#include <algorithm>
#include <utility>

namespace waymark::journey {
namespace {

// These conditions know no stages: no journey is asked.
detect::Predicate Compile(const model::Condition& condition) {
  static const std::vector<model::Stage> kNoStages;
  static const std::vector<model::Detector> kNoDetectors;
  return {condition, {kNoStages, kNoDetectors}};
}

std::optional<detect::Predicate> Compile(const std::optional<model::Condition>& condition) {
  return condition ? std::optional(Compile(*condition)) : std::nullopt;
}

}  // namespace

CompiledCustomer::CompiledCustomer(model::CustomerModel source)
    : definition_(std::move(source)),
      gaps_(definition_.sessions.gap_by_channel.begin(), definition_.sessions.gap_by_channel.end()),
      session_start_(Compile(definition_.sessions.start)),
      session_end_(Compile(definition_.sessions.end)),
      zone_(zones_.Find(definition_.time_zone).value_or(base::TimeZone())) {
  if (definition_.status) {
    buy_ = Compile(definition_.status->buy);
    leave_ = Compile(definition_.status->leave);
  }
  for (const model::WaitRule& wait : definition_.waits) {
    whens_.push_back(Compile(wait.when));
    untils_.push_back(Compile(wait.until));
  }
  when_index_ = detect::RuleIndex(whens_);
}

uint32_t CompiledCustomer::GapOf(std::string_view channel) const {
  const auto at = std::lower_bound(
      gaps_.begin(), gaps_.end(), channel,
      [](const auto& entry, std::string_view name) { return entry.first < name; });
  if (at == gaps_.end() || at->first != channel) return 0;
  return static_cast<uint32_t>(at - gaps_.begin()) + 1;
}

uint32_t CompiledCustomer::DatesOf(std::string_view attribute) const {
  uint32_t bits = 0;
  for (size_t date = 0; date < definition_.dates.size(); ++date) {
    if (definition_.dates[date].attribute == attribute) bits |= 1U << date;
  }
  return bits;
}

base::TimeZone CompiledCustomer::ZoneOf(std::string_view name) const {
  return name.empty() ? zone_ : zones_.Find(name).value_or(zone_);
}

}  // namespace waymark::journey
