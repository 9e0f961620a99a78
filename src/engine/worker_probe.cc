#include "engine/worker_probe.h"

#include "engine/trace.h"
#include "metrics/exemplars.h"

namespace waymark::engine {
namespace {

double Seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}
double Seconds(base::Timestamp time) { return static_cast<double>(time.ms) / 1000.0; }

}  // namespace

void WorkerProbe::OnRecord(std::string_view topic, size_t bytes, base::Timestamp record_time,
                           std::string_view traceparent) {
  Input& input = InputOf(topic);
  ++input.records;
  input.bytes += static_cast<int64_t>(bytes);
  input.last_time = record_time;
  record_times_.push_back(record_time);
  if (traceparent.empty() || (!trace_id_.empty() && traced_time_ <= record_time)) return;
  traced_time_ = record_time;
  trace_id_ = TraceIdOf(traceparent);
}

void WorkerProbe::OnRejected(std::string_view topic, model::DeadLetterReason reason) {
  ++InputOf(topic).rejected[static_cast<size_t>(reason)];
}

WorkerProbe::Input& WorkerProbe::InputOf(std::string_view topic) {
  const auto at = input_.find(topic);
  if (at != input_.end()) return at->second;
  return input_.emplace(std::string(topic), Input()).first->second;
}

void WorkerProbe::PublishInput(base::Timestamp now) {
  metrics::HistogramBatch latency(metrics::kSecondsBuckets);
  for (const base::Timestamp time : record_times_) latency.Observe(Seconds(now - time));
  const metrics::Histogram histogram = metrics_.processing.end_to_end_latency.With("steps");
  latency.PublishTo(histogram);
  if (!trace_id_.empty()) histogram.Note({Seconds(now - traced_time_), trace_id_, Seconds(now)});
  ForgetRecords();
  for (auto& [topic, input] : input_) {
    if (input.records == 0) continue;
    metrics_.input.records_consumed.With(topic).Add(static_cast<double>(input.records));
    metrics_.input.bytes_consumed.With(topic).Add(static_cast<double>(input.bytes));
    metrics_.input.last_processed.With(topic).Set(Seconds(input.last_time));
    for (size_t i = 0; i < input.rejected.size(); ++i) {
      if (input.rejected[i] == 0) continue;
      const auto reason = model::ToString(static_cast<model::DeadLetterReason>(i));
      metrics_.input.records_rejected.With(topic, reason)
          .Add(static_cast<double>(input.rejected[i]));
    }
    input = {.last_time = input.last_time};
  }
}

void WorkerProbe::ForgetRecords() {
  record_times_.clear();
  trace_id_.clear();
}

void WorkerProbe::OnPhase(const char* phase, std::chrono::nanoseconds duration) {
  metrics_.processing.processing_duration.With(phase).Observe(Seconds(duration));
}

void WorkerProbe::OnStored(const char* operation, std::chrono::nanoseconds duration) {
  metrics_.state.state_operation_duration.With(operation).Observe(Seconds(duration));
}

void WorkerProbe::OnAssignment(const char* type, size_t partitions,
                               std::chrono::nanoseconds duration) {
  metrics_.group.rebalances.With(type).Add();
  metrics_.group.rebalance_duration.Observe(Seconds(duration));
  // The gauge is shared by the workers of the process.
  const auto now = static_cast<double>(partitions);
  metrics_.input.assigned_partitions.Add(now - assigned_);
  assigned_ = now;
}

void WorkerProbe::OnRestoring(base::Partition partition, const RestoreProgress& progress) {
  const std::string label = std::to_string(partition.value);
  const auto all = static_cast<double>(progress.restored + progress.remaining);
  metrics_.state.restore_remaining.With(label).Set(static_cast<double>(progress.remaining));
  metrics_.state.restore_progress.With(label).Set(
      all > 0 ? static_cast<double>(progress.restored) / all : 0.0);
}

void WorkerProbe::OnRebuild(const char* reason) {
  metrics_.state.state_rebuilds.With(reason).Add();
}

void WorkerProbe::OnInputLost(std::string_view topic, int64_t records) {
  metrics_.input.records_lost.With(topic).Add(static_cast<double>(records));
}

void WorkerProbe::OnRestored(const Task& task, int64_t records,
                             std::chrono::nanoseconds duration) {
  OnRestoring(task.partition(), {records, 0});
  Totals& before = published_[task.partition()].totals;
  metrics_.journeys.profiles.Add(
      static_cast<double>(task.totals().profiles - before.profiles));
  before = task.totals();
  metrics_.state.restore_records.Add(static_cast<double>(records));
  metrics_.state.restore_duration.Observe(Seconds(duration));
}

void WorkerProbe::OnCommitted(Task& task) {
  Published& published = published_[task.partition()];
  Totals& before = published.totals;
  const Totals& after = task.totals();
  const auto add = [](const auto& counter, int64_t from, int64_t to) {
    if (to > from) counter.Add(static_cast<double>(to - from));
  };
  add(metrics_.input.duplicates, before.duplicates, after.duplicates);
  for (size_t i = 0; i < after.dead_letters.size(); ++i) {
    if (after.dead_letters[i] == before.dead_letters[i]) continue;
    const auto kind = static_cast<model::DeadLetterReason>(i);
    const auto reason = model::ToString(kind);
    add(metrics_.input.dead_letters.With(reason), before.dead_letters[i], after.dead_letters[i]);
    if (kind == model::DeadLetterReason::kTimeInFuture ||
        kind == model::DeadLetterReason::kTimeOutOfRange) {
      add(metrics_.time.quarantined.With(reason), before.dead_letters[i], after.dead_letters[i]);
    }
  }
  const TaskCounts& counts = task.counts();
  const int64_t in_memory = counts.refolds_in_memory;
  add(metrics_.processing.refolds.With("tail"), 0, in_memory);
  add(metrics_.processing.refolds.With("timeline"), before.refolds + in_memory, after.refolds);
  add(metrics_.processing.late_interactions.With("pending"), 0, counts.late_pending);
  add(metrics_.processing.late_interactions.With("refolded"), before.late + counts.late_pending,
      after.late);
  add(metrics_.journeys.revisions.With("step"), before.steps_revised, after.steps_revised);
  add(metrics_.journeys.revisions.With("signal"), before.signals_retracted,
      after.signals_retracted);
  add(metrics_.journeys.rating_references.With("resolved"), before.ratings_resolved,
      after.ratings_resolved);
  add(metrics_.journeys.rating_references.With("unresolved"), before.ratings_unresolved,
      after.ratings_unresolved);
  metrics_.journeys.profiles.Add(static_cast<double>(after.profiles - before.profiles));
  add(metrics_.journeys.profiles_forgotten, before.forgotten, after.forgotten);
  PublishCounts(task.counts());
  PublishGauges(task, published);
  before = after;
}

// Gauges are shared by the tasks of the process.
void WorkerProbe::PublishGauges(Task& task, Published& published) {
  const auto timers = static_cast<double>(task.timers_stored());
  metrics_.processing.timers_pending.Add(timers - published.timers);
  published.timers = timers;
  const auto waiting = static_cast<double>(task.refolds_waiting());
  metrics_.processing.refolds_waiting.Add(waiting - published.refolds_waiting);
  published.refolds_waiting = waiting;
  const auto bytes = static_cast<double>(task.cached_bytes());
  metrics_.state.cache_bytes.Add(bytes - published.cache_bytes);
  published.cache_bytes = bytes;
  PublishOpen(task.open_journeys(), published);
  const ProfileCache::Lookups lookups = task.TakeLookups();
  metrics_.state.cache_lookups.With("hit").Add(static_cast<double>(lookups.hits));
  metrics_.state.cache_lookups.With("miss").Add(static_cast<double>(lookups.misses));
}

void WorkerProbe::PublishOpen(const OpenJourneys& open, Published& published) {
  const std::span<const int64_t> counts = open.counts();
  for (size_t i = published.open.size(); i < counts.size(); ++i) {
    published.open.emplace_back(open.places()[i], 0);
  }
  for (size_t i = 0; i < counts.size(); ++i) {
    auto& [place, before] = published.open[i];
    if (counts[i] == before) continue;
    AddOpen(place, counts[i] - before);
    before = counts[i];
  }
}

void WorkerProbe::AddOpen(const OpenJourneys::Place& place, int64_t more) {
  if (more == 0) return;
  const auto amount = static_cast<double>(more);
  if (place == OpenJourneys::Place()) {
    metrics_.journeys.sessions_open.Add(amount);
  } else {
    metrics_.journeys.journeys_open.With(place.family, place.model, place.stage).Add(amount);
  }
}

void WorkerProbe::OnInputAge(base::Partition partition, const std::string& topic,
                             base::Millis age) {
  published_[partition].inputs.insert(topic);
  metrics_.input.consumer_lag_seconds.With(topic, std::to_string(partition.value))
      .Set(Seconds(age));
}

void WorkerProbe::OnTime(base::Partition partition, const TimeView& time) {
  const std::string label = std::to_string(partition.value);
  metrics_.time.watermark.With(label).Set(Seconds(time.watermark));
  metrics_.time.horizon.With(label).Set(Seconds(time.horizon));
  metrics_.time.watermark_lag.With(label).Set(Seconds(time.now - time.horizon));
  metrics_.time.watermark_stuck.With(label).Set(time.is_stuck ? 1 : 0);
  metrics_.time.idle_inputs.With(label).Set(static_cast<double>(time.idle_inputs));
}

void WorkerProbe::PublishCounts(TaskCounts& counts) {
  for (const auto& [channel, steps] : counts.steps_by_channel) {
    metrics_.processing.interactions_processed.With(channel).Add(static_cast<double>(steps));
  }
  counts.signals.PublishTo(metrics_.journeys);
  for (size_t kind = 0; kind < counts.timers_fired.size(); ++kind) {
    if (counts.timers_fired[kind] == 0) continue;
    metrics_.processing.timers_fired.With(ToString(static_cast<journey::TimerKind>(kind)))
        .Add(static_cast<double>(counts.timers_fired[kind]));
  }
  counts.lateness.PublishTo(metrics_.processing.lateness);
  counts.timers_fired.fill(0);
  counts.refolds_in_memory = counts.late_pending = 0;
  counts.steps_by_channel.clear();
}

void WorkerProbe::OnTransaction(const char* result, int64_t records, std::chrono::nanoseconds open,
                                std::chrono::nanoseconds duration) {
  metrics_.output.transactions.With(result).Add();
  if (open.count() != 0) metrics_.output.transaction_open.Observe(Seconds(open));
  // What was taken is read again.
  if (std::string_view(result) != "commit") ForgetRecords();
  if (duration.count() == 0) return;
  metrics_.output.transaction_commit_duration.Observe(Seconds(duration));
  metrics_.output.transaction_records.Observe(static_cast<double>(records));
}

void WorkerProbe::OnOutput(std::string_view topic, int64_t records, int64_t bytes) {
  if (records == 0) return;
  metrics_.output.records_produced.With(topic).Add(static_cast<double>(records));
  metrics_.output.bytes_produced.With(topic).Add(static_cast<double>(bytes));
}

void WorkerProbe::OnDropped(base::Partition partition) {
  const std::string label = std::to_string(partition.value);
  const auto at = published_.find(partition);
  if (at != published_.end()) {
    metrics_.journeys.profiles.Add(-static_cast<double>(at->second.totals.profiles));
    metrics_.state.cache_bytes.Add(-at->second.cache_bytes);
    metrics_.processing.timers_pending.Add(-at->second.timers);
    metrics_.processing.refolds_waiting.Add(-at->second.refolds_waiting);
    for (const auto& [place, open] : at->second.open) AddOpen(place, -open);
    for (const std::string& topic : at->second.inputs) {
      metrics_.input.consumer_lag_seconds.Remove(topic, label);
    }
    published_.erase(at);
  }
  for (const auto* gauge :
       {&metrics_.time.watermark, &metrics_.time.horizon, &metrics_.time.watermark_lag,
        &metrics_.time.watermark_stuck, &metrics_.time.idle_inputs}) {
    gauge->Remove(label);
  }
  metrics_.state.restore_remaining.Remove(label);
  metrics_.state.restore_progress.Remove(label);
}

void WorkerProbe::OnShadowed(base::Partition partition, int64_t behind) {
  metrics_.state.standby_lag.With(std::to_string(partition.value))
      .Set(static_cast<double>(behind));
}

void WorkerProbe::OnShadowDropped(base::Partition partition) {
  metrics_.state.standby_lag.Remove(std::to_string(partition.value));
}

}  // namespace waymark::engine
