#pragma once

#include <chrono>
#include <cstdint>
#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/strong.h"
#include "base/time.h"
#include "engine/restore.h"
#include "engine/task.h"
#include "engine/totals.h"
#include "metrics/metrics.h"

namespace waymark::engine {

// What a worker tells of itself: heartbeats, readiness, and the metrics, added to once a commit and
// never per event. One for each worker; the metrics behind it may be shared.
class WorkerProbe {
 public:
  explicit WorkerProbe(metrics::Metrics& metrics) : metrics_(metrics) {}
  virtual ~WorkerProbe() = default;

  // The loop goes round.
  virtual void OnHeartbeat() {}
  virtual void OnReady() {}
  virtual void OnNotReady(const std::string& /*reason*/) {}

  void OnRecord(std::string_view topic, size_t bytes, base::Timestamp record_time,
                std::string_view traceparent);
  void OnRejected(std::string_view topic, model::DeadLetterReason reason);
  // A part of the work on a batch: take, fold, produce, commit.
  void OnPhase(const char* phase, std::chrono::nanoseconds duration);
  // A write to the store: write (what a task holds) or flush (of all to disk).
  void OnStored(const char* operation, std::chrono::nanoseconds duration);
  void OnAssignment(const char* type, size_t partitions, std::chrono::nanoseconds duration);
  void OnRestoring(base::Partition partition, const RestoreProgress& progress);
  // What the store held of a partition can't be gone on from: a label value of
  // waymark_state_rebuilds_total.
  void OnRebuild(const char* reason);
  // Input that the broker removed before it was read.
  void OnInputLost(std::string_view topic, int64_t records);
  virtual void OnRestored(const Task& task, int64_t records, std::chrono::nanoseconds duration);
  void OnCommitted(Task& task);
  // How far event time has come in a partition.
  struct TimeView {
    base::Timestamp watermark;
    base::Timestamp horizon;
    base::Timestamp now;
    size_t idle_inputs = 0;
    bool is_stuck = false;
  };
  void OnTime(base::Partition partition, const TimeView& time);
  // How old the oldest record of an input is that was not taken yet, as far as is known.
  void OnInputAge(base::Partition partition, const std::string& topic, base::Millis age);
  // `open`: how long it was open; `duration`: of which in its commit.
  void OnTransaction(const char* result, int64_t records, std::chrono::nanoseconds open,
                     std::chrono::nanoseconds duration);
  void OnOutput(std::string_view topic, int64_t records, int64_t bytes);
  virtual void OnDropped(base::Partition partition);
  // A warm copy: how many records it is behind.
  void OnShadowed(base::Partition partition, int64_t behind);
  void OnShadowDropped(base::Partition partition);
  // What was taken is committed.
  void PublishInput(base::Timestamp now);

 private:
  void PublishCounts(TaskCounts& counts);
  void ForgetRecords();
  struct Input {
    int64_t records = 0;
    int64_t bytes = 0;
    base::Timestamp last_time;
    std::array<int64_t, model::kDeadLetterReasons> rejected{};
  };
  // What the metrics hold of a partition already.
  struct Published {
    Totals totals;
    double cache_bytes = 0;
    double timers = 0;
    double refolds_waiting = 0;
    std::vector<std::pair<OpenJourneys::Place, int64_t>> open;
    std::set<std::string> inputs;  // whose age is told
  };
  Input& InputOf(std::string_view topic);
  void PublishGauges(Task& task, Published& published);
  void PublishOpen(const OpenJourneys& open, Published& published);
  void AddOpen(const OpenJourneys::Place& place, int64_t more);

  metrics::Metrics& metrics_;
  double assigned_ = 0;
  std::map<std::string, Input, std::less<>> input_;  // since the last publication
  std::vector<base::Timestamp> record_times_;        // of the transaction, as many as it takes
  // The oldest record of it that belongs to a trace.
  base::Timestamp traced_time_;
  std::string trace_id_;  // empty: none
  std::map<base::Partition, Published> published_;
};

}  // namespace waymark::engine
