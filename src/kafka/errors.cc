#include "kafka/errors.h"

#include <algorithm>
#include <array>
#include <string>

namespace waymark::kafka {
namespace {

constexpr std::string_view kHintBrokers =
    "are the brokers up and reachable from here? see kafka.brokers";
constexpr std::string_view kHintAuthentication =
    "check librdkafka.security.protocol and librdkafka.sasl.* against the brokers' listener; "
    "brokers from Kafka 4.0 on refuse SCRAM of librdkafka before 2.6.1 (`waymark version`)";
constexpr std::string_view kHintAcl =
    "grant this principal the ACLs on the topics, the group and the transactional id";
constexpr std::string_view kHintTopic =
    "create the topics with `waymark topics create`, or correct kafka.input_topics and "
    "kafka.prefix";
constexpr std::string_view kHintFenced =
    "another instance runs with the same identity: give each its own kafka.instance_id and "
    "kafka.transactional_id_prefix";
constexpr std::string_view kHintTooLarge =
    "raise max.message.bytes of the topic and librdkafka.message.max.bytes, or lower "
    "interaction.bytes_max";
constexpr std::string_view kHintTransactionTimeout =
    "lower kafka.transaction_timeout or raise transaction.max.timeout.ms of the brokers";
constexpr std::string_view kHintSessionTimeout =
    "keep kafka.session_timeout between group.min.session.timeout.ms and "
    "group.max.session.timeout.ms of the brokers";
constexpr std::string_view kHintReplicas =
    "too few replicas are in sync: look at the brokers and at min.insync.replicas of the topic";
constexpr std::string_view kHintAssignment =
    "all members of a group need the same kafka.assignment: stop the others before changing it";
constexpr std::string_view kHintOffsets =
    "the log no longer holds these offsets: was the topic truncated or created anew?";
constexpr std::string_view kHintReplication =
    "ask for no more replicas than there are brokers";
constexpr std::string_view kHintConfig = "correct the topic settings that the brokers refused";
constexpr std::string_view kHintNone = "";

struct Known {
  rd_kafka_resp_err_t code;
  ErrorClass error_class;
  std::string_view hint;
};

using enum ErrorClass;

#define WAYMARK_KAFKA_ERROR(name, error_class, hint) \
  Known { RD_KAFKA_RESP_ERR_##name, error_class, hint }

// Every code whose class is not "fatal without a hint", ordered by number.
constexpr std::array kKnown = {
    WAYMARK_KAFKA_ERROR(_TRANSPORT, kRetriable, kHintBrokers),
    WAYMARK_KAFKA_ERROR(_RESOLVE, kRetriable, kHintBrokers),
    WAYMARK_KAFKA_ERROR(_MSG_TIMED_OUT, kAbort, kHintBrokers),
    WAYMARK_KAFKA_ERROR(_PARTITION_EOF, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(_UNKNOWN_PARTITION, kFatal, kHintTopic),
    WAYMARK_KAFKA_ERROR(_UNKNOWN_TOPIC, kFatal, kHintTopic),
    WAYMARK_KAFKA_ERROR(_ALL_BROKERS_DOWN, kRetriable, kHintBrokers),
    WAYMARK_KAFKA_ERROR(_TIMED_OUT, kRetriable, kHintBrokers),
    WAYMARK_KAFKA_ERROR(_QUEUE_FULL, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(_ISR_INSUFF, kRetriable, kHintReplicas),
    WAYMARK_KAFKA_ERROR(_NODE_UPDATE, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(_SSL, kFatal, kHintAuthentication),
    WAYMARK_KAFKA_ERROR(_WAIT_COORD, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(_IN_PROGRESS, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(_PREV_IN_PROGRESS, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(_AUTHENTICATION, kFatal, kHintAuthentication),
    WAYMARK_KAFKA_ERROR(_OUTDATED, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(_TIMED_OUT_QUEUE, kRetriable, kHintBrokers),
    WAYMARK_KAFKA_ERROR(_WAIT_CACHE, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(_INTR, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(_RETRY, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(_PURGE_QUEUE, kAbort, kHintNone),
    WAYMARK_KAFKA_ERROR(_PURGE_INFLIGHT, kAbort, kHintNone),
    WAYMARK_KAFKA_ERROR(_MAX_POLL_EXCEEDED, kAbort,
                        "a worker was busy for too long: see librdkafka.max.poll.interval.ms"),
    WAYMARK_KAFKA_ERROR(_FENCED, kFatal, kHintFenced),
    WAYMARK_KAFKA_ERROR(_ASSIGNMENT_LOST, kAbort, kHintNone),
    WAYMARK_KAFKA_ERROR(_AUTO_OFFSET_RESET, kFatal, kHintOffsets),
    WAYMARK_KAFKA_ERROR(OFFSET_OUT_OF_RANGE, kFatal, kHintOffsets),
    WAYMARK_KAFKA_ERROR(UNKNOWN_TOPIC_OR_PART, kRetriable, kHintTopic),
    WAYMARK_KAFKA_ERROR(LEADER_NOT_AVAILABLE, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(NOT_LEADER_FOR_PARTITION, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(REQUEST_TIMED_OUT, kRetriable, kHintBrokers),
    WAYMARK_KAFKA_ERROR(BROKER_NOT_AVAILABLE, kRetriable, kHintBrokers),
    WAYMARK_KAFKA_ERROR(REPLICA_NOT_AVAILABLE, kRetriable, kHintReplicas),
    WAYMARK_KAFKA_ERROR(MSG_SIZE_TOO_LARGE, kFatal, kHintTooLarge),
    WAYMARK_KAFKA_ERROR(OFFSET_METADATA_TOO_LARGE, kFatal,
                        "raise offset.metadata.max.bytes of the brokers"),
    WAYMARK_KAFKA_ERROR(NETWORK_EXCEPTION, kRetriable, kHintBrokers),
    WAYMARK_KAFKA_ERROR(COORDINATOR_LOAD_IN_PROGRESS, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(COORDINATOR_NOT_AVAILABLE, kRetriable, kHintBrokers),
    WAYMARK_KAFKA_ERROR(NOT_COORDINATOR, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(TOPIC_EXCEPTION, kFatal, kHintTopic),
    WAYMARK_KAFKA_ERROR(RECORD_LIST_TOO_LARGE, kFatal, kHintTooLarge),
    WAYMARK_KAFKA_ERROR(NOT_ENOUGH_REPLICAS, kRetriable, kHintReplicas),
    WAYMARK_KAFKA_ERROR(NOT_ENOUGH_REPLICAS_AFTER_APPEND, kRetriable, kHintReplicas),
    WAYMARK_KAFKA_ERROR(ILLEGAL_GENERATION, kAbort, kHintNone),
    WAYMARK_KAFKA_ERROR(INCONSISTENT_GROUP_PROTOCOL, kFatal, kHintAssignment),
    WAYMARK_KAFKA_ERROR(UNKNOWN_MEMBER_ID, kAbort, kHintNone),
    WAYMARK_KAFKA_ERROR(INVALID_SESSION_TIMEOUT, kFatal, kHintSessionTimeout),
    WAYMARK_KAFKA_ERROR(REBALANCE_IN_PROGRESS, kAbort, kHintNone),
    WAYMARK_KAFKA_ERROR(TOPIC_AUTHORIZATION_FAILED, kFatal, kHintAcl),
    WAYMARK_KAFKA_ERROR(GROUP_AUTHORIZATION_FAILED, kFatal, kHintAcl),
    WAYMARK_KAFKA_ERROR(CLUSTER_AUTHORIZATION_FAILED, kFatal, kHintAcl),
    WAYMARK_KAFKA_ERROR(UNSUPPORTED_SASL_MECHANISM, kFatal, kHintAuthentication),
    WAYMARK_KAFKA_ERROR(INVALID_PARTITIONS, kFatal, kHintConfig),
    WAYMARK_KAFKA_ERROR(INVALID_REPLICATION_FACTOR, kFatal, kHintReplication),
    WAYMARK_KAFKA_ERROR(INVALID_CONFIG, kFatal, kHintConfig),
    WAYMARK_KAFKA_ERROR(NOT_CONTROLLER, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(POLICY_VIOLATION, kFatal, kHintConfig),
    WAYMARK_KAFKA_ERROR(OUT_OF_ORDER_SEQUENCE_NUMBER, kAbort, kHintNone),
    WAYMARK_KAFKA_ERROR(INVALID_PRODUCER_EPOCH, kFatal, kHintFenced),
    WAYMARK_KAFKA_ERROR(INVALID_PRODUCER_ID_MAPPING, kAbort, kHintNone),
    WAYMARK_KAFKA_ERROR(INVALID_TRANSACTION_TIMEOUT, kFatal, kHintTransactionTimeout),
    WAYMARK_KAFKA_ERROR(CONCURRENT_TRANSACTIONS, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(TRANSACTIONAL_ID_AUTHORIZATION_FAILED, kFatal, kHintAcl),
    WAYMARK_KAFKA_ERROR(KAFKA_STORAGE_ERROR, kRetriable, "look at the disks of the brokers"),
    WAYMARK_KAFKA_ERROR(SASL_AUTHENTICATION_FAILED, kFatal, kHintAuthentication),
    WAYMARK_KAFKA_ERROR(UNKNOWN_PRODUCER_ID, kAbort, kHintNone),
    WAYMARK_KAFKA_ERROR(FENCED_LEADER_EPOCH, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(UNKNOWN_LEADER_EPOCH, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(STALE_BROKER_EPOCH, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(OFFSET_NOT_AVAILABLE, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(PREFERRED_LEADER_NOT_AVAILABLE, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(GROUP_MAX_SIZE_REACHED, kFatal,
                        "raise group.max.size of the brokers or run fewer workers"),
    WAYMARK_KAFKA_ERROR(FENCED_INSTANCE_ID, kFatal, kHintFenced),
    WAYMARK_KAFKA_ERROR(UNSTABLE_OFFSET_COMMIT, kRetriable, kHintNone),
    WAYMARK_KAFKA_ERROR(THROTTLING_QUOTA_EXCEEDED, kRetriable,
                        "the brokers' quota slows this client down"),
    WAYMARK_KAFKA_ERROR(PRODUCER_FENCED, kFatal, kHintFenced),
};
#undef WAYMARK_KAFKA_ERROR

static_assert(std::is_sorted(kKnown.begin(), kKnown.end(),
                             [](const Known& a, const Known& b) { return a.code < b.code; }));

const Known* Find(rd_kafka_resp_err_t code) {
  const auto at =
      std::lower_bound(kKnown.begin(), kKnown.end(), code,
                       [](const Known& known, rd_kafka_resp_err_t c) { return known.code < c; });
  return at != kKnown.end() && at->code == code ? &*at : nullptr;
}

base::StatusCode StatusCodeOf(ErrorClass error_class) {
  switch (error_class) {
    case kRetriable: return base::StatusCode::kRetriable;
    case kAbort: return base::StatusCode::kAbort;
    case kFatal: return base::StatusCode::kKafka;
  }
  return base::StatusCode::kKafka;
}

std::string Message(rd_kafka_resp_err_t code, std::string_view what, std::string_view detail) {
  std::string text(what);
  text += ": ";
  text += detail.empty() ? std::string_view(rd_kafka_err2str(code)) : detail;
  text += " (";
  text += rd_kafka_err2name(code);
  return text + ")";
}

}  // namespace

ErrorClass Classify(rd_kafka_resp_err_t code) {
  const Known* known = Find(code);
  return known == nullptr ? kFatal : known->error_class;
}

std::string_view HintFor(rd_kafka_resp_err_t code) {
  const Known* known = Find(code);
  return known == nullptr ? kHintNone : known->hint;
}

base::Status MakeStatus(rd_kafka_resp_err_t code, std::string_view what, std::string_view detail) {
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return {StatusCodeOf(Classify(code)), Message(code, what, detail), std::string(HintFor(code))};
}

base::Status MakeStatus(const rd_kafka_error_t* error, std::string_view what) {
  if (error == nullptr) return {};
  const rd_kafka_resp_err_t code = rd_kafka_error_code(error);
  ErrorClass error_class = Classify(code);
  if (rd_kafka_error_is_fatal(error) != 0) {
    error_class = kFatal;
  } else if (rd_kafka_error_txn_requires_abort(error) != 0) {
    error_class = kAbort;
  } else if (rd_kafka_error_is_retriable(error) != 0) {
    error_class = kRetriable;
  }
  return {StatusCodeOf(error_class), Message(code, what, rd_kafka_error_string(error)),
          std::string(HintFor(code))};
}

base::Status FatalStatus(rd_kafka_t* client, std::string_view what) {
  std::array<char, 512> text{};
  const rd_kafka_resp_err_t code = rd_kafka_fatal_error(client, text.data(), text.size());
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return {base::StatusCode::kKafka, Message(code, what, text.data()), std::string(HintFor(code))};
}

}  // namespace waymark::kafka
