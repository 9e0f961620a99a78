#include "engine/restore.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/log.h"
#include "codec/fold_state.h"
#include "codec/protobuf.h"
#include "engine/keys.h"
#include "engine/snapshot_load.h"
#include "engine/sorted_load.h"
#include "engine/timeline.h"

namespace waymark::engine {
namespace {

using base::Offset;
using base::Status;
using base::StatusCode;
using store::Family;

constexpr size_t kBatch = 10'000;
constexpr int64_t kRevisionsBeyond = 1'000'000;
constexpr std::array<Family, store::kFamilies> kAllFamilies = {
    Family::kMeta, Family::kProfiles, Family::kTimelines, Family::kTimers, Family::kFolds};

// Why what a store holds of a partition can't be gone on from.
struct Misfit {
  const char* reason;  // as metrics name it
  const char* text;
};
constexpr Misfit kUnreadable = {"unreadable", "its mark can't be read"};
constexpr Misfit kUncommitted = {"uncommitted", "nothing is committed"};
constexpr Misfit kAhead = {"ahead", "it is ahead of what is committed"};
constexpr Misfit kNewerFormat = {"newer_format", "a newer version has written it"};
constexpr Misfit kOldFormat = {
    "old_format",
    "it has no timers for what profiles are trimmed and forgotten by in the new format"};
constexpr Misfit kOtherModels = {"other_models", "it was folded under other models"};
constexpr Misfit kLogTrimmed = {"log_trimmed", "the steps behind it were removed from the topic"};

Status ModelsChanged() {
  return {StatusCode::kConfig, "the state was folded under other journey models",
          "put the models back as they were, or start a new kafka.prefix and kafka.group"};
}

Status TimelinesChanged(bool had) {
  return {StatusCode::kConfig,
          had ? "timeline.enabled is false, but this deployment keeps timelines"
              : "timeline.enabled is true, but this deployment was begun without timelines",
          "put the setting back, or start a new kafka.prefix and kafka.group"};
}

Status MeasuresChanged(bool had) {
  return {StatusCode::kConfig,
          had ? "measures.enabled is false, but this deployment keeps measures"
              : "measures are kept here, but this deployment was begun without them",
          "give all instances the same setting, as it was at first, or start a new kafka.prefix "
          "and kafka.group"};
}

}  // namespace

class Restorer::Impl {
 public:
  Impl(Task& task, const std::optional<TaskMark>& committed, const RestoreSource& source)
      : task_(task),
        committed_(committed),
        source_(source),
        partition_(task.partition()),
        snapshots_(partition_, task.fold(), source.store, source.load_bytes_max, task.timeline()),
        timelines_(source.store, Family::kTimelines, source.load_bytes_max) {}

  base::Result<bool> Step() {
    if (!open_ && phase_ != Phase::kBegin) {
      WAYMARK_RETURN_IF_ERROR(source_.reader.Open({topic_, partition_}, open_at_));
      WAYMARK_DEBUG("partition {}: {} is open", partition_.value, topic_);
      open_ = true;
    }
    switch (phase_) {
      case Phase::kBegin: WAYMARK_RETURN_IF_ERROR(Begin()); break;
      case Phase::kSnapshots: WAYMARK_RETURN_IF_ERROR(ReadSnapshots()); break;
      case Phase::kTimelines: WAYMARK_RETURN_IF_ERROR(ReadTimelines()); break;
      case Phase::kSteps: WAYMARK_RETURN_IF_ERROR(FoldSteps()); break;
      case Phase::kBeginMeasures: WAYMARK_RETURN_IF_ERROR(BeginMeasures()); break;
      case Phase::kMeasures: WAYMARK_RETURN_IF_ERROR(ReadMeasures()); break;
      case Phase::kDone: break;
    }
    return phase_ == Phase::kDone;
  }

  RestoreProgress progress() const {
    if (!open_ || phase_ == Phase::kDone) return {restored_, later_};
    const int64_t here = source_.reader.end().value - source_.reader.position().value;
    return {restored_, std::max<int64_t>(here, 0) + later_};
  }

  bool has_begun() const { return phase_ != Phase::kBegin; }

  void FollowOn() {
    from_ = task_.mark().steps_end;
    following_ = true;
  }

 private:
  enum class Phase {
    kBegin,
    kSnapshots,
    kTimelines,
    kSteps,
    kBeginMeasures,
    kMeasures,
    kDone,
  };

  Status Begin() {
    WAYMARK_RETURN_IF_ERROR(CheckModels());
    WAYMARK_ASSIGN_OR_RETURN(steps_, source_.reader.Offsets({source_.topics.steps, partition_},
                                                            source_.no_progress));
    WAYMARK_RETURN_IF_ERROR(FollowFormat());
    if (!committed_) WAYMARK_RETURN_IF_ERROR(LookForLostOffsets());
    if (committed_) WAYMARK_RETURN_IF_ERROR(CheckStepsReachTo(committed_->steps_end));
    if (following_) return BeginSteps();
    WAYMARK_ASSIGN_OR_RETURN(const bool kept, KeepStored());
    if (kept) return BeginSteps();
    WAYMARK_RETURN_IF_ERROR(EraseStored());
    if (!committed_) return BeginSteps();
    WAYMARK_RETURN_IF_ERROR(CheckStepsReachBackTo(committed_->restore_from));
    loading_ = true;
    later_ = std::max<int64_t>(0, steps_.end.value - steps_.begin.value);
    Enter(Phase::kSnapshots, source_.topics.journeys, Offset(0));
    return {};
  }

  void Enter(Phase phase, const std::string& topic, Offset from) {
    WAYMARK_DEBUG("partition {}: restoring from {}, offset {} on", partition_.value, topic,
                  from.value);
    phase_ = phase;
    topic_ = topic;
    open_at_ = from;
    open_ = false;
  }

  const journey::CompiledModels& models() const { return task_.fold().models(); }

  // The versions that the state was folded under are the first of those here. What is not known of
  // it was published under some epoch.
  Status CheckModels() {
    if (committed_ && committed_->epoch > models().epoch()) {
      return {StatusCode::kRetriable,
              fmt::format("partition {}: its state knows {} versions of models, here are {}",
                          partition_.value, committed_->epoch, models().epoch()),
              "the others have yet to be read from the models topic"};
    }
    if (committed_ && models().FingerprintAt(committed_->epoch) != committed_->models) {
      return ModelsChanged();
    }
    if (committed_ && committed_->has_timelines != task_.timeline().enabled) {
      return TimelinesChanged(committed_->has_timelines);
    }
    if (committed_ && committed_->has_measures != task_.keeps_measures()) {
      return MeasuresChanged(committed_->has_measures);
    }
    task_.RestoreUnder(committed_ ? committed_->swept : models().epoch());
    return {};
  }

  // What was written before stays readable for whoever wrote it: the format never falls back, and
  // rises by the operator's word alone.
  Status FollowFormat() {
    if (!committed_) return {};
    if (committed_->format > codec::kStateFormatNewest) {
      return {StatusCode::kConfig,
              fmt::format("partition {}: the state is of format {}, this version reads up to {}",
                          partition_.value, committed_->format, codec::kStateFormatNewest),
              "a newer version has written it: run that one"};
    }
    if (task_.state_format() > committed_->format) {
      base::LogInfo({{"partition", partition_.value}},
                    fmt::format("partition {}: its state moves from format {} to {}: what changes "
                                "is written in the new one",
                                partition_.value, committed_->format, task_.state_format()));
    }
    if (following_ && task_.state_format() < committed_->format) {
      return {StatusCode::kRetriable,
              fmt::format("partition {}: its state moves to format {}: the copy is made anew",
                          partition_.value, committed_->format)};
    }
    task_.RaiseStateFormat(committed_->format);
    snapshots_.SetFormat(task_.state_format());
    return {};
  }

  // The group's offsets may have expired, or somebody has reset them. The topics still hold all
  // that was accepted: the input is read again, and what is known of it is not counted again.
  Status LookForLostOffsets() {
    for (const std::string& topic : {source_.topics.steps, source_.topics.journeys}) {
      WAYMARK_RETURN_IF_ERROR(source_.reader.Open({topic, partition_}, Offset(0)));
      WAYMARK_ASSIGN_OR_RETURN(const auto records, source_.reader.Next(1, source_.no_progress));
      offsets_lost_ |= !records.empty();
    }
    if (!offsets_lost_) return {};
    base::LogWarn({{"partition", partition_.value}},
                  fmt::format("partition {}: nothing is committed beside its input, though {} "
                              "holds records of it: restoring from the topics, then reading the "
                              "input again",
                              partition_.value, source_.topics.steps));
    committed_.emplace();
    committed_->models = models().fingerprint();
    committed_->has_measures = task_.keeps_measures();
    task_.RestoreUnder(0);
    committed_->is_end_exact = false;
    return {};
  }

  Status CheckStepsReachTo(Offset end) {
    if (steps_.end >= end) return {};
    return Missing(fmt::format("{} ends at offset {}, the committed state goes up to {}",
                               source_.topics.steps, steps_.end.value, end.value));
  }

  Status CheckStepsReachBackTo(Offset from) {
    if (steps_.begin <= from || from >= committed_->steps_end) return {};
    return Missing(fmt::format("{} begins at offset {}, the snapshots need it from {}",
                               source_.topics.steps, steps_.begin.value, from.value));
  }

  Status Missing(const std::string& what) const {
    return {StatusCode::kStore,
            fmt::format("partition {}: the state can't be restored: {}", partition_.value, what),
            "records were removed from the topic; bring them back, or start a new kafka.prefix and "
            "kafka.group"};
  }

  // Why the store's state can't be gone on from; null where it can.
  const Misfit* FindMisfit(const TaskMark& stored) const {
    if (!committed_ || offsets_lost_) return &kUncommitted;
    if (stored.revision > committed_->revision || stored.steps_end > steps_.end) return &kAhead;
    if (stored.format > codec::kStateFormatNewest) return &kNewerFormat;
    if (task_.timeline().is_limited() && stored.format < codec::kStateFormatWithForgetting &&
        task_.state_format() >= codec::kStateFormatWithForgetting) {
      return &kOldFormat;
    }
    if (models().FingerprintAt(stored.epoch) != stored.models) return &kOtherModels;
    if (stored.steps_end < steps_.begin && stored.steps_end < committed_->steps_end) {
      return &kLogTrimmed;
    }
    return nullptr;
  }

  // True: the store's state of this partition is good to go on from.
  base::Result<bool> KeepStored() {
    auto stored = task_.ReadMark();
    if (stored.status().code() == StatusCode::kNotFound) return false;
    const Misfit* misfit = nullptr;
    if (stored.status().code() == StatusCode::kInvalid) {
      misfit = &kUnreadable;
    } else if (!stored.ok()) {
      return stored.status();
    } else {
      misfit = FindMisfit(*stored);
    }
    if (misfit != nullptr) {
      base::LogWarn({{"partition", partition_.value}, {"reason", misfit->reason}},
                    fmt::format("partition {}: the stored state is rebuilt: {}", partition_.value,
                                misfit->text));
      if (source_.on_rebuild) source_.on_rebuild(misfit->reason);
      return false;
    }
    task_.Resume(*stored);
    task_.RestoreUnder(stored->swept);
    WAYMARK_RETURN_IF_ERROR(task_.QueueStoredSnapshots(stored->restore_from));
    from_ = stored->steps_end;
    return true;
  }

  // Erased for good before anything is loaded: what is ingested is durable at once.
  Status EraseStored() {
    const std::string prefix = PartitionPrefix(partition_);
    // Snapshots may be older than what the store had trimmed.
    source_.store.SetExpired(prefix, {});
    bool erased = false;
    for (const Family family : kAllFamilies) {
      const std::string end = store::PrefixEnd(prefix);
      const auto cursor = source_.store.Read(family, prefix, end);
      const bool any = cursor->Next();
      WAYMARK_RETURN_IF_ERROR(cursor->status());
      if (!any) continue;
      WAYMARK_RETURN_IF_ERROR(source_.store.EraseRange(family, prefix, end));
      erased = true;
    }
    return erased ? source_.store.Flush() : Status();
  }

  // The last snapshot of each profile, into the store.
  Status ReadSnapshots() {
    WAYMARK_ASSIGN_OR_RETURN(const auto records, source_.reader.Next(kBatch, source_.no_progress));
    for (const stream::Record& record : records) {
      WAYMARK_RETURN_IF_ERROR(snapshots_.Add(record));
    }
    restored_ += static_cast<int64_t>(records.size());
    if (!records.empty()) return {};
    WAYMARK_RETURN_IF_ERROR(snapshots_.Finish());
    profiles_loaded_ = snapshots_.profiles();
    from_ = std::max(committed_->restore_from, steps_.begin);
    if (steps_.begin >= from_ || !task_.timeline().enabled) return BeginSteps();
    later_ = 0;
    Enter(Phase::kTimelines, source_.topics.steps, Offset(0));
    return {};
  }

  // Steps that every snapshot holds: only their rows of the timelines are missing.
  Status ReadTimelines() {
    const Offset before = source_.reader.position();
    const auto left = static_cast<size_t>(std::max<int64_t>(0, from_.value - before.value));
    if (left > 0) {
      WAYMARK_ASSIGN_OR_RETURN(const auto records, source_.reader.Next(std::min(left, kBatch),
                                                                       source_.no_progress));
      for (const stream::Record& record : records) {
        if (record.offset < from_) WAYMARK_RETURN_IF_ERROR(LoadTimelineRow(record));
      }
      restored_ += static_cast<int64_t>(records.size());
      if (!records.empty()) return {};
    }
    WAYMARK_RETURN_IF_ERROR(timelines_.Finish());
    return BeginSteps();
  }

  Status LoadTimelineRow(const stream::Record& record) {
    if (!record.value) return {};
    WAYMARK_RETURN_IF_ERROR(codec::Decode(*record.value, step_));
    key_ = ProfileKey(partition_, step_.profile_id);
    AppendOrderBytes(model::OrderOf(step_.interaction), key_);
    if (step_.retracted) return timelines_.Erase(key_);
    if (const std::string replaced = ReplacedOrder(step_); !replaced.empty()) {
      WAYMARK_RETURN_IF_ERROR(
          timelines_.Erase(ProfileKey(partition_, step_.profile_id).append(replaced)));
    }
    const size_t canonical = codec::CanonicalSize(*record.value);
    value_.clear();
    AppendTimelineValue(record.value->substr(0, canonical), record.value->substr(canonical),
                        value_);
    return timelines_.Put(key_, value_);
  }

  Status BeginSteps() {
    later_ = 0;
    end_ = committed_.value_or(TaskMark());
    if (loading_) task_.Committed(from_);
    if (loading_) task_.LowerSwept(snapshots_.epoch_min());
    WAYMARK_RETURN_IF_ERROR(task_.SetRestoring(true, loading_));
    Enter(Phase::kSteps, source_.topics.steps, from_);
    return {};
  }

  // The steps beyond the store or the snapshots, as they came, up to the last one committed: what
  // lies behind it can only be aborted.
  Status FoldSteps() {
    const Offset position = std::max(from_, source_.reader.position());
    if (end_.is_end_exact && position >= end_.steps_end) return Finish();
    WAYMARK_ASSIGN_OR_RETURN(const auto records, source_.reader.Next(kBatch, source_.no_progress));
    if (records.empty()) return Finish();
    for (const stream::Record& record : records) WAYMARK_RETURN_IF_ERROR(TakeStep(record));
    // Timers wait for the end: what held the horizon back when these steps were new is not known,
    // and a change by a timer must not seem older than it is.
    WAYMARK_RETURN_IF_ERROR(task_.EndBatch(base::Timestamp::min(), task_.horizon()));
    task_.Committed(std::max(task_.mark().steps_end, source_.reader.position()));
    restored_ += static_cast<int64_t>(records.size());
    WAYMARK_DEBUG("partition {}: folded up to offset {}", partition_.value,
                  source_.reader.position().value);
    return task_.WantsFlush() ? task_.Flush() : Status();
  }

  Status TakeStep(const stream::Record& record) {
    if (!record.value) {
      return task_.ForgetRestored(record.key.value_or(std::string_view()), record.offset);
    }
    WAYMARK_RETURN_IF_ERROR(codec::Decode(*record.value, step_));
    if (step_.retracted) return {};
    end_.revision = std::max(end_.revision, base::Revision(step_.revision));
    task_.BeginRestored(base::Revision(step_.revision), {step_.processed_time});
    const std::string_view canonical =
        record.value->substr(0, codec::CanonicalSize(*record.value));
    Arrival arrival;
    arrival.profile_id = step_.profile_id;
    arrival.interaction = &step_.interaction;
    arrival.bytes = step_.interaction_bytes;
    arrival.origin = step_.origin;
    return task_.AcceptRestored(arrival, record.offset, step_, canonical);
  }

  Status Finish() {
    task_.BeginRestored(end_.revision, base::Timestamp());
    task_.Committed(std::max(task_.mark().steps_end, source_.reader.position()));
    do {
      WAYMARK_RETURN_IF_ERROR(task_.EndBatch(end_.horizon, end_.horizon));
      if (task_.WantsFlush()) WAYMARK_RETURN_IF_ERROR(task_.Flush());
    } while (task_.has_timers_left());
    end_.steps_end = std::max(task_.mark().steps_end, source_.reader.position());
    end_.time_max = std::max(end_.time_max, task_.time_max());
    end_.is_end_exact = true;
    // Signals and snapshots may have been published beyond the last step.
    if (offsets_lost_) end_.revision = base::Revision(end_.revision.value + kRevisionsBeyond);
    end_.swept = task_.swept();
    task_.Committed(end_.steps_end);
    const int64_t profiles = profiles_loaded_ + task_.totals().profiles;
    if (loading_ && profiles < committed_->totals.profiles) {
      return Missing(fmt::format("{} and {} give {} of {} profiles", source_.topics.journeys,
                                 source_.topics.steps, profiles, committed_->totals.profiles));
    }
    task_.Resume(end_);
    if (committed_ && !offsets_lost_) task_.ForgetPublished(*committed_);
    WAYMARK_RETURN_IF_ERROR(task_.SetRestoring(false));
    phase_ = task_.keeps_measures() ? Phase::kBeginMeasures : Phase::kDone;
    if (!loading_) return {};
    // So that the next start need not load all of it again.
    WAYMARK_RETURN_IF_ERROR(task_.Flush());
    return source_.store.Flush();
  }

  // A phase of its own: where the broker does not answer, it is begun again.
  Status BeginMeasures() {
    const stream::TopicPartition at{source_.topics.measures, partition_};
    WAYMARK_ASSIGN_OR_RETURN(const auto range,
                             source_.reader.Offsets(at, source_.no_progress));
    if (!following_) WAYMARK_RETURN_IF_ERROR(task_.ResumeMeasures());
    if (range.end < task_.measures_end() && following_) {
      return {StatusCode::kRetriable, at.topic + " was cut: the copy is made anew"};
    }
    if (range.end < task_.measures_end()) {
      base::LogWarn({{"partition", partition_.value}},
                    fmt::format("{}[{}] ends at offset {}, the stored figures go up to {}: they "
                                "are published anew",
                                at.topic, partition_.value, range.end.value,
                                task_.measures_end().value));
      task_.PublishMeasuresAnew();
    }
    Enter(Phase::kMeasures, at.topic, task_.measures_end());
    return {};
  }

  // Cells as they were committed with what they count; the last of each stands.
  Status ReadMeasures() {
    WAYMARK_ASSIGN_OR_RETURN(const auto records, source_.reader.Next(kBatch, source_.no_progress));
    for (const stream::Record& record : records) {
      WAYMARK_RETURN_IF_ERROR(
          task_.LoadMeasure(record.key.value_or(std::string_view()), record.value));
    }
    task_.MeasuresCommitted(source_.reader.position());
    if (records.empty()) phase_ = Phase::kDone;
    return task_.MakeRoomForMeasures();
  }

  Task& task_;
  std::optional<TaskMark> committed_;
  const RestoreSource source_;
  const base::Partition partition_;
  Phase phase_ = Phase::kBegin;
  std::string topic_;  // what the phase reads, and from where
  Offset open_at_{0};
  bool open_ = false;
  bool following_ = false;
  bool offsets_lost_ = false;
  bool loading_ = false;  // into an empty store
  stream::OffsetRange steps_;
  Offset from_{0};  // steps from here on are folded
  TaskMark end_;
  int64_t restored_ = 0;
  int64_t later_ = 0;  // records of the topics that are not open yet
  int64_t profiles_loaded_ = 0;
  SnapshotLoad snapshots_;
  SortedLoad timelines_;
  model::Step step_;
  std::string key_;
  std::string value_;
};

Restorer::Restorer(Task& task, const std::optional<TaskMark>& committed,
                   const RestoreSource& source)
    : impl_(std::make_unique<Impl>(task, committed, source)) {}
Restorer::~Restorer() = default;

std::unique_ptr<Restorer> Restorer::Follow(Task& task, const TaskMark& committed,
                                           const RestoreSource& source) {
  auto restorer = std::make_unique<Restorer>(task, committed, source);
  restorer->impl_->FollowOn();
  return restorer;
}

base::Result<bool> Restorer::Step() { return impl_->Step(); }
RestoreProgress Restorer::progress() const { return impl_->progress(); }
bool Restorer::has_begun() const { return impl_->has_begun(); }

Status RestoreTask(Task& task, const std::optional<TaskMark>& committed,
                   const RestoreSource& source) {
  Restorer restorer(task, committed, source);
  while (true) {
    WAYMARK_ASSIGN_OR_RETURN(const bool done, restorer.Step());
    if (done) return {};
  }
}

}  // namespace waymark::engine
