// The part of Worker that writes what is committed to the store: a round over all its partitions,
// in slices between the transactions, so that no interaction waits for more than a slice.
#include <algorithm>
#include <limits>

#include "engine/worker.h"

namespace waymark::engine {

using base::Status;
using base::Timestamp;

namespace {
// Rounds because a cache is nearly full lie so far apart at least.
constexpr base::Millis kBetweenRounds{1'000};
}  // namespace

Status Worker::StoreCommitted(bool now) {
  if (now) return StoreAll();
  const Timestamp time = clock_.Now();
  for (auto& [partition, slot] : slots_) {
    if (slot->task.WantsFlush()) WAYMARK_RETURN_IF_ERROR(StoreWhole(*slot));
  }
  if (!storing_) {
    if (!IsStoringDue(time)) return {};
    storing_.emplace();
    storing_->began = time;
    storing_->pace = std::min(time - last_flush_, settings_.flush_interval) / 2;
    for (const auto& [partition, slot] : slots_) storing_->total += slot->task.unstored_profiles();
  }
  return StoreSlice(time);
}

bool Worker::IsStoringDue(Timestamp time) const {
  bool any = false;
  bool nearly_full = false;
  for (const auto& [partition, slot] : slots_) {
    any |= slot->task.HasUnstored();
    nearly_full |= slot->task.WantsFlushSoon();
  }
  return any && (time >= last_flush_ + settings_.flush_interval ||
                 unstored_bytes() > settings_.flush_bytes ||
                 (nearly_full && time >= last_flush_ + kBetweenRounds));
}

size_t Worker::unstored_bytes() const {
  size_t sum = 0;
  for (const auto& [partition, slot] : slots_) sum += slot->task.unstored_bytes();
  return sum;
}

Status Worker::StoreWhole(Slot& slot) {
  const auto held = claims_.HoldOrReclaim(slot.task.partition(), this);
  if (!held) return {};  // Given to another worker; the group will tell.
  const auto began = clock_.Monotonic();
  WAYMARK_RETURN_IF_ERROR(slot.task.Flush());
  probe_.OnStored("write", clock_.Monotonic() - began);
  return {};
}

// As much of the round as its share of the time: it takes half as long as what it stores took to
// come, unless too much has come meanwhile.
Status Worker::StoreSlice(Timestamp time) {
  const bool all = time >= storing_->began + storing_->pace ||
                   unstored_bytes() > 2 * settings_.flush_bytes;
  const auto share = [&](size_t profiles) {
    const int64_t elapsed = std::max<int64_t>(0, (time - storing_->began).count());
    return profiles * static_cast<size_t>(elapsed) / static_cast<size_t>(storing_->pace.count());
  };
  const size_t goal = all ? std::numeric_limits<size_t>::max()
                          : std::max(share(storing_->total),
                                     storing_->done + settings_.store_slice_min);
  const auto began = clock_.Monotonic();
  auto at = slots_.lower_bound(storing_->next);
  while (at != slots_.end() && storing_->done < goal) {
    Task& task = at->second->task;
    const auto held = claims_.HoldOrReclaim(at->first, this);
    if (held) {
      if (!task.is_storing()) WAYMARK_RETURN_IF_ERROR(task.BeginStoring());
      const size_t before = task.storing_left();
      WAYMARK_RETURN_IF_ERROR(task.StoreSome(goal - storing_->done));
      storing_->done += before - task.storing_left();
    }
    if (held && task.is_storing()) break;
    storing_->next = base::Partition(at->first.value + 1);
    ++at;
  }
  probe_.OnStored("write", clock_.Monotonic() - began);
  if (at != slots_.end()) return {};
  storing_.reset();
  last_flush_ = time;
  return store_.FlushSoon();
}

Status Worker::StoreAll() {
  bool stored = false;
  for (auto& [partition, slot] : slots_) {
    if (!slot->task.HasUnstored()) continue;
    WAYMARK_RETURN_IF_ERROR(StoreWhole(*slot));
    stored = true;
  }
  storing_.reset();
  last_flush_ = clock_.Now();
  if (!stored) return {};
  const auto began = clock_.Monotonic();
  WAYMARK_RETURN_IF_ERROR(store_.Flush());
  probe_.OnStored("flush", clock_.Monotonic() - began);
  return {};
}

}  // namespace waymark::engine
