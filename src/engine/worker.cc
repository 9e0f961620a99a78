#include "engine/worker.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/counted.h"
#include "base/log.h"
#include "engine/trace.h"

namespace waymark::engine {

using base::Millis;
using base::Status;
using base::StatusCode;
using base::Timestamp;

namespace {
constexpr size_t kPollRecords = 1'000;
constexpr size_t kPollRecordsBesideRestores = 500;
constexpr int kRestoreStepsBetweenPolls = 4;
constexpr Millis kPollWait{50};
constexpr Millis kDrainCheckWait{200};

size_t EndOfRun(std::span<const stream::Record> records, size_t begin) {
  const stream::Record& first = records[begin];
  size_t end = begin + 1;
  while (end < records.size() && records[end].partition == first.partition &&
         records[end].topic == first.topic) {
    ++end;
  }
  return end;
}
}  // namespace

Worker::Worker(const WorkerSettings& settings, WorkerClients clients, const journey::Fold& fold,
               store::Store& store, PartitionClaims& claims, const base::Clock& clock,
               WorkerProbe& probe)
    : settings_(settings),
      clients_(std::move(clients)),
      topics_(settings.prefix),
      fold_(std::shared_ptr<void>(), &fold),
      pace_(settings.pace),
      store_(store),
      claims_(claims),
      clock_(clock),
      probe_(probe),
      intake_(settings.intake),
      output_(topics_),
      restores_(RestoreEnvironment()),
      drain_goal_(settings.input_topics, settings.partitions, settings.drain_now) {}

Worker::~Worker() { DropAll(); }

RestoreQueue::Environment Worker::RestoreEnvironment() {
  return {.worker = settings_.name,
          .topics = topics_,
          .store = store_,
          .claims = claims_,
          .clock = clock_,
          .probe = probe_,
          .request_timeout = settings_.request_timeout,
          // The cache has nothing yet of what is restored. What is sorted as a whole needs no
          // compaction.
          .load_bytes_max = settings_.cache_bytes_max,
          .make_reader = clients_.make_reader,
          .end_left_open = clients_.end_left_open,
          .make_slot = [this](base::Partition partition) { return MakeSlot(partition); },
          .owner = this};
}

// For work that was begun: to try again means to take back what is half done.
Status Worker::OrAbort(Status status) {
  if (status.code() != StatusCode::kRetriable) return status;
  return {StatusCode::kAbort, status.message(), status.hint()};
}

std::unique_ptr<Slot> Worker::MakeSlot(base::Partition partition) {
  if (live_fold_ != nullptr) fold_ = live_fold_->Get();
  auto slot = std::make_unique<Slot>(partition, *fold_, store_, output_, settings_.task,
                                     settings_.time, settings_.stuck_after);
  slot->task.SetModels(fold_);
  slot->task.SetSnapshotInterval(pace_.snapshot_interval);
  ShareBudgets(*slot, slots_.size() + restores_.size() + 1);
  return slot;
}

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
    // The library reconnects by itself; the next poll waits.
    doubtful_ = true;
    probe_.OnNotReady(status.message());
    return true;
  }
  if (!status.ok()) return status;
  TellReady();
  return !drained;
}

// A fault of the broker is over when a commit has come through.
void Worker::TellReady() {
  if (slots_.empty() && restores_.empty()) doubtful_ = false;
  const bool ready = assigned_once_ && restores_.empty() && !must_recover_ && !doubtful_;
  if (ready) probe_.OnReady();
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

// Stopped in the middle of something that can't be committed any more: the next owner does it
// again.
Status Worker::Leave(const Status& fault) {
  WAYMARK_WARN("{}: what was not committed is left to the next owner: {}", settings_.name,
               fault.text());
  if (transaction_open_) {
    transaction_open_ = false;
    const Status aborted = producer_->Abort(settings_.request_timeout);
    if (!aborted.ok()) WAYMARK_WARN("{}: abort failed: {}", settings_.name, aborted.text());
  }
  DropAll();
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
    const Millis left = transaction_began_ + pace_.commit_interval - now;
    wait = std::clamp(left, Millis(0), kPollWait);
  }
  if (!restores_.empty()) wait = Millis(0);
  const size_t most = restores_.empty() ? kPollRecords : kPollRecordsBesideRestores;
  WAYMARK_ASSIGN_OR_RETURN(const auto records, consumer_->Poll(wait, most));
  if (must_recover_) return {};
  // The consumer has moved on: whatever stops the work on these records, they are read again.
  WAYMARK_RETURN_IF_ERROR(OrAbort(Work(records)));
  for (int i = 0; i < kRestoreStepsBetweenPolls && !restores_.empty(); ++i) {
    WAYMARK_RETURN_IF_ERROR(RestoreSome());
  }
  return {};
}

Status Worker::Work(std::span<const stream::Record> records) {
  const auto began = clock_.Monotonic();
  for (size_t i = 0; i < records.size();) {
    const size_t end = EndOfRun(records, i);
    WAYMARK_RETURN_IF_ERROR(TakeRun(records.subspan(i, end - i)));
    i = end;
  }
  if (transaction_open_) WAYMARK_RETURN_IF_ERROR(producer_->HandOver());
  if (!records.empty()) probe_.OnPhase("take", clock_.Monotonic() - began);
  WatchTime();
  if (!transaction_open_) return WorkWhileIdle();
  const bool due = clock_.Now() >= transaction_began_ + pace_.commit_interval;
  if (due || records_in_transaction_ >= pace_.commit_records_max) {
    return CommitTransaction(std::nullopt);
  }
  return {};
}

// Records of one input: what is looked up by its names is looked up once.
Status Worker::TakeRun(std::span<const stream::Record> records) {
  const stream::Record& first = records.front();
  const auto slot = slots_.find(first.partition);
  if (slot == slots_.end()) return {};  // Given away between the fetch and now.
  const auto position = slot->second->positions.find(first.topic);
  if (position == slot->second->positions.end()) return {};
  Lane lane{*slot->second, position->second, slot->second->counts[position->first], clock_.Now()};
  Task& task = lane.slot.task;
  profile_ids_.clear();
  for (const stream::Record& record : records) profile_ids_.push_back(record.key.value_or(""));
  WAYMARK_RETURN_IF_ERROR(task.Load(profile_ids_));
  task.ExpectNothing();
  for (size_t i = 0; i < records.size() + Lookahead::kDistance; ++i) {
    task.Expect(i < records.size() ? profile_ids_[i] : "");
    if (i < Lookahead::kDistance) continue;
    const stream::Record& record = records[i - Lookahead::kDistance];
    if (record.offset >= lane.position) WAYMARK_RETURN_IF_ERROR(Take(record, lane));
  }
  if (!lane.last_taken) return {};
  lane.slot.taken.insert_or_assign(position->first, *lane.last_taken);
  drain_committed_ = false;
  if (lane.event_time) {
    lane.slot.watermarks.OnAccepted(first.topic, *lane.event_time, lane.now);
  }
  return {};
}

void Worker::TellRefused(const stream::Record& record, const codec::Refusal& refusal) {
  const std::string_view reason = model::ToString(refusal.reason);
  const base::LogLimiter::Verdict verdict = refusals_.Admit(reason);
  if (!verdict.write) return;
  const std::string more =
      verdict.suppressed_before == 0
          ? ""
          : fmt::format("; {} more like it since the last line", verdict.suppressed_before);
  base::LogWarn({{"worker", settings_.name},
                 {"topic", record.topic},
                 {"partition", record.partition.value},
                 {"offset", record.offset.value},
                 {"reason", reason}},
                fmt::format("{}[{}] offset {} is a dead letter: {}: {}{}", record.topic,
                            record.partition.value, record.offset.value, reason, refusal.detail,
                            more));
}

Status Worker::Take(const stream::Record& record, Lane& lane) {
  if (!transaction_open_) WAYMARK_RETURN_IF_ERROR(BeginTransaction());
  RawRecord raw;
  raw.key = record.key && !record.key->empty() ? record.key : std::nullopt;
  raw.value = record.value;
  raw.origin = {record.topic, record.partition.value, record.offset.value,
                TraceparentOf(record.headers)};
  Arrival arrival;
  Task& task = lane.slot.task;
  auto refusal = intake_.Take(raw, lane.now, arrival);
  if (!refusal) {
    WAYMARK_ASSIGN_OR_RETURN(refusal, task.Refuse(arrival));
  }
  if (refusal) {
    ++lane.counts.refused;
    probe_.OnRejected(record.topic, refusal->reason);
    TellRefused(record, *refusal);
    WAYMARK_RETURN_IF_ERROR(task.Reject(intake_.LetterOf(raw, *refusal)));
  } else {
    WAYMARK_RETURN_IF_ERROR(task.Accept(arrival));
    const Timestamp time = arrival.interaction->timestamp();
    lane.event_time = std::max(lane.event_time.value_or(time), time);
  }
  lane.position = base::Offset(record.offset.value + 1);
  lane.last_taken = record.timestamp;
  ++lane.counts.taken;
  lane.counts.last = record.timestamp;
  ++records_in_transaction_;
  probe_.OnRecord(record.topic, record.key.value_or("").size() + record.value.value_or("").size(),
                  record.timestamp, raw.origin.traceparent);
  return {};
}

// Snapshots that are due, and timers that wall time makes due, with no record coming in.
Status Worker::WorkWhileIdle() {
  const Timestamp now = clock_.Now();
  const bool goes_on = std::any_of(slots_.begin(), slots_.end(), [](const auto& slot) {
    return slot.second->task.has_refolds_left();
  });
  const bool is_time = goes_on || now >= last_idle_work_ + pace_.commit_interval;
  if (slots_.empty() || !is_time) return {};
  last_idle_work_ = now;
  bool due = doubtful_ || goes_on || (live_fold_ != nullptr && live_fold_->Get() != fold_);
  for (const auto& [partition, slot] : slots_) {
    due |= slot->task.HasDueSnapshots(now) || WantsToMoveOn(*slot, now);
  }
  if (!due) return StoreCommitted(false);
  WAYMARK_RETURN_IF_ERROR(BeginTransaction());
  return CommitTransaction(std::nullopt);
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
  while (!slots_.empty()) {
    const auto first = slots_.begin();
    WAYMARK_RETURN_IF_ERROR(consumer_->Pause(first->second->Inputs()));
    restores_.Add(std::move(first->second));
    slots_.erase(first);
  }
  must_recover_ = false;
  return {};
}

// What is open is aborted. A delayed EndTxn can end a later transaction: after an end whose outcome
// is not known only a new producer epoch is safe.
Status Worker::EndOpenTransaction() {
  if (transaction_open_) {
    transaction_open_ = false;
    const Status aborted = producer_->Abort(settings_.request_timeout);
    probe_.OnTransaction("abort", records_in_transaction_, clock_.Now() - transaction_began_, {});
    if (aborted.code() == StatusCode::kKafka) return aborted;
    if (!aborted.ok()) producer_.reset();
  }
  if (producer_ && !producer_->NeedsReplacement()) return {};
  probe_.OnTransaction("reinit", 0, {}, {});
  const auto began = clock_.Monotonic();
  const Status made = MakeProducer();
  const auto took = std::chrono::duration_cast<Millis>(clock_.Monotonic() - began);
  if (made.ok()) {
    WAYMARK_INFO("{}: a new producer took over within {}", settings_.name,
                 base::FormatDuration(took));
  } else {
    WAYMARK_WARN("{}: no new producer within {}: {}", settings_.name, base::FormatDuration(took),
                 made.text());
  }
  return made;
}

// The consumer's position follows what is committed, then the partition is worked on.
Status Worker::RestoreSome() {
  WAYMARK_ASSIGN_OR_RETURN(auto slot, restores_.Step(*consumer_));
  if (!slot) return {};
  std::vector<stream::CommittedOffset> positions;
  for (const auto& [topic, offset] : slot->positions) {
    positions.push_back({{topic, slot->task.partition()}, offset, {}});
  }
  Status status = consumer_->Resume(slot->Inputs());
  if (status.ok()) status = consumer_->Seek(positions);
  if (!status.ok()) {
    static_cast<void>(consumer_->Pause(slot->Inputs()));
    restores_.Add(std::move(slot));
    return status;
  }
  if (transaction_open_) slot->task.Begin(transaction_began_);
  slot->StartTime(clock_.Now());
  const base::Partition partition = slot->task.partition();
  slots_[partition] = std::move(slot);
  ShareBudgets();
  if (restores_.empty()) {
    WAYMARK_INFO("{}: {} assigned and restored", settings_.name,
                 base::Counted(slots_.size(), "partition"));
  }
  return {};
}

// A restore may take long, so that it is done in rounds of its own; until then nothing is read.
Status Worker::OnAssigned(std::span<const stream::TopicPartition> partitions) {
  const auto began = clock_.Monotonic();
  assigned_once_ = true;
  rebalancing_ = false;
  drain_committed_ = false;
  std::map<base::Partition, std::vector<std::string>> inputs;
  for (const auto& at : partitions) inputs[at.partition].push_back(at.topic);
  for (const auto& [partition, topics] : inputs) {
    // Another topic of a partition that is held already: the task starts afresh with both.
    auto slot = TakeSlot(partition);
    if (!slot) slot = MakeSlot(partition);
    for (const std::string& topic : topics) slot->positions.emplace(topic, base::Offset(0));
    claims_.Claim(partition, this);
    restores_.Add(std::move(slot));
  }
  WAYMARK_RETURN_IF_ERROR(consumer_->Pause(partitions));
  probe_.OnAssignment("assign", slots_.size() + restores_.size(), clock_.Monotonic() - began);
  return {};
}

std::unique_ptr<Slot> Worker::TakeSlot(base::Partition partition) {
  if (auto waiting = restores_.Take(partition)) return waiting;
  const auto ready = slots_.find(partition);
  if (ready == slots_.end()) return nullptr;
  must_recover_ |= transaction_open_;
  auto slot = std::move(ready->second);
  slots_.erase(ready);
  return slot;
}

Status Worker::OnRevoked(std::span<const stream::TopicPartition> partitions) {
  const auto began = clock_.Monotonic();
  rebalancing_ = true;
  if (transaction_open_) {
    const Status status = CommitTransaction(std::nullopt);
    if (!status.ok() && status.code() != StatusCode::kAbort) return status;
    must_recover_ |= !status.ok();
  }
  if (!must_recover_) WAYMARK_RETURN_IF_ERROR(StoreCommitted(true));
  for (const auto& at : partitions) DropTask(at.partition);
  probe_.OnAssignment("revoke", slots_.size() + restores_.size(), clock_.Monotonic() - began);
  return {};
}

Status Worker::OnLost(std::span<const stream::TopicPartition> partitions) {
  rebalancing_ = true;
  must_recover_ |= transaction_open_;
  for (const auto& at : partitions) DropTask(at.partition);
  probe_.OnAssignment("lost", slots_.size() + restores_.size(), {});
  return {};
}

void Worker::DropTask(base::Partition partition) {
  slots_.erase(partition);
  restores_.Take(partition);
  claims_.Release(partition, this);
  probe_.OnDropped(partition);
  ShareBudgets();
}

void Worker::DropAll() {
  for (const auto& [partition, slot] : slots_) claims_.Release(partition, this);
  slots_.clear();
  while (const auto waiting = restores_.TakeAny()) {
    claims_.Release(waiting->task.partition(), this);
  }
}

void Worker::ShareBudgets() {
  for (auto& [partition, slot] : slots_) ShareBudgets(*slot, slots_.size());
}

void Worker::ShareBudgets(Slot& slot, size_t owners) const {
  slot.task.SetCacheBudget(settings_.cache_bytes_max / owners);
  slot.task.SetRefoldBudget(settings_.task.refold.batch_max / static_cast<int64_t>(owners) + 1);
}

// True: nothing of what is owned is left to read.
bool Worker::IsDrained() const {
  const bool is_settled = assigned_once_ && !rebalancing_ && restores_.empty();
  if (!settings_.drain || !is_settled || transaction_open_) return false;
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

}  // namespace waymark::engine
