#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "detect/facts.h"
#include "journey/fold.h"

namespace waymark::journey {

// One application of the fold: what Apply and AdvanceTo share. Lives for one call.
class FoldStep {
 public:
  FoldStep(const Fold& fold, State& state, Effects& effects)
      : fold_(fold), customer_(fold.models().customer()), state_(state), effects_(effects) {}

  // Timers, in the order of their due times; of equal ones
  //   1. the session closes,
  //   2. a new customer becomes an existing one, then silence makes one inactive,
  //   3. waits, then dates, each in the order of the file,
  //   4. a rating's wait for what it is about,
  //   5. runs by family and start: target, detectors in the order of the file, abandonment,
  //      lifetime, migration, restart, retention,
  //   6. retention of past runs, the oldest first.
  void FireDueBefore(base::Timestamp limit);
  void FindNextDue();
  // After FireDueBefore(): what has come so far came of timers.
  void NoteFired();
  // After FireDueBefore() with the time of the interaction to be applied.
  void BeginAnewIfLapsed(base::Timestamp time);

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
  void CountFired(TimerKind kind) { ++effects_.timers_fired[static_cast<size_t>(kind)]; }
  void FireRun(FamilyState& family, Run& run, base::Timestamp due);
  base::Timestamp SessionDue() const;
  static base::Timestamp AbandonDue(const Run& run);
  static base::Timestamp LifetimeDue(const Run& run);
  static base::Timestamp TargetDue(const Run& run);
  static base::Timestamp RetentionDue(const CompiledModel& model, base::Timestamp closed);
  base::Timestamp NextDue(const Run& run) const;
  // Versions: fold_versions.cc.
  base::Timestamp RestartDue(const Run& run) const;
  void Restart(FamilyState& family, Run& run, base::Timestamp due);
  base::Timestamp MigrationDue(const Run& run) const;
  const Migration* FindMigration(const Run& run, const CompiledModel& to) const;
  void Migrate(Run& run, base::Timestamp due);
  void MapOnto(const CompiledModel& to, Run& run, base::Timestamp due);
  bool IsInEffect(const CompiledModel& model);
  template <class AnyRun>
  void Remove(FamilyState& family, std::vector<AnyRun>& runs, const AnyRun& run);

  // The end of a profile.
  base::Timestamp SilentUntil() const;
  base::Timestamp LapsesAt() const;

  // Profile and session.
  void UpdateProfile();
  // True where the value is another one now.
  bool SetAttribute(model::Text name, model::Text value);
  model::Text Attribute(model::Text name) const;
  void UpdateSession();
  void EndSession();
  void CloseSession(base::Timestamp time);

  // The customer file's rules.
  base::Timestamp ExistingDue() const;
  base::Timestamp InactiveDue() const;
  base::Timestamp WaitDue(const CustomerState::Wait& wait) const;
  base::Timestamp CustomerDue() const;
  bool FireCustomer(base::Timestamp due);
  void Return();
  void UpdateStatus();
  void Buy();
  void CountForLoyalty();
  void UpdateWaits();
  void Answer(const CustomerState::Wait& wait);
  bool FireWait(base::Timestamp due);
  struct Day {
    int32_t year;
    base::Timestamp due;
  };
  std::optional<Day> NextDay(uint32_t rule, base::Timestamp not_before, int32_t year_min) const;
  void UpdateDates(uint32_t changed, bool moved);
  base::Timestamp DateDue(const CustomerState::Date& date) const;
  void PassOverDates(base::Timestamp time);
  bool FireDate(base::Timestamp due);

  // Ratings: fold_ratings.cc.
  using Places = std::span<const RatingState::Place>;
  struct Reference;  // what a rating is about
  struct Match;      // the step that it is
  base::Timestamp RatingDue() const;
  bool FireRating(base::Timestamp due);
  void NotePlace(uint32_t family, const Run& run);
  void Rate();
  void AnswerWaiting(const RatingState::Step& step, Places places);
  void RateAnother();
  std::optional<Match> FindRated(const Reference& reference) const;
  void WaitFor(const Reference& reference);
  void EndOldestWait();
  void CountAlone(model::Text touchpoint, const model::Rating& rating);
  void MovePlaces(const Run& run, std::span<const int32_t> stages);
  // Of the step that a rating is about.
  struct Rated {
    uint32_t touchpoint = 0;  // its place among those known, from 1; 0: none
    Places places;
    model::Text name;         // of the touchpoint, where it is not among those known
    model::Text channel;
  };
  void AddScore(const model::Rating& rating, const Rated& rated);
  Run* FindRun(const RatingState::Place& place);
  uint32_t TouchpointOf(model::Text name);
  void Remember(const RatingState::Step& step, Places step_places);

  // Journeys.
  void Place(uint32_t family);
  void TakeInto(Run& run, uint32_t family);
  Run* FindRun(FamilyState& family, bool has_keys);
  bool TakesKey(const Run& run);
  const PastRun* FindPast(const FamilyState& family);
  const CompiledModel* SelectModel(uint32_t family);
  // What conditions look at; until the next call.
  detect::Facts FactsOf(const Run* run);
  detect::Facts FactsOf(const PastRun& past);
  void TellPersona(model::Text persona);
  void NoteCampaign();
  bool IsReentered(const Run& run);
  bool IsReentered(const PastRun& run);
  Run NewRun(const CompiledModel& model, model::Text key, uint32_t number);
  Run& AddRun(FamilyState& family, Run run);
  Run& StartRun(FamilyState& family, const CompiledModel& model);
  uint32_t NextOrdinal(const FamilyState& family, model::Text key) const;
  void Take(Run& run);
  // What moves a run: an interaction, or what a detector has found as time passed.
  struct Cause {
    base::Timestamp time;
    std::span<const std::string> evidence;  // besides `id`, which stands last
    model::Text id;
  };
  void DecideStage(Run& run, model::Placement& placement);
  bool MayEnter(const Run& run, uint32_t stage, const detect::Facts& facts) const;
  void EnterStage(Run& run, int32_t stage, const Cause& cause);
  struct Handover {
    model::Text from;
    model::Text to;
    model::Text distinction;
  };
  model::Signal& TellHandover(const Run& run, const Handover& handover, const Cause& cause);
  void HandOverStage(Run& run, int32_t before, const Cause& cause);
  void NoteDepartment(Run& run, model::Text department, const Cause& cause);
  void TellPersonalContact(Run& run);
  void AddEvidence(model::Signal& signal, std::span<const std::string> evidence);
  void DecideStation(Run& run, bool stage_changed);
  // Measures: fold_trail.cc.
  bool keeps_measures() const { return fold_.settings().keeps_measures; }
  void NoteEntered(Run& run, int32_t stage, bool is_first, base::Timestamp time);
  void LeaveStation(Run& run, base::Timestamp time);
  void NoteEnd(Run& run, base::Timestamp time);
  RunEnd* EndOf(const Run& run);  // by the interaction; null: it did not end it
  void SettleEnds();
  void BeginTrailAnew(Run& run);
  static std::optional<int64_t> ChannelSpread(const Trail& trail);
  void NoteChannelScore(Run& run, model::Text channel, int32_t satisfaction);
  void Collect(Run& run);
  void CheckSignalRules(Run& run);
  void Consider(Run& run);
  // Detectors: fold_detect.cc.
  static detect::Position PositionOf(const Run& run);
  void Detect(Run& run);
  void EmitFindings(Run& run, base::Timestamp time);
  void EmitRule(const Run& run, uint32_t rule, base::Timestamp time,
                std::span<const std::string> evidence, model::Text id);
  static base::Timestamp DetectorDue(const Run& run);
  // Filters: fold_filter.cc.
  void DecideByFilter(Run& run, model::Placement& placement);
  void CompareWithFilter(Run& run);
  void AddProbabilities(const Run& run, model::Placement& placement);
  void FireDetector(Run& run, base::Timestamp due);
  // Temporal profiles: fold_temporal.cc.
  void CompareWithTemporalProfile(Run& run, const Cause& cause);
  void NoteFirstEntry(Run& run, base::Timestamp time, model::Text id);
  void Close(Run& run, model::JourneyStatus status, base::Timestamp time, model::Text detector);
  bool Reopen(Run& run);
  Run* Reopen(FamilyState& family, const PastRun& past);
  void MarkReopened(Run& run);
  bool CloseWhereStageDoes(Run& run, base::Timestamp time);
  void CloseWhereDone(Run& run, bool stage_entered);
  void ForgetClosed(FamilyState& family);
  void AddPlacement(const Run& run);
  void AddPastPlacement(const PastRun& past);

  // Of a run that has one.
  static const model::Stage& StageOf(const Run& run) {
    return run.model->definition.stages[static_cast<size_t>(run.stage)];
  }
  // Signals. `evidence` is the id of the interaction that caused it.
  model::Signal& Emit(const SignalBase& base, const Run* run, model::Text evidence,
                      model::Text distinction);
  model::Text IdText(base::Id96 id) { return effects_.arena.Copy(base::view(base::ToText(id))); }
  base::Id96 HashOf(std::initializer_list<model::Text> parts);

  const Fold& fold_;
  const CompiledCustomer* const customer_;  // null: no customer file
  State& state_;
  Effects& effects_;
  const model::Interaction* interaction_ = nullptr;
  base::Timestamp now_;  // of the interaction
  detect::RuleKey key_;  // of the interaction
  base::Timestamp silent_since_;  // the run's last interaction before this one
  detect::CustomerFacts customer_facts_;
  detect::JourneyFacts journey_facts_;
};

}  // namespace waymark::journey
