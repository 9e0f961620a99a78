#pragma once

#include <cstdint>
#include <string>

#include "journey/fold.h"

namespace waymark::journey {

// One application of the fold: what Apply and AdvanceTo share. Lives for one call.
class FoldStep {
 public:
  FoldStep(const Fold& fold, State& state, Effects& effects)
      : fold_(fold), state_(state), effects_(effects) {}

  // Timers, in the order (due, session before runs, family, run).
  void FireDueBefore(base::Timestamp limit);
  void FindNextDue();

  void Apply(const model::Interaction& interaction);

 private:
  struct SignalBase {
    model::SignalKind kind;
    base::Timestamp time;
    model::Text name;
    model::Text detector;
  };

  // Timers.
  void Fire(base::Timestamp due);
  bool FireRun(Run& run, base::Timestamp due);
  base::Timestamp SessionDue() const;
  static base::Timestamp AbandonDue(const Run& run);
  static base::Timestamp LifetimeDue(const Run& run);
  static base::Timestamp TargetDue(const Run& run);
  static base::Timestamp NextDue(const Run& run);

  // Profile and session.
  void UpdateProfile();
  void SetAttribute(model::Text name, model::Text value);
  void UpdateSession();
  void CloseSession(base::Timestamp due);

  // Journeys.
  void Place(uint32_t family);
  Run* FindRun(FamilyState& family);
  bool TakesKey(const Run& run) const;
  const PastRun* FindPast(const FamilyState& family) const;
  const CompiledModel* SelectModel(uint32_t family) const;
  detect::Facts FactsOf(const Run* run) const;
  bool IsReentered(const Run& run, const CompiledModel* selected) const;
  bool IsReentered(const PastRun& run, const CompiledModel* selected) const;
  Run NewRun(const CompiledModel& model, uint32_t number);
  Run& AddRun(FamilyState& family, Run run);
  Run& StartRun(FamilyState& family, const CompiledModel& model);
  uint32_t NextOrdinal(const FamilyState& family, model::Text key) const;
  void Take(Run& run);
  void DecideStage(Run& run, model::Placement& placement);
  void EnterStage(Run& run, int32_t stage, model::Placement& placement);
  void DecideStation(Run& run, bool stage_changed);
  void Collect(Run& run);
  void CheckSignalRules(Run& run);
  void Close(Run& run, model::JourneyStatus status, base::Timestamp time, model::Text detector);
  bool Reopen(Run& run);
  Run* Reopen(FamilyState& family, const PastRun& past);
  void MarkReopened(Run& run);
  void CloseWhereDone(Run& run, bool stage_entered);
  void ForgetClosed(FamilyState& family);
  void AddPlacement(const Run& run);
  void AddPastPlacement(const PastRun& past);

  // Signals. `evidence` is the id of the interaction that caused it.
  model::Signal& Emit(const SignalBase& base, const Run* run, model::Text evidence,
                      model::Text distinction);
  model::Text IdText(base::Id96 id) { return effects_.arena.Copy(base::view(base::ToText(id))); }
  base::Id96 HashOf(std::initializer_list<model::Text> parts);

  const Fold& fold_;
  State& state_;
  Effects& effects_;
  const model::Interaction* interaction_ = nullptr;
  base::Timestamp now_;  // of the interaction
};

}  // namespace waymark::journey
