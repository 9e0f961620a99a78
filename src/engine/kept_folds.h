#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "journey/state.h"

namespace waymark::engine {

// A profile's state as it was at one of its interactions, without id filter, corrections and
// migrations but those wanted there. What came late is folded in from the newest kept fold before
// it, not from the beginning.
struct KeptFold {
  std::string order;            // OrderBytes of its last interaction
  base::Timestamp time;         // of that interaction
  base::Timestamp fired_until;  // the latest due time of a timer fired in it
  int64_t interactions = 0;     // folded in
  bool is_store_head = false;   // the store's row of the profile: no timeline row there is later
  std::string bytes;            // codec::EncodeState

  // One that fired a timer after its last interaction is not right for all that comes behind it.
  bool IsStorable() const { return fired_until < time; }
  // True: folding may go on from here with an interaction at this place.
  bool IsBefore(std::string_view place, base::Timestamp place_time) const {
    return order < place && fired_until < place_time;
  }
};

// The fold of the state as it stands.
KeptFold Keep(journey::State& state, int format);

// The kept folds of a cached profile that are at hand, by order: those made since it was stored,
// and two older ones, so that most late arrivals find one that is not far behind them. About every
// 64th interaction's goes into the store, too (family `folds`).
class KeptFolds {
 public:
  // Steps from one fold to the next, in memory and in the store; large folds lie further apart, so
  // that a step's share of them is bounded.
  static constexpr int64_t kSpacing = 16;
  static constexpr int64_t kStoredSpacing = 64;
  static constexpr int64_t kBytesPerStep = 128;
  static constexpr int64_t kStoredBytesPerStep = 32;

  static int64_t Spacing(size_t bytes) {
    return kSpacing + static_cast<int64_t>(bytes) / kBytesPerStep;
  }
  static int64_t StoredSpacing(size_t bytes) {
    return std::max(kStoredSpacing, static_cast<int64_t>(bytes) / kStoredBytesPerStep);
  }
  bool IsDue(int64_t interactions) const {
    const int64_t last = folds_.empty() ? 0 : folds_.back().interactions;
    return interactions - last >= Spacing(last_bytes_) ||
           interactions - storable_at_ >= StoredSpacing(last_bytes_);
  }
  void Add(KeptFold fold);
  // The newest before a place; null where there is none.
  const KeptFold* Before(std::string_view place, base::Timestamp time) const;
  // Forgets those that the timeline does not reach back to.
  void DropBefore(std::string_view floor_order);
  // Forgets those that an interaction put in at this place makes wrong.
  void DropFrom(std::string_view place, base::Timestamp time);

  // How many interactions the newest fold in the store holds, at most.
  int64_t stored_at() const { return stored_at_; }
  void SetStoredAt(int64_t interactions);
  // From this place on the store's folds are wrong; empty: none is.
  const std::string& wrong_from() const { return wrong_from_; }
  // Of this place and that one the first: before it the store's folds are right.
  std::string_view RightBefore(std::string_view place) const {
    return wrong_from_.empty() ? place : std::min(place, std::string_view(wrong_from_));
  }
  void MarkWrongFrom(std::string_view place, int64_t interactions_before);
  // Nothing of the timeline counts any more.
  void ForgetAll();
  // Those that belong into the store; then the store is right.
  std::vector<const KeptFold*> TakeForStore();
  // After the store was read: `bytes` is the stored form of the state.
  void KeepStored(const journey::State& state, std::string_view bytes);
  // After the store was written: this head and the newest that is `lateness` behind it are kept.
  void Rotate(const journey::State& state, std::string_view bytes, base::Millis lateness);

  // The store's timeline may be ahead of its row of the profile.
  void ForgetStoreHead() {
    for (KeptFold& fold : folds_) fold.is_store_head = false;
  }

  size_t bytes() const;

 private:
  void FindStorable();

  std::vector<KeptFold> folds_;
  size_t last_bytes_ = 0;  // of the fold added last
  int64_t stored_at_ = 0;
  int64_t storable_at_ = 0;  // the newest of those in the store and those that may go there
  std::string wrong_from_;
};

}  // namespace waymark::engine
