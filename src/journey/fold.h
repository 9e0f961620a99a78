#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/time.h"
#include "journey/compiled_model.h"
#include "journey/state.h"
#include "model/customer_journeys.h"
#include "model/interaction.h"
#include "model/signal.h"
#include "model/step.h"

namespace waymark::journey {

// By this attribute an interaction says which order it is about, as ratings may refer to it.
inline constexpr model::Text kOrderAttribute = "order";
// The profile's attributes that say what type of customer it is.
inline constexpr model::Text kPersonaAttribute = "persona";
inline constexpr model::Text kTargetGroupAttribute = "target_group";

// What bounds a profile's state. Beyond a bound the oldest is kept, in fold order, except closed
// runs, of which the newest are kept.
struct FoldLimits {
  size_t identifiers_max = 64;
  size_t attributes_max = 128;
  size_t runs_open_max = 256;     // of a family; a further start abandons the longest silent run
  size_t runs_closed_max = 8;     // of a family, kept whole
  size_t runs_past_max = 1024;    // of a family, kept as key, ordinal and stage
  size_t touchpoints_max = 64;    // of a run
  size_t channels_max = 32;
  size_t relevant_max = 32;
  size_t campaigns_max = 16;  // of a customer; beyond it the one longest ago is left out
  size_t steps_rateable_max = 64;   // the last ones, to which a rating may refer
  size_t ratings_waiting_max = 16;  // beyond it the oldest no longer waits
  size_t corrections_max = 64;      // beyond it, and where one is longer, they change nothing
  size_t correction_bytes_max = 4096;
  size_t visits_max = 24;       // of a run's trail
};

struct FoldSettings {
  base::Millis session_gap{30 * 60 * 1000};
  // How long a rating waits for the step that it is about.
  base::Millis rating_wait{7 * 24 * 60 * 60 * 1000LL};
  // False: ratings count where they stand, corrections change nothing and no last touchpoint is
  // told, as before state format 4 could keep what they refer to.
  bool resolves_references = true;
  // False: signals get no ids and little evidence, as they are only counted.
  bool identifies_signals = true;
  // False: runs keep no trail, and effects say nothing of stages entered, stays and ends.
  bool keeps_measures = true;
  // False: nothing is ever folded again, so that no version's journeys migrate.
  bool can_migrate = true;
  // A profile with nothing open lapses after so long a silence: whoever comes back then is new.
  // max(): never.
  base::Millis profile_retention = base::Millis::max();
  FoldLimits limits;
};

// What a timer is for.
enum class TimerKind {
  kSession,
  kStatus,  // a new customer becomes an existing one, a silent one inactive
  kWait,
  kDate,
  kTarget,
  kAbandonment,
  kLifetime,
  kRetention,
  kDetector,  // what a model's detectors find in silence or absence
  kRestart,   // another version of the model has taken effect
  kMigration,
};
inline constexpr size_t kTimerKinds = 11;
std::string_view ToString(TimerKind kind);

// A customer's rating of a stage: the one that its step stood in, or the one it is about.
struct Score {
  const CompiledModel* model = nullptr;  // null: it counts for its touchpoint alone
  int32_t stage = 0;
  std::optional<int32_t> satisfaction;     // 1 to 5
  std::optional<int32_t> nps;              // 0 to 10
  std::optional<int32_t> emotion;          // -2 to 2
  std::optional<int32_t> need_fulfilment;  // 1 to 5
  // Of the step that it is about, as far as they are known.
  model::Text touchpoint = {};
  model::Text channel = {};
  base::Timestamp time = {};  // of the rating, or of when it was clear what it is about
};

// A stage was entered.
struct StageEntry {
  // A stage that the run had been in before, and how long ago it entered that first.
  struct Earlier {
    int32_t stage = 0;
    base::Millis ago{};
  };
  const CompiledModel* model = nullptr;
  int32_t stage = 0;
  bool is_first = true;  // the run had not been in it before
  base::Timestamp time;
  std::span<const Earlier> earlier;  // by stage; only where it is the first time
};

// A station was left, for another one, for another stage, or as the run ended.
struct StationStay {
  const CompiledModel* model = nullptr;
  int32_t stage = 0;
  int32_t station = 0;
  base::Timestamp time;
  base::Millis stay{};
};

// A run ended. One that is opened again may end again.
struct RunEnd {
  const CompiledModel* model = nullptr;
  uint32_t run = 0;  // the low word of its id
  model::JourneyStatus status = model::JourneyStatus::kUnspecified;
  base::Timestamp time;
  base::Timestamp started;
  int32_t stage = -1;     // in which it ended
  int32_t farthest = -1;  // the last one of the model's that it came to
  int64_t interactions = 0;
  std::optional<int64_t> value_micros;
  model::Text last_touchpoint;
  std::span<const model::Text> touchpoints;
  std::span<const int32_t> path;  // stages in the order in which they were entered
  bool is_path_cut = false;
  // Between the channels whose contacts were rated, where there are two at least: the greatest mean
  // satisfaction less the least, in thousandths.
  std::optional<int64_t> channel_spread;
};

// What type of customer it is.
struct Audience {
  model::Text persona;
  model::Text target_group;
};

// What an application of the fold brings forth. Reused between calls: Clear() keeps the room. Texts
// are views into the state, the models, the interaction, or the arena of this object; they live
// until the next Clear() or change of the state.
struct Effects {
  // Of the interaction just applied; left as they are by AdvanceTo.
  model::Text session_id;
  std::optional<int64_t> session_start;
  model::Text persona;
  model::Text target_group;
  std::vector<model::Placement> placements;
  std::optional<model::RatedStep> rated;
  std::vector<model::StepRating> ratings;
  std::vector<Score> scores;
  // What measures count besides; only where they are kept.
  std::vector<StageEntry> entries;
  std::vector<StationStay> stays;
  std::vector<RunEnd> ends;
  // How many of each came with the timers that fired before the interaction, and what type of
  // customer it was until then.
  struct Fired {
    size_t signals = 0;
    size_t scores = 0;
    size_t entries = 0;
    size_t stays = 0;
    size_t ends = 0;
    Audience audience;
  } fired;
  // In the order in which they became true.
  std::vector<model::Signal> signals;
  bool stage_changed = false;  // a stage, status or run changed: worth a snapshot
  std::array<int32_t, kTimerKinds> timers_fired{};  // by kind
  base::Arena arena{4096};
  std::vector<RatingState::Place> places;  // of the interaction
  // Of the run at hand.
  std::vector<detect::Finding> findings;
  std::vector<uint32_t> detected;  // their detectors

  void Clear();
};

// The pure core: a profile's state as a fold of its interactions. Immutable; any number of threads
// may use one Fold, each with its own State and Effects.
class Fold {
 public:
  // The models must live as long.
  Fold(const CompiledModels& models, const FoldSettings& settings);
  Fold(std::shared_ptr<const CompiledModels> models, const FoldSettings& settings);

  State Initial(std::string_view profile_id) const;

  // True when the interaction comes after everything applied and every timer fired, so that
  // Apply() may go on from this state; otherwise the profile has to be folded again.
  static bool IsInOrder(const State& state, const model::OrderKey& key);

  // Fires the timers due before the interaction, then applies it. It must be in order.
  void Apply(State& state, const model::Interaction& interaction, Effects& effects) const;

  // Takes over a state as it stands: one that was stored, maybe under another session gap, or one
  // of another epoch. Of which models its runs are stays as it is; when the earliest timer is due
  // is found anew.
  void TakeOver(State& state) const;
  // True: under these models the state would be no other than it is, so that TakeOver() is enough.
  bool Agrees(const State& state) const;

  // Fires the timers due before `horizon`.
  void AdvanceTo(State& state, base::Timestamp horizon, Effects& effects) const;

  const CompiledModels& models() const { return *models_; }
  const std::shared_ptr<const CompiledModels>& shared_models() const { return models_; }
  const FoldSettings& settings() const { return settings_; }

 private:
  const std::shared_ptr<const CompiledModels> models_;
  FoldSettings settings_;
};

// The customer's status before anything is known.
model::CustomerStatus InitialStatus(const CompiledModels& models);

// The value of an attribute of the profile; empty where there is none.
model::Text AttributeOf(const State& state, model::Text name);

// Identifies an interaction within a profile: hash of (source system, id).
uint64_t RowHash(model::Text source_system, model::Text id);

// The public view of a state, without transport fields. Texts live as long as the state and
// `arena`. What `out` held is replaced, its memory used again.
void Summarize(const State& state, base::Arena& arena, model::CustomerJourneys& out);

// Carries the ids of runs over from an earlier fold: a run whose id changed lists what it replaces.
void NoteReplaced(const State& before, State& after);

}  // namespace waymark::journey
