// The part of Task that takes up new versions of models while it runs.
//
// A profile's state knows the epoch of models that it was folded under. Where a later epoch says
// nothing about the time up to which it has come, the state is taken over as it is. Otherwise it
// goes on under its own epoch until its turn has come to be folded again: what both epochs say
// differently is published then. The profiles in memory are looked at when a version is taken up,
// those in the store in passing: a part of their rows in each batch.
#include <algorithm>
#include <limits>

#include "base/check.h"
#include "engine/keys.h"
#include "engine/task.h"

namespace waymark::engine {

void Task::SetModels(std::shared_ptr<const journey::Fold> fold) {
  WAYMARK_CHECK(touched_.empty(), "models change between batches");
  if (fold.get() == &folds_.current()) return folds_.Own(std::move(fold));
  if (refolding_) DropRefolding();
  folds_.Set(std::move(fold));
  models_taken_up_ = false;
  cache_.SetFold(folds_.current());
}

// While restoring a profile must not be taken for newer than what its steps were published under.
void Task::RestoreUnder(int64_t epoch) {
  target_ = std::min(epoch, folds_.epoch());
  swept_ = std::min(swept_, target_);
  models_taken_up_ = false;
  cache_.ForEach([](Profile& profile) { profile.models_waiting = false; });
}

void Task::TakeUpModels() {
  models_taken_up_ = true;
  target_ = folds_.epoch();
  if (swept_ == target_) published_later_ = false;
  sweep_from_.clear();
  cache_.ForEach([&](Profile& profile) {
    profile.models_waiting = false;
    if (profile.state.epoch != target_) BringUp(profile);
  });
  // Nothing has come so far, and no timer is new.
  const journey::CompiledModels& models = folds_.current().models();
  const base::Timestamp reached = std::max(time_max_, horizon_);
  const bool refolds = settings_.timeline.enabled &&
                       (models.ChangedSince(swept_) <= reached || models.moves_runs());
  if (refolds) return;
  swept_ = target_;
  published_later_ = false;
}

void Task::BringUp(Profile& profile) {
  journey::State& state = profile.state;
  if (profile.models_waiting) return;
  const journey::Fold& target = folds_.At(target_);
  const bool agrees = !settings_.timeline.enabled || target.Agrees(state);
  if (state.is_new() || (state.epoch < target_ && agrees)) {
    const base::Timestamp due = state.next_due;
    target.TakeOver(state);
    if (!restoring_ && state.next_due != due) MarkChanged(profile, false);
    return;
  }
  folds_.At(state.epoch).TakeOver(state);
  if (state.epoch >= target_) return;  // while restoring: it was brought up already
  profile.models_waiting = true;
  profile.held = true;
  if (restoring_) {
    swept_ = std::min(swept_, state.epoch);
  } else {
    refolds_waiting_.push_back(state.profile_id);
  }
}

// While restoring whoever took part in publishing the topics has done it.
void Task::NoteMigration(Profile& profile) {
  const bool noted = profile.migration_noted;
  profile.migration_noted = !restoring_ && profile.WantsMigration();
  if (noted || !profile.migration_noted) return;
  profile.held = true;
  if (refolds_waiting_.size() < settings_.refold.queued_max) {
    refolds_waiting_.push_back(profile.state.profile_id);
  } else {
    refolds_unqueued_ = true;
  }
}

// After a restore a profile's outputs may be those of any epoch from its state's on. As long as its
// interactions stay the same, each step from one epoch to the next publishes what that one says,
// and takes it back where the one behind it does not. The same goes for migrations: each is done
// under the epoch at hand, and wanted again under the next.
std::unique_ptr<Refolding> Task::MakeRefolding(Profile& profile) {
  const int64_t epoch = profile.state.epoch;
  int64_t to = epoch;
  const bool other_models = profile.models_waiting && !profile.WantsMigration();
  if (other_models) to = published_later_ ? epoch + 1 : folds_.epoch();
  return Refolding::OfWaiting(folds_.At(epoch), folds_.At(to), store_, partition_, profile,
                              settings_.state_format, other_models && published_later_);
}

// True: what was published of it may be what it is to become, not what it is.
bool Task::MayBeBehind(const Profile& profile) const {
  const bool migrates = folds_.current().models().migrates();
  if (!settings_.timeline.enabled) return false;
  return published_later_ || (migrated_later_ && migrates && !profile.caught_up);
}

// Before anything else is taken in.
base::Status Task::CatchUp(Profile& profile) {
  profile.caught_up = true;
  WAYMARK_RETURN_IF_ERROR(Advance(profile));
  while (profile.models_waiting || profile.WantsMigration()) {
    if (refolding_profile_ == &profile) DropRefolding();
    ++revision_.value;
    const std::unique_ptr<Refolding> refolding = MakeRefolding(profile);
    WAYMARK_RETURN_IF_ERROR(refolding->Begin());
    int64_t left = std::numeric_limits<int64_t>::max();
    WAYMARK_RETURN_IF_ERROR(refolding->WalkSome(left).status());
    WAYMARK_RETURN_IF_ERROR(Settle(profile, *refolding));
    WAYMARK_RETURN_IF_ERROR(Advance(profile));
  }
  return {};
}

// Looks at some rows of the store.
base::Status Task::Sweep() {
  if (restoring_ || swept_ == folds_.epoch()) return {};
  const auto most = static_cast<size_t>(std::max<int64_t>(settings_.refold.batch_max, 1));
  const std::string prefix = PartitionPrefix(partition_);
  const std::string end = store::PrefixEnd(prefix);
  if (sweep_from_.empty()) sweep_from_ = prefix;
  size_t looked_at = 0;
  bool at_end = true;
  base::Status fault;
  std::vector<std::string> found;
  WAYMARK_RETURN_IF_ERROR(store_.Scan(
      store::Family::kProfiles, sweep_from_, end,
      [&](std::string_view key, std::string_view value) {
        if (looked_at >= most || refolds_waiting_.size() + found.size() >= most) {
          sweep_from_ = key;
          at_end = false;
          return false;
        }
        ++looked_at;
        const auto wants = WantsToBeBroughtUp(value);
        fault = wants.status();
        if (fault.ok() && !wants->empty()) found.push_back(*wants);
        return fault.ok();
      }));
  WAYMARK_RETURN_IF_ERROR(fault);
  for (const std::string& id : found) WAYMARK_RETURN_IF_ERROR(Find(id).status());
  if (!at_end) return {};
  sweep_from_ = end;
  if (!refolds_waiting_.empty() || refolding_) return {};
  swept_ = folds_.epoch();
  published_later_ = false;
  return {};
}

// The profile of a row that is not as it should be under the present models; empty: it may stay as
// it is, or is in memory.
base::Result<std::string> Task::WantsToBeBroughtUp(std::string_view row) {
  Profile stored;
  WAYMARK_RETURN_IF_ERROR(ProfileCache::DecodeRow(folds_.current(), row, stored));
  journey::State& state = stored.state;
  const journey::Fold& fold = folds_.current();
  if (state.epoch == fold.models().epoch() || cache_.Has(state.profile_id)) return std::string();
  const base::Timestamp due = state.next_due;
  if (!fold.Agrees(state)) return std::move(state.profile_id);
  fold.TakeOver(state);
  return due == state.next_due ? std::string() : std::move(state.profile_id);
}

}  // namespace waymark::engine
