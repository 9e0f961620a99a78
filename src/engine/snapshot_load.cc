#include "engine/snapshot_load.h"

#include <algorithm>

#include "codec/protobuf.h"
#include "engine/folds.h"
#include "engine/keys.h"
#include "engine/profile_cache.h"
#include "engine/task_mark.h"

namespace waymark::engine {
namespace {
// Profiles come sorted, so that files of this size follow each other.
constexpr size_t kFileBytes = 32u << 20;
}  // namespace

SnapshotLoad::SnapshotLoad(base::Partition partition, const journey::Fold& fold,
                           store::Store& store, size_t bytes_max,
                           const TimelineSettings& timeline)
    : partition_(partition),
      fold_(fold),
      store_(store),
      bytes_max_(bytes_max),
      timeline_(timeline),
      profiles_(store, store::Family::kProfiles, std::min(bytes_max, kFileBytes)),
      timers_(store, store::Family::kTimers, std::max(bytes_max / 8, kFileBytes)),
      pending_(store, store::Family::kMeta, kFileBytes) {}

base::Status SnapshotLoad::Add(const stream::Record& record) {
  const std::string_view key =
      bytes_.Copy(ProfileKey(partition_, record.key.value_or(std::string_view())));
  std::optional<std::string_view> value;
  if (record.value) {
    value = bytes_.Copy(record.value->substr(codec::CanonicalSize(*record.value)));
  }
  snapshots_.push_back({key, value});
  return used() > bytes_max_ / 3 * 2 ? Shrink() : base::Status();
}

size_t SnapshotLoad::used() const {
  return bytes_.used() + snapshots_.size() * sizeof(store::Row);
}

// Where many are superseded there is room again; else what there is goes into the store.
base::Status SnapshotLoad::Shrink() {
  SortKeepingLast(snapshots_);
  base::Arena kept(kBlockBytes);
  for (store::Row& row : snapshots_) {
    row.key = kept.Copy(row.key);
    if (row.value) row.value = kept.Copy(*row.value);
  }
  bytes_ = std::move(kept);
  if (used() <= bytes_max_ / 3) return {};
  is_whole_ = false;
  return Load();
}

base::Status SnapshotLoad::Finish() {
  WAYMARK_RETURN_IF_ERROR(Load());
  if (!is_whole_) WAYMARK_RETURN_IF_ERROR(ReadBack());
  WAYMARK_RETURN_IF_ERROR(timers_.Finish());
  store::Batch batch;
  value_.clear();
  codec::CompactWriter(value_).Signed(timers_put_);
  batch.Put(store::Family::kMeta, MetaKey(partition_, kTimerCountName), value_);
  value_.clear();
  open_.WriteStored(value_);
  batch.Put(store::Family::kMeta, MetaKey(partition_, kOpenName), value_);
  return store_.Write(batch);
}

// What a later portion supersedes must leave no timer, which would come up for nothing, and is open
// no more.
base::Status SnapshotLoad::ReadBack() {
  profiles_loaded_ = 0;
  const std::string prefix = PartitionPrefix(partition_);
  const auto cursor = store_.Read(store::Family::kProfiles, prefix, store::PrefixEnd(prefix));
  while (cursor->Next()) {
    ++profiles_loaded_;
    Profile profile;
    WAYMARK_RETURN_IF_ERROR(ProfileCache::DecodeRow(fold_, cursor->value(), profile));
    open_.AddStored(profile.state);
    WAYMARK_RETURN_IF_ERROR(PutTimer(profile.stored_due, profile.state.profile_id));
  }
  return cursor->status();
}

base::Status SnapshotLoad::PutTimer(base::Timestamp due, std::string_view profile_id) {
  if (due == base::Timestamp::max()) return {};
  ++timers_put_;
  return timers_.Put(TimerKey(partition_, due, profile_id), {});
}

// Only the last snapshot of a profile is looked into.
base::Status SnapshotLoad::Load() {
  if (snapshots_.empty()) return {};
  SortKeepingLast(snapshots_);
  for (const store::Row& row : snapshots_) {
    profiles_loaded_ += row.value ? 1 : 0;
    WAYMARK_RETURN_IF_ERROR(row.value ? LoadOne(row.key, *row.value) : profiles_.Erase(row.key));
  }
  snapshots_.clear();
  bytes_.Clear();
  WAYMARK_RETURN_IF_ERROR(profiles_.Finish());
  return pending_.Finish();
}

base::Status SnapshotLoad::LoadOne(std::string_view key, std::string_view bytes) {
  model::CustomerJourneys snapshot;
  base::Status status = codec::Decode(bytes, snapshot);
  Profile profile;
  if (status.ok()) status = codec::DecodeState(snapshot.fold, fold_.models(), profile.state);
  if (!status.ok()) {
    return {base::StatusCode::kStore, "a snapshot of the journeys topic can't be read: " +
                                          status.message(),
            "it was written by another version, or by somebody else"};
  }
  epoch_min_ = std::min(epoch_min_, profile.state.epoch);
  FindStoredTimers(fold_, profile.state);
  profile.covers = base::Offset(snapshot.covers);
  codec::CompactReader floor(snapshot.floor);
  if (!snapshot.floor.empty()) ProfileCache::ReadFloor(floor, profile);
  if (floor.failed()) {
    return {base::StatusCode::kStore, "a snapshot of the journeys topic has a malformed floor"};
  }
  if (snapshot.floor.empty()) {
    // Where it may have begun anew, what came before is in the timeline, too. Corrections may lie
    // before the customer was seen.
    const bool may_lapse = fold_.settings().profile_retention != base::Millis::max();
    const bool is_first_known = !may_lapse && profile.state.corrections.empty();
    profile.oldest = base::Timestamp::min();
    if (is_first_known) profile.oldest = profile.state.first_seen.value_or(profile.oldest);
  }
  profile.trim_due = timeline_.TrimDue(profile.oldest, format_);
  profile.forget_after = timeline_.ForgetAfter(format_);
  profile.pending_from = snapshot.pending_from;
  profile.stored_due = profile.StoredDueAt();
  value_.clear();
  const bool as_it_is = static_cast<unsigned char>(snapshot.fold.front()) == format_;
  ProfileCache::WriteBeforeState(profile, value_);
  if (as_it_is) {
    value_.append(snapshot.fold);
  } else {
    codec::EncodeState(profile.state, value_, format_);
  }
  WAYMARK_RETURN_IF_ERROR(profiles_.Put(key, value_));
  WAYMARK_RETURN_IF_ERROR(ListPending(profile));
  if (!is_whole_) return {};
  open_.AddStored(profile.state);
  return PutTimer(profile.stored_due, profile.state.profile_id);
}

// An earlier portion may have listed it.
base::Status SnapshotLoad::ListPending(const Profile& profile) {
  const bool pending = profile.IsListed();
  any_pending_ |= pending;
  if (!any_pending_) return {};
  const std::string key = MetaKey(partition_, kPendingName).append(profile.state.profile_id);
  return pending ? pending_.Put(key, {}) : pending_.Erase(key);
}

}  // namespace waymark::engine
