#include <algorithm>

#include "config/declaration.h"

namespace waymark::config {
namespace {

constexpr std::string_view kInputFormats[] = {"auto", "json", "protobuf"};
constexpr std::string_view kAssignments[] = {"cooperative", "eager"};
constexpr std::string_view kStateFormats[] = {"keep", "newest", "oldest"};
constexpr std::string_view kPublishedSignals[] = {"all", "none"};
constexpr std::string_view kLogLevels[] = {"trace", "debug", "info", "warn", "error", "off"};
constexpr std::string_view kLogFormats[] = {"text", "json"};

std::string_view NotEmpty(std::string_view text) { return text.empty() ? "is empty" : ""; }

bool IsTopicLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

// The rule of Kafka for topic names.
std::string_view TopicName(std::string_view text) {
  if (text.empty()) return "is empty";
  if (text.size() > 200) return "is longer than 200 letters";
  const bool fits = std::all_of(text.begin(), text.end(), IsTopicLetter);
  return fits ? "" : "holds a letter other than a-z, A-Z, 0-9, '.', '_' and '-'";
}

std::string_view HostAndPort(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return "is not of the form host:port";
  const std::string_view port = text.substr(colon + 1);
  const bool digits = !port.empty() && port.size() <= 5 &&
                      port.find_first_not_of("0123456789") == std::string_view::npos;
  return digits ? "" : "is not of the form host:port";
}

// Where there is one, it stands as a word in what is committed.
std::string_view AdvertisedAddress(std::string_view text) {
  if (text.empty()) return "";
  if (text.size() > 255) return "is longer than 255 letters";
  return text.find_first_of(" =/") == std::string_view::npos ? HostAndPort(text)
                                                             : "is not of the form host:port";
}

// The name of a setting is the path of its member.
#define WAYMARK_SETTING(path) \
  .name = #path, .slot = Slot(+[](Settings& s) -> auto& { return s.path; })
#define WAYMARK_ENUM(path)                                                                       \
  .name = #path, .slot = EnumMember {                                                            \
    .set = [](Settings& s, size_t index) { s.path = static_cast<decltype(s.path)>(index); },     \
    .get = [](const Settings& s) { return static_cast<size_t>(s.path); }                         \
  }

constexpr Declaration kDeclarations[] = {
    {WAYMARK_SETTING(session.gap),
     .type = Type::kDuration,
     .fallback = "30m",
     .least = "1s",
     .most = "1y",
     .help = "A session ends when its customer is silent for longer than this, in event time. "
             "A distance equal to the gap stays in the session."},
    {WAYMARK_SETTING(rating.references),
     .type = Type::kBoolean,
     .fallback = "true",
     .help = "Ratings count for the step that they refer to (refers_to), for which each customer's "
             "last steps are remembered. False: a rating counts where it stands, corrections "
             "change nothing and no last touchpoint is told; the state is smaller."},
    {WAYMARK_SETTING(rating.wait),
     .type = Type::kDuration,
     .fallback = "7d",
     .least = "0s",
     .most = "1y",
     .help = "How long, in event time, a rating waits for the step that it refers to where none is "
             "known. After that it counts for its touchpoint alone."},
    {WAYMARK_SETTING(time.disorder),
     .type = Type::kDuration,
     .fallback = "30s",
     .least = "0s",
     .most = "1d",
     .help = "How far the watermark stays behind the latest event time of a partition. What "
             "arrives out of order within this distance costs no re-fold of fired timers."},
    {WAYMARK_SETTING(time.lateness),
     .type = Type::kDuration,
     .fallback = "10m",
     .least = "0s",
     .most = "1y",
     .help = "What arrives later than the watermark by up to this much is folded from the state "
             "kept ready for it; later arrivals re-fold from the timeline. Results are the same."},
    {WAYMARK_SETTING(time.future_skew),
     .type = Type::kDuration,
     .fallback = "10m",
     .least = "0s",
     .most = "1y",
     .help = "An interaction whose time lies further ahead of now than this is a dead letter "
             "(time_in_future)."},
    {WAYMARK_SETTING(time.idle_timeout),
     .type = Type::kDuration,
     .fallback = "30s",
     .least = "1s",
     .most = "1d",
     .help = "An input topic from which nothing newer came for this long, by the wall clock, no "
             "longer holds the watermark of its partition back. Results are the same."},
    {WAYMARK_SETTING(time.stuck_after),
     .type = Type::kDuration,
     .fallback = "5m",
     .least = "1s",
     .most = "1y",
     .help = "A warning tells when event time of a partition stands still for this long although "
             "interactions come in, or when one input topic holds it back by more."},
    {WAYMARK_SETTING(time.earliest),
     .type = Type::kTime,
     .fallback = "1980-01-01T00:00:00Z",
     .least = "0001-01-01T00:00:00Z",
     .most = "9999-12-31T23:59:59Z",
     .help = "An interaction from before this time is a dead letter (time_out_of_range)."},
    {WAYMARK_SETTING(timers.batch_max),
     .type = Type::kInteger,
     .fallback = "10000",
     .least = "1",
     .most = "1000000",
     .help = "Timers of a partition that are brought up from the state for one transaction. More "
             "that are due follow in the next ones, and event time waits for them."},
    {WAYMARK_SETTING(refold.depth_max),
     .type = Type::kInteger,
     .fallback = "64",
     .least = "1",
     .most = "1000000000",
     .help = "What comes late is folded in at once if this many interactions of its customer, at "
             "most, must be folded again for it. Deeper, it is appended as a pending step, and "
             "folded in by the next transactions."},
    {WAYMARK_SETTING(refold.batch_max),
     .type = Type::kInteger,
     .fallback = "1000",
     .least = "1",
     .most = "1000000000",
     .help = "Interactions that a worker folds again for one transaction, so that what comes late "
             "does not hold up the rest. What is beyond it becomes pending; a quarter of it is "
             "kept for what is."},
    {WAYMARK_SETTING(refold.waiting_max),
     .type = Type::kInteger,
     .fallback = "100000",
     .least = "0",
     .most = "100000000",
     .help = "Customers of a partition that may have pending steps. Beyond it all is folded in at "
             "once, which holds the input back. 0: no step is ever pending."},
    {WAYMARK_SETTING(timeline.enabled),
     .type = Type::kBoolean,
     .fallback = "true",
     .help = "Without timelines no steps are kept beside the state, which saves processing and "
             "disk: for inputs that bring each customer's interactions in order. What comes behind "
             "its customer's last interaction is then a dead letter (older_than_timeline), "
             "corrections change nothing, models count from when they are taken up, and nothing "
             "can be explained. Fixed for a deployment by its first start; replay always keeps "
             "them."},
    {WAYMARK_SETTING(timeline.retention),
     .type = Type::kDuration,
     .fallback = "400d",
     .least = "1d",
     .most = "100y",
     .help = "How far back the steps of a customer are kept. What is older can no longer be "
             "re-folded, and arrives as a dead letter (older_than_timeline)."},
    {WAYMARK_SETTING(profile.retention),
     .type = Type::kDuration,
     .fallback = "1100d",
     .least = "1d",
     .most = "100y",
     .help = "A customer with nothing open (no journey, wait or date to come) who was silent for "
             "longer than this begins anew with the next interaction, and is forgotten once "
             "timeline.retention has passed as well: a null record in the journeys topic. Days "
             "kept every year, such as birthdays, end with this silence, too."},
    {WAYMARK_ENUM(signals.publish),
     .type = Type::kEnum,
     .fallback = "all",
     .choices = kPublishedSignals,
     .help = "With none signals are found and counted but not written to PREFIX.signals: where "
             "only steps and journeys are read."},
    {WAYMARK_SETTING(journeys.closed_max),
     .type = Type::kInteger,
     .fallback = "8",
     .least = "0",
     .most = "1000",
     .help = "Closed journeys of a customer and family that are kept whole, the last ones. Of "
             "older ones only key and place are remembered, so that they can be opened again."},
    {WAYMARK_SETTING(measures.enabled),
     .type = Type::kBoolean,
     .fallback = "true",
     .help = "Counts what the journey map shows, exactly and by day, model, stage, touchpoint and "
             "more, into PREFIX.measures. Fixed for a deployment by its first start; one begun by "
             "a version that kept none goes on without."},
    {WAYMARK_SETTING(measures.retention),
     .type = Type::kDuration,
     .fallback = "400d",
     .least = "1d",
     .most = "100y",
     .help = "How far back, in event time, the days of the map are kept. replay keeps all."},
    {WAYMARK_SETTING(measures.cells_per_day_max),
     .type = Type::kInteger,
     .fallback = "5000",
     .least = "100",
     .most = "1000000",
     .help = "Combinations of stage, touchpoint, channel and the like that a partition counts by "
             "themselves for one day. What is new beyond it counts as 'other'. Some 200 bytes "
             "each."},
    {WAYMARK_SETTING(snapshot.on_stage_change),
     .type = Type::kBoolean,
     .fallback = "true",
     .help = "A customer whose stage or journeys changed gets a snapshot with the next "
             "transaction. False: only after snapshot.interval, as for any other change."},
    {WAYMARK_SETTING(snapshot.interval),
     .type = Type::kDuration,
     .fallback = "10s",
     .least = "100ms",
     .most = "1h",
     .restart_needed = false,
     .help = "The longest time between a change of a customer's journeys and its snapshot in the "
             "journeys topic. A longer interval writes less and restores more slowly."},
    {WAYMARK_SETTING(commit.interval),
     .type = Type::kDuration,
     .fallback = "100ms",
     .least = "10ms",
     .most = "1m",
     .restart_needed = false,
     .help = "How long a transaction collects before it is committed. Outputs become visible to "
             "readers at a commit."},
    {WAYMARK_SETTING(commit.records_max),
     .type = Type::kInteger,
     .fallback = "10000",
     .least = "1",
     .most = "10000000",
     .restart_needed = false,
     .help = "A transaction that has taken this many input records is committed at once."},
    {WAYMARK_SETTING(interaction.bytes_max),
     .type = Type::kBytes,
     .fallback = "256KiB",
     .least = "1KiB",
     .most = "16MiB",
     .help = "A larger input record is a dead letter (too_large). A step is larger than its "
             "interaction: keep this well below the broker's message.max.bytes."},
    {WAYMARK_ENUM(input.format),
     .type = Type::kEnum,
     .fallback = "auto",
     .choices = kInputFormats,
     .help = "How the values of input records are written. With auto, schema-registry framing is "
             "taken off, then '{' means JSON and anything else protobuf."},
    {WAYMARK_SETTING(kafka.brokers),
     .type = Type::kList,
     .fallback = "localhost:9092",
     .least = "1",
     .check = HostAndPort,
     .help = "Brokers to ask first for the others, as host:port."},
    {WAYMARK_SETTING(kafka.input_topics),
     .type = Type::kList,
     .fallback = "waymark.interactions",
     .least = "1",
     .check = TopicName,
     .help = "Topics with interactions. All have the same number of partitions."},
    {WAYMARK_SETTING(kafka.prefix),
     .fallback = "waymark",
     .check = TopicName,
     .help = "What the names of the output topics start with: PREFIX.steps, PREFIX.signals, "
             "PREFIX.journeys, PREFIX.dead-letters, PREFIX.relay, PREFIX.models."},
    {WAYMARK_SETTING(kafka.group),
     .fallback = "waymark",
     .check = NotEmpty,
     .help = "The consumer group that all instances of one deployment share."},
    {WAYMARK_SETTING(kafka.instance_id),
     .fallback = "",
     .help = "Makes the instance a static member of the group, so that a quick restart moves no "
             "partition. Different for each instance, such as the host name; empty for none."},
    {WAYMARK_SETTING(kafka.transactional_id_prefix),
     .fallback = "waymark",
     .check = NotEmpty,
     .help = "What the transactional ids of the workers start with. Needs an ACL of its own on "
             "secured brokers."},
    {WAYMARK_SETTING(kafka.connect_timeout),
     .type = Type::kDuration,
     .fallback = "60s",
     .least = "1s",
     .most = "1h",
     .help = "How long to try to reach the brokers at the start before giving up (exit code 3)."},
    {WAYMARK_SETTING(kafka.transaction_timeout),
     .type = Type::kDuration,
     .fallback = "10s",
     .least = "1s",
     .most = "15m",
     .help = "After a crash the broker ends the open transaction this late, and until then "
             "readers of committed records wait."},
    {WAYMARK_SETTING(kafka.session_timeout),
     .type = Type::kDuration,
     .fallback = "15s",
     .least = "6s",
     .most = "30m",
     .help = "A member of the group that is silent for this long loses its partitions."},
    {WAYMARK_ENUM(kafka.assignment),
     .type = Type::kEnum,
     .fallback = "eager",
     .choices = kAssignments,
     .help = "How partitions are given to members. Cooperative keeps what does not move, but ends "
             "the process now and then with librdkafka before 2.10. All instances the same."},
    {WAYMARK_SETTING(workers.count),
     .type = Type::kInteger,
     .fallback = "0",
     .least = "0",
     .most = "1024",
     .help = "Threads that process partitions, each with a consumer and a producer of its own. "
             "0 for as many as there are cores."},
    {WAYMARK_SETTING(workers.stall_timeout),
     .type = Type::kDuration,
     .fallback = "5m",
     .least = "5s",
     .most = "1d",
     .help = "A worker that gives no sign of life for this long is beyond help: the process ends "
             "at once, with exit code 3, for its supervisor to start it again. While no broker "
             "answers, a worker is silent for up to a minute."},
    {WAYMARK_SETTING(models.directory),
     .fallback = "config/models",
     .check = NotEmpty,
     .help = "Folder with the journey models (*.yaml). The service publishes those that are new to "
             "the topic PREFIX.models and runs with all that the topic holds."},
    {WAYMARK_SETTING(models.follow_interval),
     .type = Type::kDuration,
     .fallback = "1s",
     .least = "10ms",
     .most = "1h",
     .help = "How often the service looks for models that were published while it runs."},
    {WAYMARK_SETTING(models.upgrade_grace),
     .type = Type::kDuration,
     .fallback = "10m",
     .least = "0s",
     .most = "1d",
     .help = "A model that this version can't read was published by a newer one: for this long the "
             "service goes on, not ready, with the models it has, then it ends (exit code 2), "
             "since all instances have to agree. Time for a rolling upgrade."},
    {WAYMARK_SETTING(state.directory),
     .fallback = "state",
     .check = NotEmpty,
     .help = "Folder of the local state. Keep it on a local disk that survives restarts: without "
             "it everything is restored from Kafka."},
    {WAYMARK_SETTING(state.flush_bytes),
     .type = Type::kBytes,
     .fallback = "256MiB",
     .least = "1MiB",
     .most = "16GiB",
     .help = "Local state is flushed to disk once this much of it is only in memory."},
    {WAYMARK_SETTING(state.flush_interval),
     .type = Type::kDuration,
     .fallback = "1m",
     .least = "1s",
     .most = "1h",
     .help = "Local state is flushed to disk at least this often. What was not is read again "
             "from Kafka after a crash."},
    {WAYMARK_SETTING(state.block_cache_bytes),
     .type = Type::kBytes,
     .fallback = "128MiB",
     .least = "1MiB",
     .most = "1TiB",
     .help = "Memory for blocks of the local state that were read, shared by all workers."},
    {WAYMARK_SETTING(state.write_buffer_bytes),
     .type = Type::kBytes,
     .fallback = "128MiB",
     .least = "4MiB",
     .most = "64GiB",
     .help = "Memory for local state not yet flushed, shared by all workers."},
    {WAYMARK_ENUM(state.format),
     .type = Type::kEnum,
     .fallback = "keep",
     .choices = kStateFormats,
     .help = "After an upgrade state is written as before (keep), so that going back is safe and "
             "old and new instances may run side by side. Set newest once all run the new version; "
             "from then on the old one can't read what was written. A new deployment begins with "
             "the newest, or with the oldest where you say so."},
    {WAYMARK_SETTING(cache.bytes_max),
     .type = Type::kBytes,
     .fallback = "0B",
     .least = "0B",
     .most = "1TiB",
     .help = "Memory for decoded customers, shared among the partitions of the instance. The more "
             "of the active ones fit, the less is read and written. 0B for a quarter of the "
             "machine's or container's memory, at least 64MiB."},
    {WAYMARK_SETTING(standby.partitions_max),
     .type = Type::kInteger,
     .fallback = "0",
     .least = "0",
     .most = "100000",
     .help = "Of how many partitions that other instances own this one keeps warm copies, so that "
             "it takes them over at once. Each costs disk and processing as the partition itself."},
    {WAYMARK_SETTING(standby.interval),
     .type = Type::kDuration,
     .fallback = "1s",
     .least = "100ms",
     .most = "1h",
     .help = "Warm copies follow what was committed at this interval."},
    {WAYMARK_SETTING(standby.cache_bytes_max),
     .type = Type::kBytes,
     .fallback = "64MiB",
     .least = "1MiB",
     .most = "1TiB",
     .help = "Memory for decoded customers of all warm copies."},
    {WAYMARK_SETTING(inflight.bytes_max),
     .type = Type::kBytes,
     .fallback = "64MiB",
     .least = "1MiB",
     .most = "64GiB",
     .help = "Bytes of input records fetched and not yet processed, over which reading pauses."},
    {WAYMARK_SETTING(replay.partitions),
     .type = Type::kInteger,
     .fallback = "16",
     .least = "1",
     .most = "4096",
     .help = "Logical partitions of a replay. Part of what makes its output: the number of "
             "workers is not."},
    {WAYMARK_SETTING(replay.batch_records),
     .type = Type::kInteger,
     .fallback = "4096",
     .least = "1",
     .most = "1000000",
     .help = "Input records that a replay hands to its workers at a time."},
    {WAYMARK_SETTING(http.address),
     .fallback = "127.0.0.1",
     .check = NotEmpty,
     .help = "Address to listen on for metrics, health and the API. The default is reached from "
             "this machine only; 0.0.0.0 opens it to all."},
    {WAYMARK_SETTING(http.port),
     .type = Type::kInteger,
     .fallback = "8080",
     .least = "0",
     .most = "65535",
     .help = "Port to listen on. 0 takes a free one, which the log names."},
    {WAYMARK_SETTING(http.connections_max),
     .type = Type::kInteger,
     .fallback = "256",
     .least = "1",
     .most = "65535",
     .help = "Connections served at a time, those of live events left out. Further ones are "
             "answered 503 and closed."},
    {WAYMARK_SETTING(http.streams_max),
     .type = Type::kInteger,
     .fallback = "256",
     .least = "0",
     .most = "65535",
     .help = "Clients that may follow live events at a time. Each takes 256 KiB at most. Further "
             "ones are answered 503."},
    {WAYMARK_SETTING(http.idle_timeout),
     .type = Type::kDuration,
     .fallback = "30s",
     .least = "100ms",
     .most = "1h",
     .help = "A connection that is silent for this long is closed."},
    {WAYMARK_SETTING(http.advertised),
     .check = AdvertisedAddress,
     .help = "Where other instances reach this one, as HOST:PORT: a question about a customer is "
             "passed on to who holds that customer. Empty: http.address, or the host's name where "
             "that stands for all, with the port that is listened on."},
    {WAYMARK_SETTING(http.tls.certificate),
     .restart_needed = false,
     .help = "File with the server's certificate in PEM, those of its issuers behind it. With it "
             "only TLS is spoken. The files are read again on SIGHUP; whether there is TLS at all "
             "needs a restart."},
    {WAYMARK_SETTING(http.tls.key),
     .restart_needed = false,
     .help = "File with the private key of that certificate in PEM."},
    {WAYMARK_SETTING(http.tls.client_ca),
     .restart_needed = false,
     .help = "File with certificates of issuers in PEM. A client with a certificate of theirs "
             "needs no token; one without it does. /livez and /readyz are open to all."},
    {WAYMARK_SETTING(http.tls.ca),
     .help = "File with certificates of issuers in PEM, by which the certificates of other "
             "instances are checked when a question is passed on to them. Empty: those that the "
             "system trusts."},
    {WAYMARK_SETTING(http.token),
     .restart_needed = false,
     .secret = true,
     .help = "What a client must send for all but /livez and /readyz, as the header Authorization: "
             "Bearer TOKEN. Empty: nothing."},
    {WAYMARK_SETTING(metrics.series_max),
     .type = Type::kInteger,
     .fallback = "1000",
     .least = "10",
     .most = "100000",
     .help = "Series of one metric. Further combinations of label values are counted together "
             "under the value 'other'."},
    {WAYMARK_SETTING(log.level),
     .type = Type::kEnum,
     .fallback = "info",
     .choices = kLogLevels,
     .restart_needed = false,
     .help = "The least severe level that is logged."},
    {WAYMARK_ENUM(log.format),
     .type = Type::kEnum,
     .fallback = "text",
     .choices = kLogFormats,
     .help = "Lines for people, or one JSON object a line."},
    {WAYMARK_SETTING(shutdown.timeout),
     .type = Type::kDuration,
     .fallback = "30s",
     .least = "1s",
     .most = "10m",
     .help = "How long a stop may take for the last commit and flush. Whoever kills the process "
             "should wait longer."},
};

#undef WAYMARK_SETTING
#undef WAYMARK_ENUM

}  // namespace

std::span<const Declaration> Declarations() { return kDeclarations; }

std::string_view ToString(Type type) {
  switch (type) {
    case Type::kDuration: return "duration";
    case Type::kTime: return "time";
    case Type::kBytes: return "bytes";
    case Type::kInteger: return "integer";
    case Type::kNumber: return "number";
    case Type::kBoolean: return "boolean";
    case Type::kText: return "text";
    case Type::kList: return "list";
    case Type::kEnum: return "enum";
  }
  return "unknown";
}

}  // namespace waymark::config
