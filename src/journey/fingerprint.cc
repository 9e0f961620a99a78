#include "journey/fingerprint.h"

#include <string_view>
#include <utility>

namespace waymark::journey {
namespace {

class FingerprintText {
 public:
  void Add(std::string_view text) { text_.append(text).push_back('\0'); }
  void Add(int64_t number) { Add(std::to_string(number)); }
  void Add(const model::Condition& condition) {
    Add(static_cast<int64_t>(condition.kind));
    Add(model::ToString(condition.field));
    for (const std::string& value : condition.values) Add(value);
    Add(condition.bound_micros);
    for (const model::Condition& child : condition.children) Add(child);
    Add(")");
  }
  void Add(const std::optional<model::Condition>& condition) {
    if (condition) Add(*condition);
    Add(condition ? "." : "-");
  }
  void Add(base::Millis duration) { Add(static_cast<int64_t>(duration.count())); }
  void Add(const std::optional<base::Millis>& duration) { Add(duration ? duration->count() : -1); }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

void AddDetector(const model::Detector& detector, FingerprintText& text) {
  text.Add("detector");
  text.Add(detector.name);
  text.Add(static_cast<int64_t>(detector.kind));
  text.Add(detector.when);
  for (const model::SequencePart& part : detector.sequence) {
    text.Add(part.when);
    text.Add(static_cast<int64_t>(part.is_absent ? 1 : 0));
    text.Add(static_cast<int64_t>(part.times_min));
    text.Add(static_cast<int64_t>(part.times_max));
    text.Add(static_cast<int64_t>(part.follows));
  }
  text.Add(detector.within);
  for (const model::FieldRef& field : detector.same) text.Add(model::ToString(field));
  text.Add(static_cast<int64_t>(detector.overlapping ? 1 : 0));
  text.Add(detector.duration);
  for (const model::StagePart& part : detector.in) {
    text.Add(part.stage);
    text.Add(part.station);
  }
  text.Add(model::ToString(detector.between));
  for (const int32_t number : {detector.times, detector.from, detector.to}) {
    text.Add(static_cast<int64_t>(number));
  }
}

void AddFilter(const model::FilterRule& filter, FingerprintText& text) {
  text.Add("filter");
  text.Add(static_cast<int64_t>(filter.decides ? 1 : 0));
  text.Add(static_cast<int64_t>(filter.warns ? 1 : 0));
  text.Add(std::to_string(filter.warn_from));
  for (const model::FilterSymbol& symbol : filter.symbols) {
    text.Add(symbol.name);
    text.Add(symbol.when);
  }
  const auto add_row = [&](const std::map<std::string, double>& row) {
    for (const auto& [name, probability] : row) {
      text.Add(name);
      text.Add(std::to_string(probability));
    }
  };
  for (const model::FilterState& state : filter.states) {
    text.Add(state.name);
    text.Add(state.stage);
    text.Add(state.outcome);
    text.Add(std::to_string(state.start));
    add_row(state.emits);
    add_row(state.next);
  }
}

void AddTemporalProfile(const model::TemporalProfile& profile, FingerprintText& text) {
  text.Add("temporal profile");
  text.Add(profile.zeta_milli);
  for (const model::TemporalProfile::Pair& pair : profile.pairs) {
    text.Add(pair.from);
    text.Add(pair.to);
    text.Add(pair.mean);
    text.Add(pair.deviation);
  }
}

void AddRelevantSet(const model::RelevantSetRule& rule, FingerprintText& text) {
  text.Add("relevant");
  text.Add(model::ToString(rule.of));
  text.Add(rule.when);
  text.Add(rule.out);
  text.Add(static_cast<int64_t>(rule.last));
  text.Add(rule.within);
}

void AddSessions(const model::SessionRules& rules, FingerprintText& text) {
  for (const auto& [channel, gap] : rules.gap_by_channel) {
    text.Add(channel);
    text.Add(gap);
  }
  text.Add("sessions");
  text.Add(rules.length_max);
  text.Add(rules.start);
  text.Add(rules.end);
}

void AddStatus(const model::StatusRules& rules, FingerprintText& text) {
  text.Add("status");
  text.Add(rules.buy);
  text.Add(rules.existing_after);
  text.Add(rules.leave);
  text.Add(rules.inactive_after);
  text.Add(static_cast<int64_t>(rules.loyal ? rules.loyal->purchases : 0));
  if (rules.loyal) text.Add(rules.loyal->within);
}

}  // namespace

std::string FingerprintOf(const model::JourneyModel& model) {
  FingerprintText text;
  text.Add(model.family);
  text.Add(model.name);
  text.Add(model.version);
  text.Add(model.priority);
  if (model.effective_from != base::Timestamp::min()) {
    text.Add("effective");
    text.Add(model.effective_from.ms);
  }
  if (model.fate != model::Fate::kPin) text.Add(model::ToString(model.fate));
  for (const auto& mapping : model.stage_mapping) {
    text.Add(mapping.from);
    text.Add(mapping.to);
  }
  if (model.scope) text.Add(*model.scope);
  const model::JourneyRules& rules = model.journey;
  text.Add(rules.key ? model::ToString(*rules.key) : "");
  text.Add(rules.start);
  if (rules.reentry) text.Add(*rules.reentry);
  for (const std::string& stage : rules.reentry_from) text.Add(stage);
  text.Add(rules.abandon_after);
  for (const model::StagePart& part : rules.abandon_from) {
    text.Add(part.stage);
    text.Add(part.station);
  }
  if (rules.reopen) text.Add(*rules.reopen);
  for (const model::EndRule& end : rules.ends) {
    text.Add(end.when);
    text.Add(static_cast<int64_t>(end.status));
  }
  text.Add(rules.lifetime);
  text.Add(rules.forward_only ? 1 : 0);
  text.Add(rules.value);
  if (rules.handovers == model::Handovers::kDepartment) text.Add("handovers by department");
  if (rules.retention) {
    text.Add("retention");
    text.Add(rules.retention);
  }
  for (const model::Stage& stage : model.stages) {
    text.Add(stage.name);
    text.Add(stage.dimensions.owner);
    text.Add(stage.targets.duration);
    text.Add(stage.enter);
    for (const std::string& from : stage.from) text.Add(from);
    text.Add(stage.closes ? static_cast<int64_t>(*stage.closes) : 0);
    for (const model::Station& station : stage.stations) {
      text.Add(station.name);
      text.Add(station.when);
    }
  }
  for (const model::SignalRule& rule : model.signals) {
    text.Add(rule.name);
    text.Add(static_cast<int64_t>(rule.kind));
    text.Add(rule.when);
    text.Add(rule.once ? 1 : 0);
    if (rule.detector) text.Add(static_cast<int64_t>(*rule.detector));
    if (rule.useful_for) text.Add(rule.useful_for);
  }
  for (const model::Detector& detector : model.detectors) AddDetector(detector, text);
  if (rules.relevant_set) AddRelevantSet(*rules.relevant_set, text);
  if (model.filter) AddFilter(*model.filter, text);
  if (model.temporal_profile) AddTemporalProfile(*model.temporal_profile, text);
  for (const std::string& channel : model.personal_channels) text.Add(channel);
  return text.Take();
}


std::string FingerprintOf(const model::CustomerModel& customer) {
  FingerprintText text;
  text.Add("customer");
  text.Add(customer.name);
  text.Add(static_cast<int64_t>(customer.version));
  AddSessions(customer.sessions, text);
  if (customer.status) AddStatus(*customer.status, text);
  for (const model::WaitRule& wait : customer.waits) {
    text.Add("wait");
    text.Add(wait.name);
    text.Add(static_cast<int64_t>(wait.kind));
    text.Add(wait.when);
    text.Add(wait.until);
    text.Add(wait.within);
    text.Add(wait.completed);
  }
  for (const model::DateRule& date : customer.dates) {
    text.Add("date");
    text.Add(date.name);
    text.Add(date.attribute);
    text.Add(static_cast<int64_t>(date.every_year ? 1 : 0));
    text.Add(date.before);
    text.Add(date.at);
  }
  text.Add(customer.time_zone);
  return text.Take();
}

}  // namespace waymark::journey
