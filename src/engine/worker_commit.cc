// The part of Worker that commits: the transaction, and the store behind it.
#include <algorithm>

#include "engine/worker.h"

namespace waymark::engine {

using base::Status;
using base::Timestamp;

void Worker::FollowModels(const LiveFold& live) { live_fold_ = &live; }

// Between transactions, so that what one publishes was folded under one set.
void Worker::TakeUpModels() {
  if (live_fold_ == nullptr) return;
  fold_ = live_fold_->Get();
  for (auto& [partition, slot] : slots_) slot->task.SetModels(fold_);
}

void Worker::TakeUpPace() {
  if (live_pace_ == nullptr) return;
  pace_ = live_pace_->Get();
  for (auto& [partition, slot] : slots_) {
    slot->task.SetSnapshotInterval(pace_.snapshot_interval);
  }
}

Status Worker::BeginTransaction() {
  TakeUpModels();
  TakeUpPace();
  WAYMARK_RETURN_IF_ERROR(producer_->Begin());
  transaction_open_ = true;
  transaction_began_ = clock_.Now();
  records_in_transaction_ = 0;
  output_.Use(producer_.get());
  for (auto& [partition, slot] : slots_) {
    Task& task = slot->task;
    task.Begin(transaction_began_);
    // What waits for its snapshot stays in memory.
    WAYMARK_RETURN_IF_ERROR(task.WriteSnapshots(task.WantsFlush()));
  }
  return {};
}

// A commit that does not come through in time is taken back: what it left half done is done again.
Status Worker::CommitTransaction(std::optional<Timestamp> horizon) {
  return OrAbort(TryCommit(horizon));
}

// Crash points: before the flush, between flush and offsets, between offsets and commit, after the
// commit before the store is written. In each the next owner restores from what is committed.
Status Worker::TryCommit(std::optional<Timestamp> horizon) {
  const auto began = clock_.Monotonic();
  const Timestamp now = clock_.Now();
  for (auto& [partition, slot] : slots_) {
    const Watermarks::Bounds bounds =
        horizon ? Watermarks::Bounds{*horizon, *horizon} : HorizonBounds(*slot, now);
    WAYMARK_RETURN_IF_ERROR(slot->task.EndBatch(bounds.at_least, bounds.at_most));
  }
  const auto folded = clock_.Monotonic();
  WAYMARK_RETURN_IF_ERROR(producer_->Flush(settings_.request_timeout));
  const auto produced = clock_.Monotonic();
  WAYMARK_RETURN_IF_ERROR(SendOffsets());
  WAYMARK_RETURN_IF_ERROR(producer_->Commit(settings_.request_timeout));
  transaction_open_ = false;
  for (auto& [partition, slot] : slots_) {
    slot->task.Committed(std::max(slot->steps_delivered, slot->task.mark().steps_end));
    slot->task.MeasuresCommitted(slot->measures_delivered);
    probe_.OnCommitted(slot->task);
  }
  for (const StreamOutput::Written& written : output_.TakeWritten()) {
    probe_.OnOutput(written.topic, written.records, written.bytes);
  }
  const auto committed = clock_.Monotonic();
  probe_.OnPhase("fold", folded - began);
  probe_.OnPhase("produce", produced - folded);
  probe_.OnPhase("commit", committed - produced);
  const Timestamp end = clock_.Now();
  probe_.OnTransaction("commit", records_in_transaction_, end - transaction_began_,
                       committed - began);
  probe_.PublishInput(end);
  doubtful_ = false;
  return StoreCommitted(false);
}

// For every partition, also where nothing moved: that fences an owner who woke up too late.
Status Worker::SendOffsets() {
  std::vector<stream::CommittedOffset> offsets;
  for (const auto& [partition, slot] : slots_) {
    TaskMark mark = slot->task.mark();
    mark.producer = clients_.transactional_id;
    mark.partitions = settings_.partitions;
    mark.steps_end = std::max(mark.steps_end, slot->steps_delivered);
    mark.is_end_exact = !slot->delivered_beyond;
    mark.address = settings_.address;
    for (const auto& [topic, offset] : slot->positions) {
      const auto counts = slot->counts.find(topic);
      mark.input = counts == slot->counts.end() ? InputCounts() : counts->second;
      offsets.push_back({{topic, partition}, offset, mark.ToText()});
    }
  }
  if (offsets.empty()) return {};
  // Fresh for each transaction: a rebalance may have changed the generation.
  WAYMARK_ASSIGN_OR_RETURN(const auto group, consumer_->FetchGroupMetadata());
  return producer_->SendOffsets(offsets, *group, settings_.request_timeout);
}

void Worker::OnDelivered(std::string_view topic, base::Partition partition, base::Offset offset) {
  const bool is_measure = topic == topics_.measures;
  if (topic != topics_.steps && !is_measure) return;
  const auto slot = slots_.find(partition);
  if (slot == slots_.end()) return;
  if (is_measure) {
    slot->second->measures_delivered =
        std::max(slot->second->measures_delivered, base::Offset(offset.value + 1));
    return;
  }
  slot->second->delivered_beyond = offset.value < 0;
  if (offset.value < 0) return;
  slot->second->steps_delivered =
      std::max(slot->second->steps_delivered, base::Offset(offset.value + 1));
}

// The last transactions: at the end of a drain the stated horizon, then every snapshot.
Status Worker::CommitLast(bool drained) {
  const std::optional<Timestamp> horizon = drained ? settings_.drain_now : std::nullopt;
  for (auto& [partition, slot] : slots_) {
    for (auto& [topic, offset] : slot->positions) {
      // Behind the last record stand control records; with them the position is the topic's end.
      offset = std::max(offset, consumer_->DrainedAt({topic, partition}).value_or(offset));
    }
  }
  if (!transaction_open_ && drained && !slots_.empty()) {
    WAYMARK_RETURN_IF_ERROR(BeginTransaction());
  }
  if (transaction_open_) WAYMARK_RETURN_IF_ERROR(CommitTransaction(horizon));
  while (drained && HasWorkLeft()) {
    WAYMARK_RETURN_IF_ERROR(BeginTransaction());
    WAYMARK_RETURN_IF_ERROR(CommitTransaction(horizon));
  }
  if (!slots_.empty()) {
    WAYMARK_RETURN_IF_ERROR(BeginTransaction());
    for (auto& [partition, slot] : slots_) {
      WAYMARK_RETURN_IF_ERROR(slot->task.WriteSnapshots(true));
    }
    WAYMARK_RETURN_IF_ERROR(CommitTransaction(horizon));
  }
  return StoreCommitted(true);
}

}  // namespace waymark::engine
