#include "model/journey_model.h"

namespace waymark::model {

std::string_view ToString(Fate fate) {
  switch (fate) {
    case Fate::kRestart: return "restart";
    case Fate::kMigrate: return "migrate";
    case Fate::kPin: break;
  }
  return "pin";
}

std::optional<size_t> JourneyModel::StageIndex(std::string_view stage) const {
  for (size_t i = 0; i < stages.size(); ++i) {
    if (stages[i].name == stage) return i;
  }
  return std::nullopt;
}

std::optional<size_t> JourneyModel::MappedStage(std::string_view older) const {
  for (const StageMapping& mapping : stage_mapping) {
    if (mapping.from == older) return StageIndex(mapping.to);
  }
  return StageIndex(older);
}

std::string Fault::text() const {
  std::string out = file;
  if (place.line > 0) {
    out += ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
  }
  out += ": " + message;
  if (!hint.empty()) out += " (hint: " + hint + ")";
  return out;
}

namespace {

void VisitIfThere(const std::optional<Condition>& condition, const ConditionVisitor& visit) {
  if (condition) visit(*condition);
}

void VisitRules(const JourneyRules& rules, const ConditionVisitor& visit) {
  visit(rules.start);
  VisitIfThere(rules.reentry, visit);
  VisitIfThere(rules.reopen, visit);
  for (const EndRule& end : rules.ends) visit(end.when);
  visit(rules.value);
  if (!rules.relevant_set) return;
  visit(rules.relevant_set->when);
  visit(rules.relevant_set->out);
}

}  // namespace

void ForEachCondition(const JourneyModel& model, const ConditionVisitor& visit) {
  VisitIfThere(model.scope, visit);
  VisitRules(model.journey, visit);
  for (const Stage& stage : model.stages) {
    visit(stage.enter);
    for (const Station& station : stage.stations) visit(station.when);
  }
  for (const Detector& detector : model.detectors) {
    visit(detector.when);
    for (const SequencePart& part : detector.sequence) visit(part.when);
  }
  for (const SignalRule& rule : model.signals) visit(rule.when);
  if (!model.filter) return;
  for (const FilterSymbol& symbol : model.filter->symbols) visit(symbol.when);
}

void ForEachCondition(const CustomerModel& customer, const ConditionVisitor& visit) {
  VisitIfThere(customer.sessions.start, visit);
  VisitIfThere(customer.sessions.end, visit);
  if (customer.status) {
    VisitIfThere(customer.status->buy, visit);
    VisitIfThere(customer.status->leave, visit);
  }
  for (const WaitRule& wait : customer.waits) {
    visit(wait.when);
    visit(wait.until);
  }
}

}  // namespace waymark::model
