#pragma once

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/status.h"
#include "base/string_map.h"
#include "base/strong.h"
#include "base/time.h"
#include "engine/corrections.h"
#include "engine/folds.h"
#include "engine/intake.h"
#include "engine/lookahead.h"
#include "engine/open_journeys.h"
#include "engine/output.h"
#include "engine/profile_cache.h"
#include "engine/refold.h"
#include "engine/signal_counts.h"
#include "engine/task_mark.h"
#include "engine/timer_queue.h"
#include "engine/totals.h"
#include "engine/trim.h"
#include "journey/fold.h"
#include "measure/cell_table.h"
#include "metrics/metrics.h"
#include "store/store.h"

namespace waymark::engine {

// How much of what came late is folded again at once. The rest is appended to its timelines, where
// it is pending, and folded in later batches. Interactions, each old one that lies behind what came
// late counted as well.
struct RefoldSettings {
  int64_t depth_max = 64;    // for one profile in one batch
  int64_t batch_max = 1'000;  // in one batch; what is pending gets a quarter of it at least
  // Profiles that may wait with pending rows; beyond it all is folded at once. 0: nothing waits.
  size_t waiting_max = 0;
  // Profiles in memory's list of those that wait; the others are found in the store in their turn.
  size_t queued_max = 100'000;
};

// What a task counts of journeys for the map, see measure/cell_key.h.
struct MeasureSettings {
  bool enabled = false;
  bool publish = true;  // false: they are only kept
  bool store = true;    // false: all of them stay in memory
  size_t cells_per_day_max = 5'000;
  size_t in_memory_max = 50'000;  // cells of a task; the other days of a store are brought up
  base::Millis retention = base::Millis::max();
};

struct TaskSettings {
  base::Millis disorder{30'000};
  base::Millis lateness{600'000};
  TimelineSettings timeline{};
  RefoldSettings refold{};
  MeasureSettings measures{};
  base::Millis snapshot_interval{10'000};
  bool snapshot_on_stage_change = true;  // with the next batch, whatever the interval
  bool publish_snapshots = true;
  bool publish_signals = true;  // false: they are only counted
  size_t cache_bytes_max = 256u << 20;  // of this task
  size_t timers_batch_max = 10'000;     // brought up from the store in one batch
  int state_format = codec::kStateFormatNewest;  // what snapshots and rows are written in
};

// What a task did since it was last asked, by names that models and inputs bring; for metrics.
struct TaskCounts {
  base::StringMap<int64_t> steps_by_channel;
  SignalCounts signals;
  std::array<int64_t, journey::kTimerKinds> timers_fired{};  // as time came; not by re-folds
  int64_t refolds_in_memory = 0;  // of Totals::refolds
  int64_t late_pending = 0;       // of Totals::late, those that are folded in later
  metrics::HistogramBatch lateness{metrics::kLatenessBuckets};  // behind the horizon, seconds
};

// The processing of one partition: owns its slice of state, used by one thread at a time.
//
// A batch: Begin, any number of Accept and Reject, EndBatch. Then the caller commits what was
// written to the output, and says so by Committed; after it, Flush may write the store. A task
// whose commit failed is dropped and made anew from the store and the topics.
class Task {
 public:
  Task(base::Partition partition, const journey::Fold& fold, store::Store& store, Output& output,
       const TaskSettings& settings);

  // From the next batch on profiles are folded under these models, which go on with those before.
  // What has been published already is folded again where they say something else, in slices.
  void SetModels(std::shared_ptr<const journey::Fold> fold);
  const journey::Fold& fold() const { return folds_.current(); }
  // While restoring: all was published under this epoch of the models or a later one.
  void RestoreUnder(int64_t epoch);
  // Nothing is known of what the store holds under later epochs.
  void LowerSwept(int64_t epoch) { swept_ = std::min(swept_, epoch); }
  int64_t swept() const { return swept_; }

  // Reads what the store knows of this partition; kNotFound where it knows nothing, kInvalid where
  // it can't be read.
  base::Result<TaskMark> ReadMark() const;
  // Takes over from a mark: horizon, totals, revision.
  void Resume(const TaskMark& mark);
  // Queues the snapshots that had not been published when the store was written. After Resume()
  // with the store's own mark, whose `restore_from` it takes.
  base::Status QueueStoredSnapshots(base::Offset restore_from);

  // Each batch has revisions above those before: one for what is in order, one for what re-folds
  // change, and more for those of pending rows, so that no row is written twice under one revision.
  void Begin(base::Timestamp now);
  // Publishes the snapshots that are due (all: every dirty one). Only between Begin and the first
  // Accept, so that a snapshot holds committed steps alone and knows the offset they end at.
  base::Status WriteSnapshots(bool all);
  base::Status Accept(const Arrival& arrival);
  // Before a part of a batch: reads its profiles from the store in one go, where that is worth it.
  base::Status Load(std::span<const std::string_view> profile_ids);
  // Called for the profiles of the batch ahead of Accept(), so that their memory is at hand then;
  // after the last ones with none. The ids live until their Accept().
  void Expect(std::string_view profile_id) { lookahead_.Expect(profile_id); }
  void ExpectNothing() { lookahead_.Reset(); }

  // Where it refuses, Accept() must not be called: the timelines do not reach back so far.
  base::Result<std::optional<codec::Refusal>> Refuse(const Arrival& arrival);
  base::Status Reject(const model::DeadLetter& letter);
  // Folds what came late and fires what is due. The horizon rises to the watermark, or to
  // `at_least`, but never beyond `at_most`: the present time, which no event time is trusted to
  // pass. Where more timers are due than one batch takes, it stops before the first one left.
  base::Status EndBatch(base::Timestamp at_least, base::Timestamp at_most);

  // `steps_end`: the offset after the last committed step of this partition.
  void Committed(base::Offset steps_end);
  // Writes everything committed to the store; then lets go of what the cache has no room for.
  base::Status Flush();
  // The same in slices, between which the work goes on: StoreSome until is_storing() is false. What
  // changes meanwhile may be left to the next round.
  base::Status BeginStoring();
  base::Status StoreSome(size_t profiles);
  bool is_storing() const { return storing_.has_value(); }
  bool WantsFlush() const { return cache_.bytes() > cache_budget_; }
  bool WantsFlushSoon() const { return cache_.bytes() > cache_budget_ / 4 * 3; }
  bool HasUnstored() const;
  size_t unstored_profiles() const;
  // Of the round.
  size_t storing_left() const { return storing_ ? storing_->profiles.size() - storing_->next : 0; }
  // An estimate of what Flush() would write.
  size_t unstored_bytes() const {
    constexpr size_t kRowBytes = 512;
    return cache_.row_bytes() + unstored_profiles() * kRowBytes;
  }

  // Of the cache; to be told again when the number of tasks changes.
  void SetCacheBudget(size_t bytes) { cache_budget_ = bytes; }
  // RefoldSettings::batch_max, from now on.
  void SetRefoldBudget(int64_t interactions) { settings_.refold.batch_max = interactions; }
  // TaskSettings::snapshot_interval, from now on.
  void SetSnapshotInterval(base::Millis interval) { settings_.snapshot_interval = interval; }
  // True when a snapshot would be written by WriteSnapshots now.
  bool HasDueSnapshots(base::Timestamp now) const;

  // While restoring nothing is published or counted, and origins of steps are kept.
  // `loading`: the store was empty, and holds what the topics gave.
  base::Status SetRestoring(bool restoring, bool loading = false);
  // After a restore to `committed`: lets go of what whoever committed it has published already.
  // Otherwise a copy that follows for long would hold every profile that ever changed.
  void ForgetPublished(const TaskMark& committed);
  // The step's own revision and processing time go into its row.
  void BeginRestored(base::Revision revision, base::Timestamp processed);
  base::Status AcceptRestored(const Arrival& arrival, base::Offset step_offset,
                              const model::Step& step, std::string_view canonical);
  // What the store knows of measures; once, after the restore of all else. Then follow the records
  // of their topic from measures_end() on: a cell as it was published; no value: it is gone.
  base::Status ResumeMeasures();
  base::Status LoadMeasure(std::string_view key, std::optional<std::string_view> value);
  // All records of the measures topic before this offset are counted or loaded; committed ones.
  void MeasuresCommitted(base::Offset end) { measures_end_ = std::max(measures_end_, end); }
  base::Offset measures_end() const { return measures_end_; }
  // The topic does not hold what was published: all of it is published anew, with the next batch.
  void PublishMeasuresAnew();
  // Loaded cells go to the store once there are many.
  base::Status MakeRoomForMeasures();
  // What the steps before this offset say of the profile was forgotten.
  base::Status ForgetRestored(std::string_view profile_id, base::Offset mark_offset);

  // Only before anything was written.
  void RaiseStateFormat(int format);
  base::Partition partition() const { return partition_; }
  int state_format() const { return settings_.state_format; }
  const TimelineSettings& timeline() const { return settings_.timeline; }
  bool keeps_measures() const { return settings_.measures.enabled; }
  const measure::CellTable& measures() const { return cells_; }
  const Totals& totals() const { return totals_; }
  base::Timestamp horizon() const { return horizon_; }
  base::Timestamp watermark() const;
  TaskMark mark() const;
  // The last batch could not fire all that was due: the next one goes on.
  bool has_timers_left() const { return timers_left_; }
  // Of committed work; the caller clears them once they are published.
  TaskCounts& counts() { return counts_; }
  // Profiles are waiting to be folded again: the next batch goes on with them.
  bool has_refolds_left() const {
    return has_refolds_queued() || swept_ != folds_.epoch();
  }
  size_t refolds_waiting() const { return refolds_waiting_.size() + (refolding_ ? 1 : 0); }
  ProfileCache::Lookups TakeLookups() {
    looked_at_ = {};
    return cache_.TakeLookups();
  }
  // Known from the first batch on, before which all counts are 0.
  const OpenJourneys& open_journeys() const { return open_; }
  size_t cached_profiles() const { return cache_.size(); }
  size_t cached_bytes() const { return cache_.bytes(); }
  size_t timers_pending() const { return timers_.size(); }
  // Rows of timers in the store; 0 before the first Flush(). After a restore from the topics it may
  // be a little too high: a row that an earlier snapshot left and that is put again counts twice.
  int64_t timers_stored() const { return timers_stored_.value_or(0); }
  // Event times accepted in the present batch reach this far.
  base::Timestamp time_max() const { return time_max_; }

 private:
  struct Transport {
    model::Origin origin;
    int64_t revision = 0;
    int64_t processed_time = 0;
  };

  bool has_refolds_queued() const {
    return refolding_ != nullptr || !refolds_waiting_.empty() || refolds_unqueued_ ||
           !refolds_from_.empty();
  }
  base::Offset RestoreFrom() const;
  void Touch(Profile& profile);
  void MarkChanged(Profile& profile, bool stage_changed);
  base::Status AcceptInOrder(Profile& profile, const Arrival& arrival,
                             const model::OrderKey& key);
  base::Status ApplyInOrder(Profile& profile, const Arrival& arrival);
  void AddLate(Profile& profile, const Arrival& arrival);
  base::Result<bool> IsExactCopy(const Profile& profile, const Arrival& arrival);
  base::Status FoldLate(Profile& profile);
  bool PutsOff(const Profile& profile, Refolding& refolding) const;
  base::Status Park(Profile& profile, const LateRows& late);
  void NotePending(Profile& profile, std::string_view order);
  base::Status TakeRestoredPending(Profile& profile, const Arrival& arrival);
  base::Status FoldPending();
  base::Result<bool> NextPending(int64_t& left);
  std::unique_ptr<Refolding> MakeRefolding(Profile& profile);
  base::Status Settle(Profile& profile, Refolding& refolding);
  bool MayBeBehind(const Profile& profile) const;
  base::Status CatchUp(Profile& profile);
  base::Status EndRefolding();
  void DropRefolding();
  base::Status QueueStoredRefolds();
  base::Status Advance(Profile& profile);
  base::Status FireTimers(Profile& profile);
  base::Status Trim(Profile& profile);
  const journey::Fold& FoldOf(const Profile& profile) { return folds_.At(profile.state.epoch); }
  void TakeUpModels();
  void BringUp(Profile& profile);
  void NoteMigration(Profile& profile);
  base::Status Sweep();
  base::Result<std::string> WantsToBeBroughtUp(std::string_view row);
  bool Holds(const Profile& profile) const;
  base::Timestamp TrimDue(base::Timestamp oldest) const;
  base::Status BeginTimeline(Profile& profile);
  base::Status Forget(Profile& profile);
  void ClearForgotten(Profile& profile);
  void EraseProfile(Profile& profile, store::Batch& batch);
  std::optional<base::Timestamp> ExpiredBefore() const;
  void LetExpire(base::Timestamp cutoff);
  base::Result<Profile*> Find(std::string_view profile_id);
  void NoteOldest(Profile& profile, base::Timestamp time);
  base::Result<base::Timestamp> LoadStoredTimers(base::Timestamp horizon);
  // `replaces`: OrderBytes of the copy whose place it takes; empty: none.
  base::Status WriteStep(Profile& profile, std::string_view order, std::string_view canonical,
                         const model::Origin& origin, std::string_view replaces,
                         bool pending = false);
  base::Status WriteChanges(Profile& profile, const RefoldOutput& changes, std::string_view trace);
  base::Status WriteSignals();
  void CountArrival(base::Timestamp time);
  // Of a profile at hand. While restoring nothing is published: who was loaded for a trim that has
  // to wait fires all it has at once, since it may be let go of before its next timer comes up.
  base::Timestamp fire_until() const {
    return restoring_ ? std::max(horizon_, restored_until_) : horizon_;
  }
  void CountTimers();
  void CountRatings(Profile& profile);
  bool measures_now() const { return settings_.measures.enabled && !restoring_; }
  void AddMeasures(const Profile& profile, const model::Interaction* interaction);
  void AddMeasures(const Refolding& refolding);
  void MeasureStanding();
  std::vector<OpenJourneys::Place> StandingCells();
  base::Status WriteMeasures();
  base::Status StoreMeasures();
  void StoreMeasuresEnd(store::Batch& batch);
  base::Status KnowOpen();
  base::Result<bool> IsOpenRowCurrent() const;
  void CountStep(std::string_view channel);
  void CountSignal(const model::Signal& signal);
  enum class Change { kNew, kChanged, kRetracted };
  base::Status WriteSignal(std::string_view canonical, Change change);
  void LookAheadOfSnapshots() const;
  base::Status WriteSnapshot(Profile& profile);
  base::Status StoreTimelines(const std::vector<Profile*>& profiles);
  base::Result<int64_t> CountStoredTimers() const;
  void EraseTimer(std::string_view key, store::Batch& batch);
  void StoreProfile(Profile& profile, store::Batch& batch);
  void StoreListed(Profile& profile, store::Batch& batch);
  base::Status StoreKeptFolds(Profile& profile, store::Batch& batch);
  void StoreTimerCount(store::Batch& batch);
  void StoreOpen(store::Batch& batch);
  void StoreWaitingSnapshots(std::string_view ids, bool is_last, store::Batch& batch);
  void LetGo(Profile& profile);
  void EndStoring();

  const base::Partition partition_;
  Folds folds_;
  store::Store& store_;
  Output& output_;
  TaskSettings settings_;

  // The store's rows of cells.
  class StoredDays final : public measure::StoredCells {
   public:
    StoredDays(base::Partition partition, const store::Store& store)
        : partition_(partition), store_(store) {}
    base::Status ReadDay(int32_t day, const Visit& visit) const override;

   private:
    const base::Partition partition_;
    const store::Store& store_;
  };
  StoredDays stored_days_;
  measure::CellTable cells_;
  base::Offset measures_end_{0};
  bool standing_known_ = false;    // what was published of it was looked at
  std::vector<int64_t> standing_;  // counts of what is open that are in cells_, by place
  OpenJourneys open_;
  bool open_known_ = false;  // what the store held of it is among the counts
  ProfileCache cache_;
  Lookahead lookahead_{cache_};
  ProfileCache::Lookups looked_at_;  // of the cache, when Load() was called last
  TimerQueue timers_;
  std::vector<Profile*> touched_;
  std::vector<Profile*> store_dirty_;  // but those of the round
  // A round of storing.
  struct Storing {
    std::vector<Profile*> profiles;  // from `next` on not yet written
    size_t next = 0;
    TaskMark mark;        // when it began
    std::string waiting;  // ids of those whose snapshots were not published when it was stored
    std::optional<base::Timestamp> expired_before;  // what is older may vanish after the round
  };
  std::optional<Storing> storing_;
  std::vector<std::string> waiting_rows_;  // keys of lists of snapshots written since the mark
  std::vector<std::string> stale_timers_;  // keys of rows that an earlier snapshot left behind
  std::optional<int64_t> timers_stored_;   // nothing: not counted yet
  struct WaitingSnapshot {
    Profile* profile;
    base::Timestamp since;
    base::Offset from;
  };
  std::deque<WaitingSnapshot> snapshots_waiting_;
  std::vector<Profile*> snapshots_urgent_;

  bool models_taken_up_ = true;  // since they were set
  int64_t target_;          // the epoch of models that profiles are brought up to when they are met
  bool published_later_ = false;  // maybe, under a later epoch than that of a restored state
  bool migrated_later_ = false;   // maybe, what was published with migrations that states lack
  int64_t swept_;           // the epoch that all profiles have been brought up to
  std::string sweep_from_;  // the store's rows before this key have been looked at since

  // Profiles with pending rows, of an earlier epoch, or with a migration. Where one finds no room,
  // all are looked for again, from the row of the store on that is said here.
  std::deque<std::string> refolds_waiting_;
  bool refolds_unqueued_ = false;
  std::string refolds_from_;
  Profile* refolding_profile_ = nullptr;
  std::unique_ptr<Refolding> refolding_;
  int64_t refold_left_ = 0;  // in this batch

  Totals totals_;
  TaskCounts counts_;
  base::Timestamp horizon_ = base::Timestamp::min();
  base::Timestamp time_max_ = base::Timestamp::min();
  base::Timestamp timers_scanned_ = base::Timestamp::min();
  bool timers_left_ = false;
  base::Timestamp restored_until_ = base::Timestamp::min();  // the horizon that a restore rises to
  base::Revision revision_{0};
  base::Timestamp now_;
  base::Offset steps_end_{0};
  bool restoring_ = false;
  bool loading_ = false;
  size_t cache_budget_;

  base::Arena batch_arena_{1 << 18};
  journey::Effects effects_;
  Corrections corrections_;
  model::Step step_scratch_;
  model::CustomerJourneys snapshot_scratch_;
  std::string canonical_;
  std::string value_;
  std::string order_;
  std::string floor_;
};

}  // namespace waymark::engine
