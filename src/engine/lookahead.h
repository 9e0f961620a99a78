#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "engine/profile.h"
#include "engine/profile_cache.h"

namespace waymark::engine {

// Memory of profiles is asked for ahead of its use, so that the waits for many of them overlap:
// with more customers than the processor's caches hold, these waits are most of what an interaction
// costs. What is asked for in one step leads to what the next one asks for. Changes nothing.
class Lookahead {
 public:
  static constexpr size_t kSteps = 5;
  static constexpr size_t kApart = 4;  // profiles between two steps of one of them
  static constexpr size_t kDistance = kSteps * kApart;

  explicit Lookahead(ProfileCache& cache) : cache_(cache) {}

  // The ids as they will be asked for, each `kDistance` calls before its use; none where nothing
  // follows. They live until then.
  void Expect(std::string_view profile_id) {
    cache_.Prefetch(profile_id);
    if (Profile* const now = ring_[next_].profile) cache_.Hint(*now);
    ring_[next_] = {profile_id, nullptr};
    Entry& found = Ago(kApart);
    if (!found.id.empty()) found.profile = cache_.Peek(found.id);
    for (size_t step = 1; step < kSteps; ++step) {
      if (const Profile* const profile = Ago(step * kApart).profile) Fetch(*profile, step);
    }
    next_ = (next_ + 1) % kDistance;
  }
  // What was expected is no longer to come.
  void Reset() { ring_ = {}; }

  // One of the steps, from 1 on; not before the step before it has had its time.
  static void Fetch(const Profile& profile, size_t step);

 private:
  struct Entry {
    std::string_view id;
    Profile* profile = nullptr;
  };
  Entry& Ago(size_t calls) { return ring_[(next_ + kDistance - calls) % kDistance]; }

  ProfileCache& cache_;
  std::array<Entry, kDistance> ring_;
  size_t next_ = 0;
};

// Visits profiles one after the other, and looks ahead.
template <class Profiles, class Visit>
base::Status VisitAhead(const Profiles& profiles, size_t begin, size_t end, const Visit& visit) {
  for (size_t i = begin; i < end; ++i) {
    for (size_t step = 1; step < Lookahead::kSteps; ++step) {
      const size_t ahead = i + (Lookahead::kSteps - step) * Lookahead::kApart;
      if (ahead < end) Lookahead::Fetch(*profiles[ahead], step);
    }
    WAYMARK_RETURN_IF_ERROR(visit(*profiles[i]));
  }
  return {};
}

}  // namespace waymark::engine
