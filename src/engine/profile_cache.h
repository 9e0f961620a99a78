#pragma once

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/arena.h"
#include "base/status.h"
#include "base/string_map.h"
#include "codec/compact.h"
#include "codec/fold_state.h"
#include "engine/profile.h"
#include "journey/fold.h"
#include "store/store.h"

namespace waymark::engine {

// The decoded profiles of one partition, in front of the store. What has not been used since it was
// last looked at goes first ("second chance"), so that a use changes nothing but its own profile.
class ProfileCache {
 public:
  // All must live as long. `open` is told of each that is read from the store.
  ProfileCache(base::Partition partition, const journey::Fold& fold, const store::Store& store,
               OpenJourneys& open)
      : partition_(partition), fold_(&fold), store_(store), open_(open) {}
  // False: what is read is not also kept as a fold to begin from.
  void SetKeepsFolds(bool keeps) { keeps_folds_ = keeps; }
  // Another fold, from now on.
  void SetFold(const journey::Fold& fold) { fold_ = &fold; }

  // The profile, from memory, from the store, or new.
  base::Result<Profile*> Get(std::string_view profile_id);
  // Reads those of these profiles that are not in memory from the store in one go.
  base::Status Load(std::span<const std::string_view> profile_ids);
  // Only from memory.
  Profile* FindCached(std::string_view profile_id);

  // Asks the memory for where a profile is noted, ahead of Peek() and Get().
  void Prefetch(std::string_view profile_id) const { profiles_.prefetch(profile_id); }
  // From memory, and no use of it.
  Profile* Peek(std::string_view profile_id) const {
    const auto at = profiles_.find(profile_id);
    return at == profiles_.end() ? nullptr : at->second.get();
  }
  // It will be asked for next.
  void Hint(Profile& profile) { hint_ = &profile; }
  bool Has(std::string_view profile_id) const { return profiles_.contains(profile_id); }

  // Bytes for rows that wait to be stored.
  base::Arena& rows() { return rows_; }
  // Later rows go elsewhere, and those from before live until the next call of ClearOldRows().
  void PartRows() { std::swap(rows_, old_rows_); }
  void ClearOldRows() { old_rows_.ClearTo(rows_); }
  size_t row_bytes() const { return rows_.used() + old_rows_.used(); }
  size_t bytes() const { return bytes_ + row_bytes(); }
  size_t size() const { return profiles_.size(); }
  void SetBytes(Profile& profile, size_t bytes);
  // How often Get() has found the profile in memory and how often not, since last taken.
  struct Lookups {
    int64_t hits = 0;
    int64_t misses = 0;
  };
  const Lookups& lookups() const { return lookups_; }
  Lookups TakeLookups() { return std::exchange(lookups_, {}); }

  // Drops one, where nothing points to it.
  void Drop(Profile& profile);
  // Drops clean profiles that were not used since the last look, until the estimate is within the
  // budget or so many have been looked at. `drop` is told of each.
  template <class F>
  void Evict(size_t budget, F drop, size_t looks_max = std::numeric_limits<size_t>::max());
  template <class F>
  void ForEach(F visit) {
    for (auto& [id, profile] : profiles_) visit(*profile);
  }
  void Clear();

  // The stored form of a profile's row: what stands before its state, and all of it; the latter
  // returns where in `out` the state begins.
  static void WriteBeforeState(const Profile& profile, std::string& out);
  static size_t EncodeRow(const Profile& profile, std::string& out,
                        int format = codec::kStateFormatNewest);
  static void WriteFloor(const Profile& profile, codec::CompactWriter& out);
  static void ReadFloor(codec::CompactReader& in, Profile& profile);
  // Where the state is of another epoch than the fold's models, it is left to the caller to take it
  // over. With `keeps_fold` it is kept also as a fold to begin from.
  static base::Status DecodeRow(const journey::Fold& fold, std::string_view bytes,
                                Profile& profile, bool keeps_fold = false);

 private:
  base::Result<Profile*> Add(std::string_view profile_id, const std::optional<std::string>& row);
  void Append(Profile& profile);
  void Unlink(Profile& profile);

  base::Partition partition_;
  const journey::Fold* fold_;
  const store::Store& store_;
  OpenJourneys& open_;
  bool keeps_folds_ = true;
  base::StringMap<std::unique_ptr<Profile>> profiles_;
  base::Arena rows_{1 << 20};
  base::Arena old_rows_{1 << 20};
  Profile* newest_ = nullptr;
  Profile* oldest_ = nullptr;
  Profile* hint_ = nullptr;  // asked for last, or to be asked for
  size_t bytes_ = 0;
  Lookups lookups_;
};

template <class F>
void ProfileCache::Evict(size_t budget, F drop, size_t looks_max) {
  // Each at most twice: once to take its chance away.
  size_t looks = std::min(looks_max, 2 * profiles_.size());
  while (oldest_ != nullptr && bytes() > budget && looks-- > 0) {
    Profile& at = *oldest_;
    if (at.IsInUse() || std::exchange(at.used, false)) {
      Unlink(at);
      Append(at);
    } else {
      drop(at);
      Drop(at);
    }
  }
}

}  // namespace waymark::engine
