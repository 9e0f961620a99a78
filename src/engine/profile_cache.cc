#include "engine/profile_cache.h"

#include <algorithm>
#include <utility>

#include "codec/compact.h"
#include "codec/fold_state.h"
#include "engine/folds.h"
#include "engine/keys.h"

namespace waymark::engine {
namespace {
// What a profile costs beside its texts: the map's slot, the struct, one run.
constexpr size_t kProfileBytes = sizeof(Profile) + 640;
}  // namespace

Profile* ProfileCache::FindCached(std::string_view profile_id) {
  if (hint_ == nullptr || hint_->state.profile_id != profile_id) {
    const auto at = profiles_.find(profile_id);
    if (at == profiles_.end()) return nullptr;
    hint_ = at->second.get();
  }
  hint_->used = true;
  return hint_;
}

base::Result<Profile*> ProfileCache::Get(std::string_view profile_id) {
  if (Profile* cached = FindCached(profile_id)) {
    ++(std::exchange(cached->read_ahead, false) ? lookups_.misses : lookups_.hits);
    return cached;
  }
  ++lookups_.misses;
  const std::string key = ProfileKey(partition_, profile_id);
  WAYMARK_ASSIGN_OR_RETURN(const auto row, store_.Get(store::Family::kProfiles, key));
  return Add(profile_id, row);
}

base::Status ProfileCache::Load(std::span<const std::string_view> profile_ids) {
  constexpr size_t kAhead = 8;
  std::vector<std::string_view> missing;
  for (size_t i = 0; i < profile_ids.size() + kAhead; ++i) {
    if (i < profile_ids.size()) Prefetch(profile_ids[i]);
    if (i < kAhead) continue;
    const std::string_view id = profile_ids[i - kAhead];
    if (!id.empty() && !Has(id)) missing.push_back(id);
  }
  std::sort(missing.begin(), missing.end());
  missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
  std::vector<std::string> keys;
  for (const std::string_view id : missing) keys.push_back(ProfileKey(partition_, id));
  const std::vector<std::string_view> views(keys.begin(), keys.end());
  WAYMARK_ASSIGN_OR_RETURN(const auto rows, store_.MultiGet(store::Family::kProfiles, views));
  for (size_t i = 0; i < missing.size(); ++i) {
    WAYMARK_ASSIGN_OR_RETURN(Profile* const profile, Add(missing[i], rows[i]));
    profile->read_ahead = true;
  }
  return {};
}

base::Result<Profile*> ProfileCache::Add(std::string_view profile_id,
                                         const std::optional<std::string>& row) {
  auto profile = std::make_unique<Profile>();
  if (row) {
    WAYMARK_RETURN_IF_ERROR(DecodeRow(*fold_, *row, *profile, keeps_folds_));
    open_.Take(profile->state, profile->open, profile->stored_open);
  } else {
    profile->state = fold_->Initial(profile_id);
  }
  Profile* const added = profile.get();
  profiles_.emplace(std::string(profile_id), std::move(profile));
  Append(*added);
  hint_ = added;
  SetBytes(*added, kProfileBytes + (row ? 4 * row->size() : 2 * profile_id.size()));
  return added;
}

void ProfileCache::Drop(Profile& profile) {
  if (profile.IsInUse()) return;
  Unlink(profile);
  if (hint_ == &profile) hint_ = nullptr;
  bytes_ -= profile.bytes;
  profiles_.erase(profiles_.find(std::string_view(profile.state.profile_id)));
}

void ProfileCache::SetBytes(Profile& profile, size_t bytes) {
  bytes_ += bytes - profile.bytes;
  profile.bytes = bytes;
}

void ProfileCache::Append(Profile& profile) {
  profile.older = newest_;
  profile.newer = nullptr;
  if (newest_ != nullptr) newest_->newer = &profile;
  newest_ = &profile;
  if (oldest_ == nullptr) oldest_ = &profile;
}

void ProfileCache::Unlink(Profile& profile) {
  if (profile.newer != nullptr) profile.newer->older = profile.older;
  if (profile.older != nullptr) profile.older->newer = profile.newer;
  if (newest_ == &profile) newest_ = profile.older;
  if (oldest_ == &profile) oldest_ = profile.newer;
  profile.newer = nullptr;
  profile.older = nullptr;
}

void ProfileCache::Clear() {
  profiles_.clear();
  rows_.Clear();
  newest_ = nullptr;
  oldest_ = nullptr;
  hint_ = nullptr;
  bytes_ = 0;
}

void ProfileCache::WriteFloor(const Profile& profile, codec::CompactWriter& out) {
  out.Signed(profile.oldest.ms);
  out.Text(profile.floor_order);
  out.Text(profile.floor);
}

void ProfileCache::ReadFloor(codec::CompactReader& in, Profile& profile) {
  profile.oldest.ms = in.Signed();
  profile.floor_order.assign(in.Text());
  profile.floor.assign(in.Text());
}

void ProfileCache::WriteBeforeState(const Profile& profile, std::string& bytes) {
  codec::CompactWriter out(bytes);
  out.Signed(profile.covers.value);
  out.Signed(profile.stored_due.ms);
  out.Signed(profile.kept.stored_at());
  out.Text(profile.pending_from);
  WriteFloor(profile, out);
  out.Finish();
}

size_t ProfileCache::EncodeRow(const Profile& profile, std::string& bytes, int format) {
  WriteBeforeState(profile, bytes);
  const size_t state = bytes.size();
  codec::EncodeState(profile.state, bytes, format);
  return state;
}

base::Status ProfileCache::DecodeRow(const journey::Fold& fold, std::string_view bytes,
                                     Profile& profile, bool keeps_fold) {
  codec::CompactReader in(bytes);
  profile.covers = base::Offset(in.Signed());
  profile.stored_due.ms = in.Signed();
  profile.kept.SetStoredAt(in.Signed());
  profile.pending_from.assign(in.Text());
  ReadFloor(in, profile);
  constexpr const char* kHint =
      "remove the state folder (state.directory) to rebuild it from the topics";
  if (in.failed()) return {base::StatusCode::kStore, "stored profile is malformed", kHint};
  const std::string_view state = bytes.substr(bytes.size() - in.left());
  if (auto status = codec::DecodeState(state, fold.models(), profile.state); !status.ok()) {
    return {base::StatusCode::kStore, status.message(), kHint};
  }
  FindStoredTimers(fold, profile.state);
  profile.listed = profile.IsListed();
  profile.ratings_resolved = profile.state.ratings.resolved;
  profile.ratings_unresolved = profile.state.ratings.unresolved;
  if (keeps_fold) profile.kept.KeepStored(profile.state, state);
  profile.NoteStored();
  return {};
}

}  // namespace waymark::engine
