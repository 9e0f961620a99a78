// The part of the fold that tells who meets the customer.
#include <algorithm>

#include "journey/fold_step.h"

namespace waymark::journey {

using model::SignalKind;
using model::Text;

// Before the run takes this interaction's touchpoint and channel.
void FoldStep::TellPersonalContact(Run& run) {
  const model::Interaction& i = *interaction_;
  if (!i.IsCustomer() || run.personal_contact || !run.model->IsPersonal(i.channel)) return;
  run.personal_contact = true;
  model::Signal& signal = Emit(
      {SignalKind::kFirstPersonalContact, now_, i.channel, "personal-contact"}, &run, i.id, {});
  model::JourneyBefore& before = signal.before.emplace();
  before.interactions = run.interactions;
  before.time_ms = (now_ - run.started).count();
  for (const Text touchpoint : run.touchpoints) {
    before.touchpoints.push_back(effects_.arena.Copy(touchpoint));
  }
  for (const Text channel : run.channels) {
    before.channels.push_back(effects_.arena.Copy(channel));
  }
}

model::Signal& FoldStep::TellHandover(const Run& run, const Handover& handover,
                                      const Cause& cause) {
  constexpr Text kArrow = " to ";
  const auto [from, to, distinction] = handover;
  char* const both = effects_.arena.Take(from.size() + to.size() + kArrow.size());
  char* end = std::copy(from.begin(), from.end(), both);
  end = std::copy(kArrow.begin(), kArrow.end(), end);
  end = std::copy(to.begin(), to.end(), end);
  const Text name(both, static_cast<size_t>(end - both));
  model::Signal& signal =
      Emit({SignalKind::kHandover, cause.time, name, "handover"}, &run, cause.id, distinction);
  AddEvidence(signal, cause.evidence);
  signal.previous_department = name.substr(0, from.size());
  signal.department = name.substr(from.size() + kArrow.size());
  if (run.stage >= 0) signal.stage = StageOf(run).name;
  signal.waiting_ms = (cause.time - silent_since_).count();
  return signal;
}

// The run has just come to its stage from the one `before`.
void FoldStep::HandOverStage(Run& run, int32_t before, const Cause& cause) {
  const model::Stage& entered = StageOf(run);
  const Text to = entered.dimensions.owner;
  if (run.model->definition.journey.handovers == model::Handovers::kDepartment) {
    // Who did something at this moment says more than who answers for the stage.
    const bool is_named = interaction_ != nullptr && !interaction_->source.department.empty();
    if (!is_named) NoteDepartment(run, to, cause);
    return;
  }
  if (before < 0) return;
  const model::Stage& left = run.model->definition.stages[static_cast<size_t>(before)];
  const Text from = left.dimensions.owner;
  if (from.empty() || to.empty() || from == to) return;
  TellHandover(run, {from, to, entered.name}, cause).previous_stage = left.name;
}

// A department that is not named says nothing.
void FoldStep::NoteDepartment(Run& run, Text department, const Cause& cause) {
  if (run.model->definition.journey.handovers != model::Handovers::kDepartment) return;
  if (department.empty() || department == run.department) return;
  if (!run.department.empty()) {
    TellHandover(run, {run.department, department, "department"}, cause);
  }
  run.department.assign(department);
}

}  // namespace waymark::journey
