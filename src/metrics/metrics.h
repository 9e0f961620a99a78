#pragma once

#include <string>
#include <vector>

#include "metrics/registry.h"
#include "metrics/time_metrics.h"

namespace waymark::metrics {

// Upper ends of buckets.
inline const std::vector<double> kShortBuckets = {0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003,
                                                  0.01,    0.03,    0.1,    0.3,    1,     3};
inline const std::vector<double> kSecondsBuckets = {0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3,
                                                    0.5,   1,     2,    3,    5,   10,  30};
inline const std::vector<double> kLongBuckets = {0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600, 1800};
inline const std::vector<double> kLatenessBuckets = {1,    10,    60,    600,    3600,
                                                     21600, 86400, 604800, 2592000, 31536000};
// Of stays in stages: a minute to a year.
inline const std::vector<double> kStayBuckets = {60,      600,     3600,    14400,
                                                 86400,   259200,  604800,  1209600,
                                                 2592000, 7776000, 15552000, 31536000};
inline const std::vector<double> kPointsBuckets = {1, 2, 3, 4, 5};
inline const std::vector<double> kCountBuckets = {1,    3,    10,   30,    100,  300,
                                                  1000, 3000, 10000, 30000, 100000};

// Every metric of ours, declared here and nowhere else: a member is the declaration and the handle.
// A new one is a new member; the table of metrics follows.

// The process itself.
struct ProcessMetrics {
  Registry& registry;
  Family<Gauge, 2> build_info = registry.AddGauges<2>(
      {.name = "waymark_build_info",
       .unit = "1",
       .help = "Always 1; the labels say what runs.",
       .labels = {"version", "revision"}});
  Gauge start_time = registry.AddGauge(
      {.name = "waymark_start_time_seconds",
       .unit = "seconds",
       .help = "When the service started, seconds since 1970."});
  Family<Gauge, 1> state = registry.AddGauges<1>(
      {.name = "waymark_state",
       .unit = "1",
       .help = "1 for the state that the service is in (ready, not_ready or failed), 0 for the "
               "others.",
       .labels = {"state"}});
  Gauge memory_limit = registry.AddGauge(
      {.name = "waymark_memory_limit_bytes",
       .unit = "bytes",
       .help = "Memory that the process may use: its control group's limit, else the machine's; 0 "
               "where nothing says."});
  Family<Gauge, 3> models_loaded = registry.AddGauges<3>(
      {.name = "waymark_models_loaded",
       .unit = "models",
       .help = "1 for each journey model in use.",
       .labels = {"family", "model", "version"}});
  Counter models_followed = registry.AddCounter(
      {.name = "waymark_models_followed_total",
       .unit = "models",
       .help = "Versions of models that were found in the models topic while running."});
  Gauge models_unreadable = registry.AddGauge(
      {.name = "waymark_models_unreadable",
       .unit = "1",
       .help = "1 while the models topic holds a version that this process can't read, so that it "
               "works with older models than others do; it ends after models.upgrade_grace."});
  Family<Counter, 1> config_reloads = registry.AddCounters<1>(
      {.name = "waymark_config_reloads_total",
       .unit = "reloads",
       .help = "Times that settings were read again after SIGHUP: success or failure.",
       .labels = {"result"}});
  Gauge config_last_reload = registry.AddGauge(
      {.name = "waymark_config_last_reload_success_timestamp_seconds",
       .unit = "seconds",
       .help = "When settings were last read without a fault, seconds since 1970."});
  Family<Counter, 1> fatal_errors = registry.AddCounters<1>(
      {.name = "waymark_fatal_errors_total",
       .unit = "errors",
       .help = "Errors after which a part can't go on.",
       .labels = {"component"}});
};

// What is read.
struct InputMetrics {
  Registry& registry;
  Family<Counter, 1> records_consumed = registry.AddCounters<1>(
      {.name = "waymark_records_consumed_total",
       .unit = "records",
       .help = "Input records taken.",
       .labels = {"topic"}});
  Family<Counter, 1> bytes_consumed = registry.AddCounters<1>(
      {.name = "waymark_bytes_consumed_total",
       .unit = "bytes",
       .help = "Bytes of keys and values of input records.",
       .labels = {"topic"}});
  Family<Counter, 2> records_rejected = registry.AddCounters<2>(
      {.name = "waymark_records_rejected_total",
       .unit = "records",
       .help = "Input records that became dead letters, by topic.",
       .labels = {"topic", "reason"}});
  Family<Counter, 1> dead_letters = registry.AddCounters<1>(
      {.name = "waymark_dead_letters_total",
       .unit = "records",
       .help = "Dead letters committed.",
       .labels = {"reason"}});
  Counter duplicates = registry.AddCounter(
      {.name = "waymark_duplicates_total",
       .unit = "records",
       .help = "Input records that were there before, counted at commit."});
  Family<Counter, 1> records_lost = registry.AddCounters<1>(
      {.name = "waymark_records_lost_total",
       .unit = "records",
       .help = "Input records that the topic no longer held when they were to be read.",
       .labels = {"topic"}});
  Family<Gauge, 2> consumer_lag_records = registry.AddGauges<2>(
      {.name = "waymark_consumer_lag_records",
       .unit = "records",
       .help = "Offsets between what was read and the end of the partition; transaction "
               "markers keep it above 0.",
       .labels = {"topic", "partition"}});
  Family<Gauge, 2> consumer_lag_seconds = registry.AddGauges<2>(
      {.name = "waymark_consumer_lag_seconds",
       .unit = "seconds",
       .help = "Age of the last record taken, 0 where the input is used up; alert on this one.",
       .labels = {"topic", "partition"}});
  Gauge assigned_partitions = registry.AddGauge(
      {.name = "waymark_assigned_partitions",
       .unit = "partitions",
       .help = "Input partitions that this instance owns."});
  Gauge inflight_records = registry.AddGauge(
      {.name = "waymark_inflight_records",
       .unit = "records",
       .help = "Input records fetched ahead, which wait to be processed."});
  Gauge inflight_bytes = registry.AddGauge(
      {.name = "waymark_inflight_bytes",
       .unit = "bytes",
       .help = "Bytes of input records fetched ahead, which wait to be processed."});
  Counter backpressure_seconds = registry.AddCounter(
      {.name = "waymark_backpressure_seconds_total",
       .unit = "seconds",
       .help = "Time for which reading was paused because too much was in flight, as far as a look "
               "each few seconds shows."});
  Family<Gauge, 1> last_processed = registry.AddGauges<1>(
      {.name = "waymark_last_processed_timestamp_seconds",
       .unit = "seconds",
       .help = "Record time of the last record processed, seconds since 1970.",
       .labels = {"topic"}});
};

// The consumer group.
struct GroupMetrics {
  Registry& registry;
  Gauge generation = registry.AddGauge(
      {.name = "waymark_group_generation",
       .unit = "1",
       .help = "Generation of the consumer group at this instance's last assignment; each "
               "rebalance of the group makes a new one."});
  Family<Counter, 1> rebalances = registry.AddCounters<1>(
      {.name = "waymark_rebalances_total",
       .unit = "rebalances",
       .help = "Changes of the assignment: assign, revoke or lost.",
       .labels = {"type"}});
  Histogram rebalance_duration = registry.AddHistogram(
      {.name = "waymark_rebalance_duration_seconds",
       .unit = "seconds",
       .help = "Time that this instance took to hand over or take over partitions.",
       .buckets = kSecondsBuckets});
};

// The work of the tasks.
struct ProcessingMetrics {
  Registry& registry;
  Family<Counter, 1> interactions_processed = registry.AddCounters<1>(
      {.name = "waymark_interactions_processed_total",
       .unit = "interactions",
       .help = "Interactions that became steps, counted at commit.",
       .labels = {"channel"}});
  Family<Histogram, 1> processing_duration = registry.AddHistograms<1>(
      {.name = "waymark_processing_duration_seconds",
       .unit = "seconds",
       .help = "Time of a batch in one phase: take (decode, and fold what is in order), fold (what "
               "is late, and timers), produce, commit.",
       .labels = {"phase"},
       .buckets = kSecondsBuckets});
  Family<Histogram, 1> end_to_end_latency = registry.AddHistograms<1>(
      {.name = "waymark_end_to_end_latency_seconds",
       .unit = "seconds",
       .help = "Time from a record's time to the commit of what it led to.",
       .labels = {"output"},
       .buckets = kSecondsBuckets});
  Histogram lateness = registry.AddHistogram(
      {.name = "waymark_lateness_seconds",
       .unit = "seconds",
       .help = "How far behind the horizon interactions arrived, of those that did.",
       .buckets = kLatenessBuckets});
  Family<Counter, 1> late_interactions = registry.AddCounters<1>(
      {.name = "waymark_late_interactions_total",
       .unit = "interactions",
       .help = "Interactions behind others of their customer: refolded at once, or pending, to be "
               "folded in by later transactions.",
       .labels = {"action"}});
  Family<Counter, 1> refolds = registry.AddCounters<1>(
      {.name = "waymark_refolds_total",
       .unit = "folds",
       .help = "Folds that were done again: of what is in memory (tail) or from the store "
               "(timeline).",
       .labels = {"kind"}});
  Gauge refolds_waiting = registry.AddGauge(
      {.name = "waymark_refolds_waiting",
       .unit = "profiles",
       .help = "Customers with pending steps, still to be folded in: their snapshots are stale."});
  Gauge timers_pending = registry.AddGauge(
      {.name = "waymark_timers_pending",
       .unit = "timers",
       .help = "Customers with a timer that is not yet due, as of the last write of the state."});
  Family<Counter, 1> timers_fired = registry.AddCounters<1>(
      {.name = "waymark_timers_fired_total",
       .unit = "timers",
       .help = "Timers fired as time came: session, status, wait, date, target, abandonment, "
               "lifetime, retention, detector, restart or migration. Those of folds that were done "
               "again are not among them.",
       .labels = {"kind"}});
};

// What the journeys do.
struct JourneyMetrics {
  Registry& registry;
  Gauge profiles = registry.AddGauge(
      {.name = "waymark_profiles",
       .unit = "profiles",
       .help = "Customers with state in this instance."});
  Counter profiles_forgotten = registry.AddCounter(
      {.name = "waymark_profiles_forgotten_total",
       .unit = "profiles",
       .help = "Customers forgotten after a long silence (profile.retention)."});
  Gauge sessions_open = registry.AddGauge(
      {.name = "waymark_sessions_open",
       .unit = "sessions",
       .help = "Sessions that no silence has closed yet, of the customers of this instance."});
  Family<Gauge, 3> journeys_open = registry.AddGauges<3>(
      {.name = "waymark_journeys_open",
       .unit = "journeys",
       .help = "Open journeys of the customers of this instance by the stage they are in; it "
               "follows the journeys as they are, whatever comes late.",
       .labels = {"family", "model", "stage"}});
  Family<Counter, 1> journeys_started = registry.AddCounters<1>(
      {.name = "waymark_journeys_started_total",
       .unit = "journeys",
       .help = "Journeys started.",
       .labels = {"model"}});
  Family<Counter, 2> journeys_closed = registry.AddCounters<2>(
      {.name = "waymark_journeys_closed_total",
       .unit = "journeys",
       .help = "Journeys closed: completed, abandoned or switched. Expired ones are timers of "
               "the kind lifetime.",
       .labels = {"model", "reason"}});
  Family<Counter, 3> stage_transitions = registry.AddCounters<3>(
      {.name = "waymark_stage_transitions_total",
       .unit = "transitions",
       .help = "Changes of stage.",
       .labels = {"model", "from", "to"}});
  Family<Histogram, 2> stage_duration = registry.AddHistograms<2>(
      {.name = "waymark_stage_duration_seconds",
       .unit = "seconds",
       .help = "How long journeys stayed in a stage that they have left, in the customers' time.",
       .labels = {"model", "stage"},
       .buckets = kStayBuckets});
  Family<Gauge, 2> stage_target = registry.AddGauges<2>(
      {.name = "waymark_stage_target_seconds",
       .unit = "seconds",
       .help = "How long a journey should stay in a stage at most, by the newest version of the "
               "model.",
       .labels = {"model", "stage"}});
  Family<Counter, 2> stage_target_missed = registry.AddCounters<2>(
      {.name = "waymark_stage_target_missed_total",
       .unit = "journeys",
       .help = "Stays in a stage that became longer than the model's target.",
       .labels = {"model", "stage"}});
  Family<Histogram, 2> satisfaction = registry.AddHistograms<2>(
      {.name = "waymark_satisfaction",
       .unit = "points",
       .help = "Customers' ratings, 1 to 5 points, counted for the stage that they are about.",
       .labels = {"model", "stage"},
       .buckets = kPointsBuckets});
  Family<Counter, 2> nps_answers = registry.AddCounters<2>(
      {.name = "waymark_nps_answers_total",
       .unit = "answers",
       .help = "Answers on recommending us: promoter (9 and 10), passive (7 and 8) or detractor.",
       .labels = {"model", "answer"}});
  Family<Counter, 3> handovers = registry.AddCounters<3>(
      {.name = "waymark_handovers_total",
       .unit = "handovers",
       .help = "Journeys that went from one department to another.",
       .labels = {"model", "from", "to"}});
  Family<Counter, 2> signals = registry.AddCounters<2>(
      {.name = "waymark_signals_total",
       .unit = "signals",
       .help = "Signals found. What something late takes back later stays counted, here and in "
               "all counters of journeys, and is counted again in waymark_signals_retracted_total.",
       .labels = {"model", "kind"}});
  Family<Counter, 2> signals_retracted = registry.AddCounters<2>(
      {.name = "waymark_signals_retracted_total",
       .unit = "signals",
       .help = "Signals taken back as something came late or was corrected, or models changed.",
       .labels = {"model", "kind"}});
  Family<Counter, 1> rating_references = registry.AddCounters<1>(
      {.name = "waymark_rating_references_total",
       .unit = "ratings",
       .help = "Ratings about another step: resolved, or unresolved after their wait.",
       .labels = {"result"}});
  Family<Counter, 1> revisions = registry.AddCounters<1>(
      {.name = "waymark_revisions_total",
       .unit = "records",
       .help = "Records published again because a fold changed.",
       .labels = {"record"}});
};

// What is written.
struct OutputMetrics {
  Registry& registry;
  Family<Counter, 1> records_produced = registry.AddCounters<1>(
      {.name = "waymark_records_produced_total",
       .unit = "records",
       .help = "Records written, committed or not.",
       .labels = {"topic"}});
  Family<Counter, 1> bytes_produced = registry.AddCounters<1>(
      {.name = "waymark_bytes_produced_total",
       .unit = "bytes",
       .help = "Bytes of keys and values written.",
       .labels = {"topic"}});
  Family<Counter, 2> delivery_failures = registry.AddCounters<2>(
      {.name = "waymark_delivery_failures_total",
       .unit = "records",
       .help = "Records that could not be delivered.",
       .labels = {"topic", "error"}});
  Gauge producer_queue_messages = registry.AddGauge(
      {.name = "waymark_producer_queue_messages",
       .unit = "records",
       .help = "Records waiting in the producers."});
  Family<Counter, 1> transactions = registry.AddCounters<1>(
      {.name = "waymark_transactions_total",
       .unit = "transactions",
       .help = "Transactions by how they ended: commit, abort, fenced or reinit.",
       .labels = {"result"}});
  Histogram transaction_commit_duration = registry.AddHistogram(
      {.name = "waymark_transaction_commit_duration_seconds",
       .unit = "seconds",
       .help = "Time from the flush of a transaction to its commit.",
       .buckets = kSecondsBuckets});
  Histogram transaction_records = registry.AddHistogram(
      {.name = "waymark_transaction_records",
       .unit = "records",
       .help = "Records written in a transaction.",
       .buckets = kCountBuckets});
  Histogram transaction_open = registry.AddHistogram(
      {.name = "waymark_transaction_open_seconds",
       .unit = "seconds",
       .help = "Time for which a transaction was open.",
       .buckets = kSecondsBuckets});
};

// What the brokers do for the clients of this process, as a look each few seconds shows.
struct KafkaMetrics {
  Registry& registry;
  Family<Counter, 1> request_timeouts = registry.AddCounters<1>(
      {.name = "waymark_kafka_request_timeouts_total",
       .unit = "requests",
       .help = "Requests that a broker did not answer in time.",
       .labels = {"broker"}});
  Family<Counter, 1> request_retries = registry.AddCounters<1>(
      {.name = "waymark_kafka_request_retries_total",
       .unit = "requests",
       .help = "Requests that were sent to a broker again.",
       .labels = {"broker"}});
  Family<Gauge, 2> round_trip = registry.AddGauges<2>(
      {.name = "waymark_kafka_round_trip_seconds",
       .unit = "seconds",
       .help = "From a producer's request to the broker's answer, of the producer looked at last: "
               "the median (0.5) and the 99th percentile (0.99).",
       .labels = {"broker", "quantile"}});
};

// The local state and its restoration.
struct StateMetrics {
  Registry& registry;
  Family<Gauge, 1> restore_remaining = registry.AddGauges<1>(
      {.name = "waymark_restore_remaining_records",
       .unit = "records",
       .help = "Records still to be read before a partition is restored.",
       .labels = {"partition"}});
  Family<Gauge, 1> restore_progress = registry.AddGauges<1>(
      {.name = "waymark_restore_progress_ratio",
       .unit = "ratio",
       .help = "Part of a partition's restoration that is done, 0 to 1.",
       .labels = {"partition"}});
  Family<Gauge, 1> standby_lag = registry.AddGauges<1>(
      {.name = "waymark_standby_lag_records",
       .unit = "records",
       .help = "Records by which the warm copy of a partition that is owned elsewhere trails.",
       .labels = {"partition"}});
  Counter restore_records = registry.AddCounter(
      {.name = "waymark_restore_records_total",
       .unit = "records",
       .help = "Records read to restore state."});
  Histogram restore_duration = registry.AddHistogram(
      {.name = "waymark_restore_duration_seconds",
       .unit = "seconds",
       .help = "Time to restore a partition.",
       .buckets = kLongBuckets});
  Gauge disk_free = registry.AddGauge(
      {.name = "waymark_state_disk_free_bytes",
       .unit = "bytes",
       .help = "Room left on the disk that holds the state; the service ends when there is none."});
  Gauge disk_size = registry.AddGauge(
      {.name = "waymark_state_disk_size_bytes",
       .unit = "bytes",
       .help = "Size of the disk that holds the state."});
  Family<Counter, 1> state_rebuilds = registry.AddCounters<1>(
      {.name = "waymark_state_rebuilds_total",
       .unit = "rebuilds",
       .help = "Local state discarded and rebuilt from Kafka, of the whole folder (corrupt, "
               "old_layout, stale) or of a partition (unreadable, uncommitted, ahead, "
               "newer_format, old_format, other_models, log_trimmed).",
       .labels = {"reason"}});
  Gauge cache_bytes = registry.AddGauge(
      {.name = "waymark_cache_bytes",
       .unit = "bytes",
       .help = "Memory of decoded customers."});
  Family<Counter, 1> cache_lookups = registry.AddCounters<1>(
      {.name = "waymark_cache_lookups_total",
       .unit = "lookups",
       .help = "Lookups in the cache of customers: hit or miss.",
       .labels = {"result"}});
  Family<Histogram, 1> state_operation_duration = registry.AddHistograms<1>(
      {.name = "waymark_state_operation_duration_seconds",
       .unit = "seconds",
       .help = "Time to write what a task holds (write), or all to disk (flush).",
       .labels = {"op"},
       .buckets = kShortBuckets});
};

// The state store on disk, as it tells of itself about once a second.
struct RocksMetrics {
  Registry& registry;
  Gauge memtable_bytes = registry.AddGauge(
      {.name = "waymark_rocksdb_memtable_bytes",
       .unit = "bytes",
       .help = "Memory of rows that are not yet in a file."});
  Gauge block_cache_bytes = registry.AddGauge(
      {.name = "waymark_rocksdb_block_cache_usage_bytes",
       .unit = "bytes",
       .help = "Memory of blocks read from files."});
  Gauge table_readers_bytes = registry.AddGauge(
      {.name = "waymark_rocksdb_table_readers_bytes",
       .unit = "bytes",
       .help = "Memory of what is known of each file."});
  Gauge live_sst_bytes = registry.AddGauge(
      {.name = "waymark_rocksdb_live_sst_bytes",
       .unit = "bytes",
       .help = "Bytes of the files in use."});
  Gauge pending_compaction_bytes = registry.AddGauge(
      {.name = "waymark_rocksdb_pending_compaction_bytes",
       .unit = "bytes",
       .help = "Bytes that wait to be merged."});
  Family<Gauge, 1> estimated_keys = registry.AddGauges<1>(
      {.name = "waymark_rocksdb_estimated_keys",
       .unit = "rows",
       .help = "About how many rows there are, by kind; erased ones make it too low for a while.",
       .labels = {"kind"}});
  Gauge l0_files = registry.AddGauge(
      {.name = "waymark_rocksdb_l0_files",
       .unit = "files",
       .help = "Files that wait to be merged for the first time, of the kind of rows that has "
               "most; with very many, writing is held back."});
  Gauge write_stall_active = registry.AddGauge(
      {.name = "waymark_rocksdb_write_stall_active",
       .unit = "1",
       .help = "1 while writing is held back or stands still until merging has caught up."});
  Counter stall_seconds = registry.AddCounter(
      {.name = "waymark_rocksdb_stall_seconds_total",
       .unit = "seconds",
       .help = "Time for which writing was held back."});
  Family<Counter, 1> bytes = registry.AddCounters<1>(
      {.name = "waymark_rocksdb_bytes_total",
       .unit = "bytes",
       .help = "Bytes of rows read and written one by one, uncompressed: read, written. Timelines "
               "go in as whole files and are not among them.",
       .labels = {"direction"}});
  Family<Counter, 1> compaction_bytes = registry.AddCounters<1>(
      {.name = "waymark_rocksdb_compaction_bytes_total",
       .unit = "bytes",
       .help = "Bytes of files read and written by merging: read, written.",
       .labels = {"direction"}});
  Family<Counter, 1> block_cache_lookups = registry.AddCounters<1>(
      {.name = "waymark_rocksdb_block_cache_lookups_total",
       .unit = "lookups",
       .help = "Blocks of files asked for: hit (in memory) or miss (read).",
       .labels = {"result"}});
  Gauge background_errors = registry.AddGauge(
      {.name = "waymark_rocksdb_background_errors",
       .unit = "errors",
       .help = "Faults while flushing or merging since the start; the service ends with the "
               "first."});
};

// The HTTP server.
struct HttpMetrics {
  Registry& registry;
  Family<Counter, 3> requests = registry.AddCounters<3>(
      {.name = "waymark_http_requests_total",
       .unit = "requests",
       .help = "HTTP requests answered.",
       .labels = {"route", "method", "code"}});
  Family<Histogram, 1> request_duration = registry.AddHistograms<1>(
      {.name = "waymark_http_request_duration_seconds",
       .unit = "seconds",
       .help = "Time to answer an HTTP request.",
       .labels = {"route"},
       .buckets = kShortBuckets});
  Counter auth_failures = registry.AddCounter(
      {.name = "waymark_http_auth_failures_total",
       .unit = "requests",
       .help = "HTTP requests without the token that they need, and connections with a client "
               "certificate that is not good."});
  Gauge streams = registry.AddGauge(
      {.name = "waymark_http_streams_open",
       .unit = "streams",
       .help = "Clients that follow live events now."});
  Family<Counter, 1> stream_events = registry.AddCounters<1>(
      {.name = "waymark_http_stream_events_total",
       .unit = "events",
       .help = "Live events handed to clients.",
       .labels = {"type"}});
  Counter streams_cut = registry.AddCounter(
      {.name = "waymark_http_streams_cut_total",
       .unit = "streams",
       .help = "Clients of live events that did not keep up and were closed; they may go on where "
               "they were."});
};

// All of them, made from one Registry, which must outlive it.
struct Metrics {
  explicit Metrics(Registry& registry);

  ProcessMetrics process;
  InputMetrics input;
  GroupMetrics group;
  ProcessingMetrics processing;
  TimeMetrics time;
  JourneyMetrics journeys;
  OutputMetrics output;
  KafkaMetrics kafka;
  StateMetrics state;
  RocksMetrics rocks;
  HttpMetrics http;
};

// A table of all metrics for the README: name, type, unit, labels, meaning.
std::string MetricsTableMarkdown();

}  // namespace waymark::metrics
