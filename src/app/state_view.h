#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/arena.h"
#include "base/status.h"
#include "base/strong.h"
#include "base/time.h"
#include "engine/profile.h"
#include "engine/task_mark.h"
#include "explain/trace.h"
#include "journey/fold.h"
#include "model/customer_journeys.h"
#include "model/signal.h"
#include "model/step.h"
#include "store/store.h"

namespace waymark::app {

// All that the state tells of one profile. Texts are views into what it owns.
struct ProfileView {
  base::Partition partition;
  base::Timestamp horizon;  // of its partition
  engine::Profile profile;
  model::CustomerJourneys journeys;
  journey::State floor;                // from which on the timeline is folded
  std::vector<model::Step> steps;      // the timeline
  std::vector<model::Signal> signals;  // of the whole timeline, up to the horizon

  base::Arena arena;
  std::vector<std::string> step_bytes;
  std::vector<std::string> signal_bytes;
};

// Looks into a state store without changing it. The store and the fold outlive it.
class StateView {
 public:
  // kNotFound where the store holds no partition yet.
  static base::Result<StateView> Open(const store::Store& store, const journey::Fold& fold);

  // The part of a state that holds one profile, found in the first of `partitions` that has it.
  // kNotFound where none does.
  static base::Result<StateView> OpenFor(const store::Store& store, const journey::Fold& fold,
                                         std::string_view profile_id,
                                         std::span<const base::Partition> partitions);

  // What the row of a profile says by itself, without its timeline; null: it is unknown.
  base::Result<std::unique_ptr<ProfileView>> Glance(std::string_view profile_id) const;
  // How many interactions of the profile were folded; nothing where it is unknown.
  base::Result<std::optional<int64_t>> LengthOf(std::string_view profile_id) const;
  // Nothing where the profile is unknown.
  base::Result<std::unique_ptr<ProfileView>> Find(std::string_view profile_id) const;
  // To be folded again; lives as long as the view of the profile.
  explain::Timeline TimelineOf(const ProfileView& view) const {
    return {fold_, view.floor, view.steps, view.horizon};
  }

  // The profiles of the signals, id → profile id, found by folding one profile after the other,
  // `profiles_max` at most (0: all). `tell` is called with how many were folded.
  using SignalProfiles = std::map<std::string, std::string, std::less<>>;
  base::Result<SignalProfiles> FindSignals(std::span<const std::string> ids, int64_t profiles_max,
                                           const std::function<void(int64_t)>& tell) const;
  int64_t profiles() const;
  // Those that the store holds.
  std::vector<base::Partition> Partitions() const;

  // Visits profiles by partition and id until `visit` returns false.
  using ProfileVisitor =
      std::function<bool(const engine::Profile&, const model::CustomerJourneys&)>;
  base::Status ForEach(const ProfileVisitor& visit) const;

  // True where the state was folded under the very models at hand.
  bool IsOfModels() const;

 private:
  struct PartitionMark {
    base::Partition partition;
    engine::TaskMark mark;
  };
  StateView(const store::Store& store, const journey::Fold& fold) : store_(store), fold_(fold) {}
  base::Result<std::unique_ptr<ProfileView>> Read(const PartitionMark& at,
                                                  std::string_view row) const;
  void TellJourneys(ProfileView& view) const;
  base::Status ReadTimeline(ProfileView& view) const;
  base::Status FoldSignals(ProfileView& view) const;

  const store::Store& store_;
  const journey::Fold& fold_;
  std::vector<PartitionMark> partitions_;
};

}  // namespace waymark::app
