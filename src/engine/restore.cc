#include "engine/restore.h"

#include <algorithm>

#include "base/log.h"
#include "codec/fold_state.h"
#include "codec/protobuf.h"
#include "engine/keys.h"
#include "engine/profile_cache.h"

namespace waymark::engine {
namespace {

constexpr size_t kBatch = 10'000;

base::Status ModelsChanged() {
  return {base::StatusCode::kConfig, "the state was folded under other journey models",
          "put the models back as they were, or start a new kafka.prefix and kafka.group"};
}

class Restorer {
 public:
  Restorer(Task& task, const std::optional<TaskMark>& committed, const RestoreSource& source)
      : task_(task), committed_(committed), source_(source), partition_(task.partition()) {}

  base::Status Run() {
    const uint64_t models = source_.fold.models().fingerprint();
    if (committed_ && committed_->models != models) return ModelsChanged();
    WAYMARK_ASSIGN_OR_RETURN(const bool kept, KeepStored(models));
    if (!kept) WAYMARK_RETURN_IF_ERROR(LoadSnapshots());
    task_.SetRestoring(true);
    TaskMark end = committed_.value_or(TaskMark());
    WAYMARK_RETURN_IF_ERROR(FoldSteps(end));
    end.models = models;
    task_.Resume(end);
    task_.SetRestoring(false);
    return {};
  }

 private:
  // True: the store's state of this partition is good to go on from.
  base::Result<bool> KeepStored(uint64_t models) {
    auto stored = task_.ReadMark();
    if (!stored.ok() && stored.status().code() != base::StatusCode::kNotFound) {
      return stored.status();
    }
    const bool ahead = stored.ok() && committed_ && stored->revision > committed_->revision;
    const bool orphan = stored.ok() && !committed_;
    if (stored.ok() && stored->models == models && !ahead && !orphan) {
      task_.Resume(*stored);
      WAYMARK_RETURN_IF_ERROR(task_.QueueStoredSnapshots());
      from_ = stored->steps_end;
      return true;
    }
    if (stored.ok()) {
      WAYMARK_WARN("partition {}: stored state does not belong to what is committed, rebuilding it",
                   partition_.value);
    }
    const std::string prefix = PartitionPrefix(partition_);
    for (const auto family : {store::Family::kMeta, store::Family::kProfiles,
                              store::Family::kTimelines, store::Family::kTimers}) {
      WAYMARK_RETURN_IF_ERROR(
          source_.store.EraseRange(family, prefix, store::PrefixEnd(prefix)));
    }
    return false;
  }

  // The last snapshot of each profile, into the store.
  base::Status LoadSnapshots() {
    auto& reader = source_.reader;
    WAYMARK_RETURN_IF_ERROR(reader.Open({source_.topics.journeys, partition_}, base::Offset(0)));
    while (true) {
      WAYMARK_ASSIGN_OR_RETURN(const auto records, reader.Next(kBatch, source_.no_progress));
      if (records.empty()) return {};
      store::Batch batch;
      for (const stream::Record& record : records) {
        WAYMARK_RETURN_IF_ERROR(TakeSnapshot(record, batch));
      }
      WAYMARK_RETURN_IF_ERROR(source_.store.Write(batch));
      restored_ += static_cast<int64_t>(records.size());
      Tell();
    }
  }

  base::Status TakeSnapshot(const stream::Record& record, store::Batch& batch) {
    const std::string key = ProfileKey(partition_, record.key.value_or(""));
    // An earlier snapshot of the same profile leaves a timer; it is found stale when it comes up.
    if (!record.value) {
      batch.Erase(store::Family::kProfiles, key);
      return {};
    }
    model::CustomerJourneys snapshot;
    WAYMARK_RETURN_IF_ERROR(codec::Decode(*record.value, snapshot));
    Profile profile;
    auto status = codec::DecodeState(snapshot.fold, source_.fold.models(), profile.state);
    if (!status.ok()) return ModelsChanged();
    source_.fold.FindNextDue(profile.state);
    profile.covers = base::Offset(snapshot.covers);
    profile.stored_due = profile.state.next_due;
    value_.clear();
    ProfileCache::EncodeRow(profile, value_);
    batch.Put(store::Family::kProfiles, key, value_);
    if (profile.stored_due != base::Timestamp::max()) {
      batch.Put(store::Family::kTimers,
                TimerKey(partition_, profile.stored_due, profile.state.profile_id), {});
    }
    return {};
  }

  // The steps from where the store or the snapshots end; before that only timelines are filled.
  base::Status FoldSteps(TaskMark& end) {
    auto& reader = source_.reader;
    WAYMARK_RETURN_IF_ERROR(reader.Open({source_.topics.steps, partition_}, from_));
    while (true) {
      WAYMARK_ASSIGN_OR_RETURN(const auto records, reader.Next(kBatch, source_.no_progress));
      if (records.empty()) break;
      for (const stream::Record& record : records) WAYMARK_RETURN_IF_ERROR(TakeStep(record, end));
      WAYMARK_RETURN_IF_ERROR(task_.EndBatch(base::Timestamp::min(), end.horizon));
      task_.Committed(std::max(task_.mark().steps_end, reader.position()));
      if (task_.WantsFlush()) WAYMARK_RETURN_IF_ERROR(task_.Flush());
      restored_ += static_cast<int64_t>(records.size());
      Tell();
    }
    task_.BeginRestored(end.revision, base::Timestamp());
    WAYMARK_RETURN_IF_ERROR(task_.EndBatch(end.horizon, end.horizon));
    end.steps_end = std::max(task_.mark().steps_end, reader.position());
    end.time_max = std::max(end.time_max, task_.time_max());
    task_.Committed(end.steps_end);
    return {};
  }

  base::Status TakeStep(const stream::Record& record, TaskMark& end) {
    if (!record.value) return {};
    WAYMARK_RETURN_IF_ERROR(codec::Decode(*record.value, step_));
    if (step_.retracted) return {};
    end.revision = std::max(end.revision, base::Revision(step_.revision));
    task_.BeginRestored(base::Revision(step_.revision), {step_.processed_time});
    canonical_.clear();
    codec::EncodeCanonical(step_, canonical_);
    Arrival arrival;
    arrival.profile_id = step_.profile_id;
    arrival.interaction = &step_.interaction;
    arrival.bytes = step_.interaction_bytes;
    arrival.origin = step_.origin;
    return task_.AcceptRestored(arrival, record.offset, canonical_);
  }

  void Tell() {
    if (!source_.progress) return;
    source_.progress(partition_, restored_, 0);
  }

  Task& task_;
  const std::optional<TaskMark>& committed_;
  const RestoreSource& source_;
  const base::Partition partition_;
  base::Offset from_{0};
  int64_t restored_ = 0;
  model::Step step_;
  std::string canonical_;
  std::string value_;
};

}  // namespace

base::Status RestoreTask(Task& task, const std::optional<TaskMark>& committed,
                         const RestoreSource& source) {
  return Restorer(task, committed, source).Run();
}

}  // namespace waymark::engine
