// The part of Task that writes committed state to the store, in rounds. A round takes what has
// changed until it begins: its rows of timelines at once, sorted; then, slice by slice, the
// profiles as they are by then; then the mark as it was when the round began. So rows may be ahead
// of the mark, as snapshots are of the offset that they are restored from: each knows what it
// covers.
#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "base/check.h"
#include "codec/compact.h"
#include "engine/keys.h"
#include "engine/sorted_load.h"
#include "engine/task.h"

namespace waymark::engine {
namespace {
// Profiles that one slice looks at to find some to let go of.
constexpr size_t kEvictionLooks = 4096;

// Rows that come sorted go into the store at a fraction of the cost.
void SortById(std::vector<Profile*>& profiles) {
  using Beginning = std::array<char, 16>;  // saves the way to most ids
  std::vector<std::pair<Beginning, Profile*>> sorted;
  sorted.reserve(profiles.size());
  for (Profile* const profile : profiles) {
    auto& entry = sorted.emplace_back(Beginning{}, profile);
    const std::string& id = profile->state.profile_id;
    std::copy_n(id.begin(), std::min(id.size(), entry.first.size()), entry.first.begin());
  }
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    const int order = std::memcmp(a.first.data(), b.first.data(), a.first.size());
    return order != 0 ? order < 0 : a.second->state.profile_id < b.second->state.profile_id;
  });
  for (size_t i = 0; i < sorted.size(); ++i) profiles[i] = sorted[i].second;
}
}  // namespace

base::Status Task::StoreTimelines(const std::vector<Profile*>& profiles) {
  SortedLoad rows(store_, store::Family::kTimelines, std::numeric_limits<size_t>::max());
  for (Profile* const profile : profiles) {
    value_ = ProfileKey(partition_, profile->state.profile_id);
    const size_t prefix = value_.size();
    for (const RecentRow& row : profile->recent) {
      value_.resize(prefix);
      value_.append(row.order);
      WAYMARK_RETURN_IF_ERROR(row.value.empty() ? rows.Erase(value_)
                                                : rows.PutKept(value_, row.value));
    }
    profile->recent.MarkStored();
  }
  return rows.Finish();
}

// Where the store does not say, they are gone through once.
base::Result<int64_t> Task::CountStoredTimers() const {
  WAYMARK_ASSIGN_OR_RETURN(
      const auto row, store_.Get(store::Family::kMeta, MetaKey(partition_, kTimerCountName)));
  // An older version, which knows neither, has stored timers without moving either.
  WAYMARK_ASSIGN_OR_RETURN(const bool is_current, IsOpenRowCurrent());
  if (row && is_current) {
    codec::CompactReader in(*row);
    const int64_t stored = in.Signed();
    if (!in.failed()) return stored;
  }
  const std::string prefix = PartitionPrefix(partition_);
  int64_t count = 0;
  WAYMARK_RETURN_IF_ERROR(store_.Scan(store::Family::kTimers, prefix, store::PrefixEnd(prefix),
                                      [&](std::string_view, std::string_view) {
                                        ++count;
                                        return true;
                                      }));
  return count;
}

void Task::EraseTimer(std::string_view key, store::Batch& batch) {
  batch.Erase(store::Family::kTimers, key);
  --*timers_stored_;
}

void Task::StoreOpen(store::Batch& batch) {
  value_.clear();
  open_.WriteStored(value_);
  batch.Put(store::Family::kMeta, MetaKey(partition_, kOpenName), value_);
  value_.clear();
  codec::CompactWriter(value_).Signed(std::max(revision_, storing_->mark.revision).value);
  batch.Put(store::Family::kMeta, MetaKey(partition_, kOpenRevisionName), value_);
}

// Whether the store's counts of timers and of what is open are as its rows are. Without a mark it
// has just been filled.
base::Result<bool> Task::IsOpenRowCurrent() const {
  const auto mark = ReadMark();
  if (mark.status().code() == base::StatusCode::kNotFound) return true;
  if (mark.status().code() == base::StatusCode::kInvalid) return false;
  WAYMARK_RETURN_IF_ERROR(mark.status());
  WAYMARK_ASSIGN_OR_RETURN(
      const auto row, store_.Get(store::Family::kMeta, MetaKey(partition_, kOpenRevisionName)));
  return row && codec::CompactReader(*row).Signed() >= mark->revision.value;
}

// Before anything is stored. Where the store does not say what is open, its profiles are gone
// through once.
base::Status Task::KnowOpen() {
  if (open_known_) return {};
  open_known_ = true;
  WAYMARK_ASSIGN_OR_RETURN(const auto row,
                           store_.Get(store::Family::kMeta, MetaKey(partition_, kOpenName)));
  WAYMARK_ASSIGN_OR_RETURN(const bool is_current, IsOpenRowCurrent());
  if (row && is_current && open_.ReadStored(*row)) return {};
  const std::string prefix = PartitionPrefix(partition_);
  base::Status fault;
  WAYMARK_RETURN_IF_ERROR(store_.Scan(store::Family::kProfiles, prefix, store::PrefixEnd(prefix),
                                      [&](std::string_view, std::string_view value) {
                                        Profile profile;
                                        fault = ProfileCache::DecodeRow(folds_.current(), value,
                                                                         profile);
                                        if (fault.ok()) open_.AddStored(profile.state);
                                        return fault.ok();
                                      }));
  return fault;
}

void Task::StoreTimerCount(store::Batch& batch) {
  // A scan that began anew may have met one twice.
  std::sort(stale_timers_.begin(), stale_timers_.end());
  stale_timers_.erase(std::unique(stale_timers_.begin(), stale_timers_.end()),
                      stale_timers_.end());
  for (const std::string& key : stale_timers_) EraseTimer(key, batch);
  stale_timers_.clear();
  value_.clear();
  codec::CompactWriter(value_).Signed(*timers_stored_);
  batch.Put(store::Family::kMeta, MetaKey(partition_, kTimerCountName), value_);
}

void Task::StoreProfile(Profile& profile, store::Batch& batch) {
  const std::string& id = profile.state.profile_id;
  const base::Timestamp due = profile.StoredDueAt();
  if (due != profile.stored_due) {
    if (profile.stored_due != base::Timestamp::max()) {
      EraseTimer(TimerKey(partition_, profile.stored_due, id), batch);
    }
    if (due != base::Timestamp::max()) {
      ++*timers_stored_;
      batch.Put(store::Family::kTimers, TimerKey(partition_, due, id), {});
    }
    profile.stored_due = due;
  }
  StoreListed(profile, batch);
  open_.Store(profile.open, profile.stored_open);
  if (profile.state.is_new()) return EraseProfile(profile, batch);
  profile.covers = steps_end_;
  value_.clear();
  const size_t state = ProfileCache::EncodeRow(profile, value_, settings_.state_format);
  batch.Put(store::Family::kProfiles, ProfileKey(partition_, id), value_);
  profile.store_dirty = false;
  profile.recent.DropStored();
  if (settings_.timeline.enabled) {
    profile.kept.Rotate(profile.state, std::string_view(value_).substr(state), settings_.lateness);
  }
  profile.NoteStored();
  cache_.SetBytes(profile, sizeof(Profile) + 640 + 3 * value_.size() + profile.kept.bytes());
}

void Task::StoreListed(Profile& profile, store::Batch& batch) {
  const bool listed = profile.IsListed();
  if (listed == profile.listed) return;
  const std::string key = MetaKey(partition_, kPendingName).append(profile.state.profile_id);
  if (listed) {
    batch.Put(store::Family::kMeta, key, {});
  } else {
    batch.Erase(store::Family::kMeta, key);
  }
  profile.listed = listed;
}

base::Status Task::StoreKeptFolds(Profile& profile, store::Batch& batch) {
  const std::string prefix = ProfileKey(partition_, profile.state.profile_id);
  if (!profile.kept.wrong_from().empty()) {
    const auto wrong = store_.Read(store::Family::kFolds, prefix + profile.kept.wrong_from(),
                                   store::PrefixEnd(prefix));
    while (wrong->Next()) batch.Erase(store::Family::kFolds, wrong->key());
    WAYMARK_RETURN_IF_ERROR(wrong->status());
  }
  for (const KeptFold* const fold : profile.kept.TakeForStore()) {
    batch.Put(store::Family::kFolds, prefix + fold->order, fold->bytes);
  }
  return {};
}

bool Task::HasUnstored() const { return storing_ || !store_dirty_.empty(); }

size_t Task::unstored_profiles() const {
  return store_dirty_.size() + storing_left();
}

base::Status Task::BeginStoring() {
  WAYMARK_CHECK(touched_.empty() && !storing_, "only committed state is stored");
  WAYMARK_RETURN_IF_ERROR(KnowOpen());
  storing_.emplace();
  std::swap(storing_->profiles, store_dirty_);
  SortById(storing_->profiles);
  // Their rows are idempotent, so a crash between these writes and the next does no harm.
  WAYMARK_RETURN_IF_ERROR(StoreTimelines(storing_->profiles));
  if (!timers_stored_) {
    WAYMARK_ASSIGN_OR_RETURN(timers_stored_, CountStoredTimers());
  }
  cache_.PartRows();
  storing_->mark = mark();
  storing_->expired_before = ExpiredBefore();
  if (!settings_.publish_snapshots) return {};
  codec::CompactWriter out(storing_->waiting);
  for (const WaitingSnapshot& waiting : snapshots_waiting_) {
    if (waiting.profile->snapshot_dirty) out.Text(waiting.profile->state.profile_id);
  }
  return {};
}

base::Status Task::StoreSome(size_t profiles) {
  WAYMARK_CHECK(touched_.empty() && storing_, "only committed state is stored");
  Storing& storing = *storing_;
  const size_t begin = storing.next;
  storing.next += std::min(profiles, storing.profiles.size() - begin);
  store::Batch batch;
  std::string waiting;
  codec::CompactWriter ids(waiting);
  const auto store = [&](Profile& profile) -> base::Status {
    WAYMARK_RETURN_IF_ERROR(StoreKeptFolds(profile, batch));
    StoreProfile(profile, batch);
    if (profile.snapshot_dirty) ids.Text(profile.state.profile_id);
    return {};
  };
  WAYMARK_RETURN_IF_ERROR(VisitAhead(storing.profiles, begin, storing.next, store));
  ids.Finish();
  StoreTimerCount(batch);
  StoreOpen(batch);
  const bool is_last = storing.next == storing.profiles.size();
  if (is_last) {
    WAYMARK_RETURN_IF_ERROR(StoreMeasures());
    StoreMeasuresEnd(batch);
  }
  if (settings_.publish_snapshots) StoreWaitingSnapshots(waiting, is_last, batch);
  if (is_last) {
    batch.Put(store::Family::kMeta, MetaKey(partition_, kTaskMarkName), storing.mark.ToText());
  }
  WAYMARK_RETURN_IF_ERROR(store_.Write(batch));
  for (size_t i = begin; i < storing.next; ++i) LetGo(*storing.profiles[i]);
  if (is_last) EndStoring();
  cache_.Evict(cache_budget_ / 2, [&](Profile& profile) { timers_.Remove(profile); },
               is_last ? std::numeric_limits<size_t>::max() : kEvictionLooks);
  return {};
}

// Until the mark is written the store's is that of the round before, and its list goes on to count.
void Task::StoreWaitingSnapshots(std::string_view ids, bool is_last, store::Batch& batch) {
  Storing& storing = *storing_;
  const std::string key = MetaKey(partition_, kWaitingSnapshotsName);
  storing.waiting.append(ids);
  if (!is_last) {
    if (ids.empty()) return;
    waiting_rows_.push_back(key + "/" + std::to_string(waiting_rows_.size()));
    batch.Put(store::Family::kMeta, waiting_rows_.back(), ids);
    return;
  }
  batch.Put(store::Family::kMeta, key, storing.waiting);
  for (const std::string& row : waiting_rows_) batch.Erase(store::Family::kMeta, row);
  waiting_rows_.clear();
}

// What came while the round went on is written in the next one.
void Task::LetGo(Profile& profile) {
  if (!profile.recent.empty()) {
    profile.store_dirty = true;
    store_dirty_.push_back(&profile);
  }
  if (!profile.state.is_new() || profile.IsInUse()) return;
  timers_.Remove(profile);
  cache_.Drop(profile);
}

void Task::EndStoring() {
  if (storing_->expired_before) LetExpire(*storing_->expired_before);
  cache_.ClearOldRows();
  storing_.reset();
}

base::Status Task::Flush() {
  if (storing_) WAYMARK_RETURN_IF_ERROR(StoreSome(storing_->profiles.size()));
  WAYMARK_RETURN_IF_ERROR(BeginStoring());
  return StoreSome(storing_->profiles.size());
}

}  // namespace waymark::engine
