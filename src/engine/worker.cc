#include "engine/worker.h"

#include <algorithm>

#include "base/log.h"

namespace waymark::engine {

using base::Millis;
using base::Status;
using base::StatusCode;
using base::Timestamp;

namespace {
constexpr size_t kPollRecords = 10'000;
constexpr Millis kPollWait{50};
constexpr Millis kDrainCheckWait{200};

// For work that was begun: to try again means to take back what is half done.
Status OrAbort(Status status) {
  if (status.code() != StatusCode::kRetriable) return status;
  return {StatusCode::kAbort, status.message(), status.hint()};
}

}  // namespace

// A task, and where its inputs go on: the offset after the last record taken, by topic.
struct Worker::Slot {
  Slot(base::Partition partition, const journey::Fold& fold, store::Store& store, Output& output,
       const TaskSettings& settings)
      : task(partition, fold, store, output, settings) {}
  Task task;
  std::map<std::string, base::Offset, std::less<>> positions;
  base::Offset steps_delivered{0};
};

Worker::Worker(const WorkerSettings& settings, WorkerClients clients, const journey::Fold& fold,
               store::Store& store, const base::Clock& clock, WorkerProbe& probe)
    : settings_(settings),
      clients_(std::move(clients)),
      topics_(settings.prefix),
      fold_(fold),
      store_(store),
      clock_(clock),
      probe_(probe),
      intake_(settings.intake),
      output_(topics_),
      drain_goal_(settings.input_topics, settings.partitions, settings.drain_now) {}

Worker::~Worker() = default;

Status Worker::Run(const std::atomic<bool>& stop) {
  WAYMARK_RETURN_IF_ERROR(Start());
  while (true) {
    while (!stop) {
      WAYMARK_ASSIGN_OR_RETURN(const bool more, Round());
      if (!more) break;
    }
    Status status = End();
    if (status.code() != StatusCode::kAbort) return status;
    if (!settings_.drain || stop) return Leave(status);
  }
}

base::Result<bool> Worker::Round() {
  probe_.OnHeartbeat();
  Status status = Step();
  bool drained = false;
  if (status.ok() && !must_recover_ && IsDrained()) {
    const auto finished = FinishDrain();
    status = finished.status();
    drained = finished.ok() && *finished;
  }
  if (status.ok() && must_recover_) status = {StatusCode::kAbort, "the assignment changed"};
  if (status.code() == StatusCode::kAbort) status = Recover(status);
  if (status.code() == StatusCode::kRetriable) {
    probe_.OnNotReady(status.message());
    return true;  // The library reconnects by itself; the next poll waits.
  }
  if (!status.ok()) return status;
  return !drained;
}

Status Worker::End() {
  Status status;
  if (must_recover_) {
    status = {StatusCode::kAbort, "not restored"};
  } else if (!drain_committed_) {
    status = CommitLast(false);
  }
  status = OrAbort(status);
  if (status.code() == StatusCode::kAbort) must_recover_ = true;
  WAYMARK_RETURN_IF_ERROR(status);
  return consumer_->Close();
}

// Stopped in the middle of something that can't be committed any more: the next owner does it again.
Status Worker::Leave(const Status& fault) {
  WAYMARK_WARN("{}: what was not committed is left to the next owner: {}", settings_.name,
               fault.text());
  if (transaction_open_) {
    transaction_open_ = false;
    const Status aborted = producer_->Abort(settings_.request_timeout);
    if (!aborted.ok()) WAYMARK_WARN("{}: abort failed: {}", settings_.name, aborted.text());
  }
  slots_.clear();
  return consumer_->Close();
}

Status Worker::Start() {
  WAYMARK_RETURN_IF_ERROR(MakeProducer());
  WAYMARK_ASSIGN_OR_RETURN(consumer_, clients_.make_consumer());
  last_flush_ = clock_.Now();
  return consumer_->Subscribe(settings_.input_topics, *this);
}

Status Worker::MakeProducer() {
  producer_.reset();
  WAYMARK_ASSIGN_OR_RETURN(auto producer, clients_.make_producer());
  WAYMARK_RETURN_IF_ERROR(producer->Init(settings_.request_timeout * 3));
  producer->SetDeliveryListener(this);
  producer_ = std::move(producer);
  return {};
}

Status Worker::Step() {
  const Timestamp now = clock_.Now();
  Millis wait = kPollWait;
  if (transaction_open_) {
    const Millis left = transaction_began_ + settings_.commit_interval - now;
    wait = std::clamp(left, Millis(0), kPollWait);
  }
  WAYMARK_ASSIGN_OR_RETURN(const auto records, consumer_->Poll(wait, kPollRecords));
  if (must_recover_) return {};
  // The consumer has moved on: whatever stops the work on these records, they are read again.
  return OrAbort(Work(records));
}

Status Worker::Work(std::span<const stream::Record> records) {
  for (const stream::Record& record : records) WAYMARK_RETURN_IF_ERROR(Take(record));
  if (!records.empty()) last_record_ = clock_.Now();
  if (!transaction_open_) return WorkWhileIdle();
  const bool due = clock_.Now() >= transaction_began_ + settings_.commit_interval;
  if (due || records_in_transaction_ >= settings_.commit_records_max) {
    return CommitTransaction(std::nullopt);
  }
  return {};
}

Status Worker::Take(const stream::Record& record) {
  const auto slot = slots_.find(record.partition);
  if (slot == slots_.end()) return {};  // Given away between the fetch and now.
  auto& positions = slot->second->positions;
  const auto position = positions.find(record.topic);
  if (position == positions.end() || record.offset < position->second) return {};
  if (!transaction_open_) WAYMARK_RETURN_IF_ERROR(BeginTransaction());
  RawRecord raw;
  raw.key = record.key && !record.key->empty() ? record.key : std::nullopt;
  raw.value = record.value;
  raw.origin = {record.topic, record.partition.value, record.offset.value};
  Arrival arrival;
  Task& task = slot->second->task;
  if (const auto refusal = intake_.Take(raw, clock_.Now(), arrival)) {
    WAYMARK_RETURN_IF_ERROR(task.Reject(intake_.LetterOf(raw, *refusal)));
  } else {
    WAYMARK_RETURN_IF_ERROR(task.Accept(arrival));
  }
  position->second = base::Offset(record.offset.value + 1);
  drain_committed_ = false;
  ++records_in_transaction_;
  probe_.OnRecord(record.topic, record.key.value_or("").size() + record.value.value_or("").size(),
                  record.timestamp);
  return {};
}

// Snapshots that are due, and timers that wall time makes due, with no record coming in.
Status Worker::WorkWhileIdle() {
  const Timestamp now = clock_.Now();
  if (slots_.empty() || now < last_idle_work_ + settings_.commit_interval) return {};
  last_idle_work_ = now;
  bool due = false;
  for (const auto& [partition, slot] : slots_) {
    due |= slot->task.HasDueSnapshots(now) || IdleHorizon(*slot) > slot->task.horizon();
  }
  if (!due) return StoreCommitted(false);
  WAYMARK_RETURN_IF_ERROR(BeginTransaction());
  return CommitTransaction(std::nullopt);
}

// Law 8: while the input is drained, the horizon is the watermark plus elapsed wall time. It moves
// by whole seconds, so that an idle service commits at most once a second.
Timestamp Worker::IdleHorizon(const Slot& slot) const {
  const Timestamp now = clock_.Now();
  if (settings_.drain || slot.task.watermark() == Timestamp::min()) return Timestamp::min();
  if (last_record_ == Timestamp() || now < last_record_ + settings_.idle_after) {
    return Timestamp::min();
  }
  for (const auto& [topic, offset] : slot.positions) {
    if (!consumer_->DrainedAt({topic, slot.task.partition()})) return Timestamp::min();
  }
  const int64_t elapsed = (now - last_record_).count() / 1000 * 1000;
  return std::min(slot.task.watermark() + Millis(elapsed), now);
}

Status Worker::BeginTransaction() {
  WAYMARK_RETURN_IF_ERROR(producer_->Begin());
  transaction_open_ = true;
  transaction_began_ = clock_.Now();
  records_in_transaction_ = 0;
  output_.Use(producer_.get(), transaction_began_);
  for (auto& [partition, slot] : slots_) {
    Task& task = slot->task;
    task.Begin(transaction_began_);
    WAYMARK_RETURN_IF_ERROR(task.WriteSnapshots(false));
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
    const Timestamp at_least = horizon ? *horizon : IdleHorizon(*slot);
    const Timestamp at_most = horizon ? *horizon : now;
    WAYMARK_RETURN_IF_ERROR(slot->task.EndBatch(at_least, at_most));
  }
  WAYMARK_RETURN_IF_ERROR(producer_->Flush(settings_.request_timeout));
  WAYMARK_RETURN_IF_ERROR(SendOffsets());
  WAYMARK_RETURN_IF_ERROR(producer_->Commit(settings_.request_timeout));
  transaction_open_ = false;
  for (auto& [partition, slot] : slots_) {
    slot->task.Committed(std::max(slot->steps_delivered, slot->task.mark().steps_end));
    probe_.OnCommitted(slot->task);
  }
  for (const auto& [topic, written] : output_.TakeWritten()) {
    probe_.OnOutput(topic, written.records, written.bytes);
  }
  probe_.OnTransaction("commit", records_in_transaction_, clock_.Monotonic() - began);
  probe_.PublishInput();
  probe_.OnReady();
  return StoreCommitted(false);
}

// For every partition, also where nothing moved: that fences an owner who woke up too late.
Status Worker::SendOffsets() {
  std::vector<stream::CommittedOffset> offsets;
  for (const auto& [partition, slot] : slots_) {
    const std::string mark = slot->task.mark().ToText();
    for (const auto& [topic, offset] : slot->positions) {
      offsets.push_back({{topic, partition}, offset, mark});
    }
  }
  if (offsets.empty()) return {};
  // Fresh for each transaction: a rebalance may have changed the generation.
  WAYMARK_ASSIGN_OR_RETURN(const auto group, consumer_->FetchGroupMetadata());
  return producer_->SendOffsets(offsets, *group, settings_.request_timeout);
}

Status Worker::StoreCommitted(bool now) {
  const Timestamp time = clock_.Now();
  size_t unstored = 0;
  for (const auto& [partition, slot] : slots_) unstored += slot->task.unstored_bytes();
  const bool due = now || time >= last_flush_ + settings_.flush_interval ||
                   unstored > settings_.flush_bytes;
  bool stored = false;
  for (auto& [partition, slot] : slots_) {
    if (!slot->task.WantsFlush() && !(due && slot->task.HasUnstored())) continue;
    WAYMARK_RETURN_IF_ERROR(slot->task.Flush());
    stored = true;
  }
  if (!due) return {};
  last_flush_ = time;
  return stored ? store_.Flush() : Status();
}

void Worker::OnDelivered(std::string_view topic, base::Partition partition, base::Offset offset) {
  if (topic != topics_.steps || offset.value < 0) return;
  const auto slot = slots_.find(partition);
  if (slot == slots_.end()) return;
  slot->second->steps_delivered =
      std::max(slot->second->steps_delivered, base::Offset(offset.value + 1));
}

// Aborts, forgets what was not committed, and takes every partition up again where it was
// committed.
Status Worker::Recover(const Status& fault) {
  WAYMARK_WARN("{}: transaction aborted, going on from what is committed: {}", settings_.name,
               fault.text());
  probe_.OnNotReady("restoring after an abort");
  must_recover_ = true;
  drain_committed_ = false;
  WAYMARK_RETURN_IF_ERROR(EndOpenTransaction());
  std::vector<base::Partition> partitions;
  for (const auto& [partition, slot] : slots_) partitions.push_back(partition);
  for (const base::Partition partition : partitions) {
    auto fresh = std::make_unique<Slot>(partition, fold_, store_, output_, settings_.task);
    fresh->positions = std::move(slots_[partition]->positions);
    slots_[partition] = std::move(fresh);
    WAYMARK_RETURN_IF_ERROR(Restore(*slots_[partition]));
  }
  ShareCache();
  must_recover_ = false;
  return {};
}

// What is open is aborted. A delayed EndTxn can end a later transaction: after an end whose outcome
// is not known only a new producer epoch is safe.
Status Worker::EndOpenTransaction() {
  if (transaction_open_) {
    transaction_open_ = false;
    const Status aborted = producer_->Abort(settings_.request_timeout);
    probe_.OnTransaction("abort", records_in_transaction_, {});
    if (aborted.code() == StatusCode::kKafka) return aborted;
    if (!aborted.ok()) producer_.reset();
  }
  if (producer_ && !producer_->NeedsReplacement()) return {};
  probe_.OnTransaction("reinit", 0, {});
  return MakeProducer();
}

// Brings a fresh slot to what is committed, and the consumer's position with it.
Status Worker::Restore(Slot& slot) {
  const auto began = clock_.Monotonic();
  std::vector<stream::TopicPartition> inputs;
  for (const auto& [topic, offset] : slot.positions) {
    inputs.push_back({topic, slot.task.partition()});
  }
  // Stable offsets first, then the ends of the topics, then the restore.
  WAYMARK_ASSIGN_OR_RETURN(auto committed,
                           consumer_->Committed(inputs, settings_.request_timeout * 3));
  std::optional<TaskMark> mark;
  for (stream::CommittedOffset& at : committed) {
    const auto parsed = TaskMark::Parse(at.metadata);
    if (parsed && (!mark || parsed->revision > mark->revision)) mark = parsed;
    if (!at.offset) {
      WAYMARK_ASSIGN_OR_RETURN(const auto range,
                               consumer_->Offsets(at.at, settings_.request_timeout));
      at.offset = range.begin;
    }
    slot.positions.insert_or_assign(at.at.topic, *at.offset);
  }
  WAYMARK_ASSIGN_OR_RETURN(const auto reader, clients_.make_reader());
  int64_t restored = 0;
  const RestoreSource source{*reader, topics_, store_, fold_, settings_.request_timeout * 3,
                             [&](base::Partition partition, int64_t records, int64_t) {
                               restored = records;
                               probe_.OnHeartbeat();
                               probe_.OnNotReady("restoring partition " +
                                                 std::to_string(partition.value));
                             }};
  WAYMARK_RETURN_IF_ERROR(RestoreTask(slot.task, mark, source));
  probe_.OnRestored(slot.task, restored, clock_.Monotonic() - began);
  return consumer_->Seek(committed);
}

Status Worker::OnAssigned(std::span<const stream::TopicPartition> partitions) {
  const auto began = clock_.Monotonic();
  assigned_once_ = true;
  drain_committed_ = false;
  std::map<base::Partition, std::vector<std::string>> inputs;
  for (const auto& at : partitions) inputs[at.partition].push_back(at.topic);
  for (const auto& [partition, topics] : inputs) {
    auto& slot = slots_[partition];
    // Another topic of a partition that is held already: the task starts afresh with both.
    if (slot) must_recover_ = true;
    if (!slot) slot = std::make_unique<Slot>(partition, fold_, store_, output_, settings_.task);
    for (const std::string& topic : topics) slot->positions.emplace(topic, base::Offset(0));
    if (must_recover_) continue;
    const Status restored = Restore(*slot);
    if (restored.code() == StatusCode::kRetriable || restored.code() == StatusCode::kAbort) {
      probe_.OnNotReady(restored.message());
      must_recover_ = true;  // The next round restores all of them.
      continue;
    }
    WAYMARK_RETURN_IF_ERROR(restored);
    if (transaction_open_) slot->task.Begin(transaction_began_);
  }
  ShareCache();
  last_record_ = clock_.Now();
  probe_.OnAssignment("assign", slots_.size(), clock_.Monotonic() - began);
  if (must_recover_) return {};
  probe_.OnReady();
  WAYMARK_INFO("{}: {} partitions assigned and restored", settings_.name, slots_.size());
  return {};
}

Status Worker::OnRevoked(std::span<const stream::TopicPartition> partitions) {
  const auto began = clock_.Monotonic();
  if (transaction_open_) {
    const Status status = CommitTransaction(std::nullopt);
    if (!status.ok() && status.code() != StatusCode::kAbort) return status;
    must_recover_ |= !status.ok();
  }
  if (!must_recover_) WAYMARK_RETURN_IF_ERROR(StoreCommitted(true));
  for (const auto& at : partitions) DropTask(at.partition);
  probe_.OnAssignment("revoke", slots_.size(), clock_.Monotonic() - began);
  return {};
}

Status Worker::OnLost(std::span<const stream::TopicPartition> partitions) {
  must_recover_ |= transaction_open_;
  for (const auto& at : partitions) DropTask(at.partition);
  probe_.OnAssignment("lost", slots_.size(), {});
  return {};
}

void Worker::DropTask(base::Partition partition) {
  slots_.erase(partition);
  probe_.OnDropped(partition);
  ShareCache();
}

void Worker::ShareCache() {
  if (slots_.empty()) return;
  for (auto& [partition, slot] : slots_) {
    slot->task.SetCacheBudget(settings_.cache_bytes_max / slots_.size());
  }
}

// True: nothing of what is owned is left to read.
bool Worker::IsDrained() const {
  if (!settings_.drain || !assigned_once_ || transaction_open_) return false;
  for (const auto& [partition, slot] : slots_) {
    for (const auto& [topic, offset] : slot->positions) {
      const auto end = consumer_->DrainedAt({topic, partition});
      if (!end || *end < offset) return false;
    }
  }
  return true;
}

// What is owned is brought to its end; then it waits until all of the group's input is.
base::Result<bool> Worker::FinishDrain() {
  if (!drain_committed_) {
    WAYMARK_RETURN_IF_ERROR(CommitLast(true));
    drain_committed_ = true;
  }
  if (clock_.Now() < last_drain_check_ + kDrainCheckWait) return false;
  last_drain_check_ = clock_.Now();
  return drain_goal_.IsReached(*consumer_, settings_.request_timeout);
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
