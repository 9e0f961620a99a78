#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log_limiter.h"
#include "base/status.h"
#include "base/time.h"
#include "engine/drain_goal.h"
#include "engine/intake.h"
#include "engine/live_pace.h"
#include "engine/partition_claims.h"
#include "engine/restore_queue.h"
#include "engine/slot.h"
#include "engine/stream_output.h"
#include "engine/task.h"
#include "engine/worker_probe.h"
#include "stream/consumer.h"
#include "stream/producer.h"

namespace waymark::engine {

struct WorkerSettings {
  std::string name = "worker-0";
  std::vector<std::string> input_topics;
  std::string prefix = "waymark";
  std::string address;  // of this process's HTTP API, for the marks; empty: none
  Pace pace;  // its snapshot_interval holds for the tasks, in place of theirs
  base::Millis flush_interval{10'000};
  size_t flush_bytes = 64u << 20;  // of state that is only in memory, over all tasks
  size_t store_slice_min = 64;     // profiles stored after a transaction while a round goes on
  base::Millis request_timeout{10'000};
  size_t cache_bytes_max = 256u << 20;  // of all tasks of this worker
  // End when the group has used up its input, with the horizon at `drain_now` or at the watermark.
  bool drain = false;
  int partitions = 0;  // of each input topic
  std::optional<base::Timestamp> drain_now;
  WatermarkSettings time;
  base::Millis stuck_after{300'000};  // of event time, which is told then
  IntakeSettings intake;
  TaskSettings task;  // its refold.batch_max is shared by the partitions of the worker
};

// The clients of one worker; made anew when a fault asks for it.
struct WorkerClients {
  std::string transactional_id;  // of the producers; noted beside the committed offsets
  std::function<base::Result<std::unique_ptr<stream::Consumer>>()> make_consumer;
  std::function<base::Result<std::unique_ptr<stream::TransactionalProducer>>()> make_producer;
  std::function<base::Result<std::unique_ptr<stream::LogReader>>()> make_reader;
  // Ends the transaction that the last to commit these inputs has left open, by taking over its
  // producer's identity. May be empty: the broker's timeout ends it then.
  std::function<base::Status(std::span<const stream::TopicPartition> inputs)> end_left_open;
};

// A thread's work: one consumer, one transactional producer, and the tasks of the partitions that
// the group gives it. Steps, signals, snapshots, dead letters and input offsets commit in one
// transaction; only then is the store written. Everything runs on the thread that calls Run().
class Worker final : public stream::RebalanceListener, public stream::DeliveryListener {
 public:
  Worker(const WorkerSettings& settings, WorkerClients clients, const journey::Fold& fold,
         store::Store& store, PartitionClaims& claims, const base::Clock& clock,
         WorkerProbe& probe);
  ~Worker() override;

  // Before Start(): from transaction to transaction it folds under what is in force then.
  void FollowModels(const LiveFold& live);
  // The same for the pace; without it that of the settings stays.
  void FollowPace(const LivePace& live) { live_pace_ = &live; }

  // Works until `stop`, the end of the input (drain) or a fault that can't be healed. A clean end
  // commits, stores and leaves the group.
  base::Status Run(const std::atomic<bool>& stop);

  // The same in pieces, for a caller that drives several workers in one thread: Start, then Round
  // until it says false (drained) or the caller has enough, then End.
  base::Status Start();
  base::Result<bool> Round();
  // kAbort: what was open could not be committed; a worker that drains goes on with Round().
  base::Status End();

  base::Status OnAssigned(std::span<const stream::TopicPartition> partitions) override;
  base::Status OnRevoked(std::span<const stream::TopicPartition> partitions) override;
  base::Status OnLost(std::span<const stream::TopicPartition> partitions) override;
  void OnDelivered(std::string_view topic, base::Partition partition,
                   base::Offset offset) override;

 private:
  RestoreQueue::Environment RestoreEnvironment();
  std::unique_ptr<Slot> MakeSlot(base::Partition partition);
  std::unique_ptr<Slot> TakeSlot(base::Partition partition);
  base::Status MakeProducer();
  base::Status Leave(const base::Status& fault);
  base::Status Step();
  base::Status Work(std::span<const stream::Record> records);
  // What is known of the input that a run of records comes from.
  struct Lane {
    Slot& slot;
    base::Offset& position;
    InputCounts& counts;
    base::Timestamp now;
    std::optional<base::Timestamp> event_time = {};  // the greatest accepted
    std::optional<base::Timestamp> last_taken = {};  // record time of the last one
  };
  base::Status TakeRun(std::span<const stream::Record> records);
  base::Status Take(const stream::Record& record, Lane& lane);
  void TellRefused(const stream::Record& record, const codec::Refusal& refusal);
  base::Status WorkWhileIdle();
  void TakeUpModels();
  void TakeUpPace();
  base::Status BeginTransaction();
  base::Status CommitTransaction(std::optional<base::Timestamp> horizon);
  static base::Status OrAbort(base::Status status);
  base::Status TryCommit(std::optional<base::Timestamp> horizon);
  base::Status SendOffsets();
  base::Status StoreCommitted(bool now);
  bool IsStoringDue(base::Timestamp time) const;
  size_t unstored_bytes() const;
  base::Status StoreSlice(base::Timestamp time);
  base::Status StoreWhole(Slot& slot);
  base::Status StoreAll();
  base::Status Recover(const base::Status& fault);
  base::Status EndOpenTransaction();
  base::Status RestoreSome();
  void TellReady();
  base::Status CommitLast(bool drained);
  base::Result<bool> FinishDrain();
  bool IsDrained() const;
  Watermarks::Bounds HorizonBounds(Slot& slot, base::Timestamp now) const;
  bool WantsToMoveOn(Slot& slot, base::Timestamp now) const;
  bool HasWorkLeft() const;
  void WatchTime();
  void DropTask(base::Partition partition);
  void DropAll();
  void ShareBudgets();
  void ShareBudgets(Slot& slot, size_t owners) const;

  const WorkerSettings settings_;
  const WorkerClients clients_;
  const TopicNames topics_;
  std::shared_ptr<const journey::Fold> fold_;  // of the present transaction
  const LiveFold* live_fold_ = nullptr;        // null: it never changes
  Pace pace_;                                  // of the present transaction
  const LivePace* live_pace_ = nullptr;        // null: it never changes
  store::Store& store_;
  PartitionClaims& claims_;
  const base::Clock& clock_;
  WorkerProbe& probe_;

  std::unique_ptr<stream::Consumer> consumer_;
  std::unique_ptr<stream::TransactionalProducer> producer_;
  Intake intake_;
  // Of each reason a line in a while is enough: metrics count them.
  base::LogLimiter refusals_{clock_, 1};
  StreamOutput output_;
  std::map<base::Partition, std::unique_ptr<Slot>> slots_;  // worked on
  RestoreQueue restores_;                                   // owned, but not restored yet
  bool transaction_open_ = false;
  bool must_recover_ = false;  // until nothing is left of what could not be committed
  bool doubtful_ = false;      // whether the broker answers
  bool assigned_once_ = false;
  bool rebalancing_ = false;  // what was owned is given back, what comes is not known yet
  bool drain_committed_ = false;  // of what is owned now
  DrainGoal drain_goal_;
  base::Timestamp last_drain_check_;
  int64_t records_in_transaction_ = 0;
  std::vector<std::string_view> profile_ids_;  // of the run of records at hand
  base::Timestamp transaction_began_;
  base::Timestamp last_flush_;
  // A round of storing: what changed is written over many transactions.
  struct Storing {
    base::Timestamp began;
    base::Millis pace{0};     // how long it may take
    base::Partition next{0};  // those before it are stored
    size_t total = 0;         // profiles, about
    size_t done = 0;
  };
  std::optional<Storing> storing_;
  base::Timestamp last_idle_work_;
  base::Timestamp last_time_look_;
};

}  // namespace waymark::engine
