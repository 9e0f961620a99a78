#include "kafka/producer.h"

#include <array>
#include <thread>
#include <utility>

#include "base/crash_point.h"
#include "kafka/consumer.h"
#include "kafka/errors.h"
#include "kafka/partitions.h"
#include "kafka/retry.h"

namespace waymark::kafka {
namespace {

// Within a transaction patience ends with the call: what did not succeed by then is given up.
base::Status AbortIfRetriable(base::Status status) {
  if (status.code() != base::StatusCode::kRetriable) return status;
  return {base::StatusCode::kAbort, status.message(), status.hint()};
}

}  // namespace

base::Result<std::unique_ptr<stream::TransactionalProducer>> TransactionalProducer::Make(
    const ClientSettings& settings, const metrics::Metrics* metrics) {
  if (settings.transactional_id.empty()) {
    return base::Status(base::StatusCode::kConfig, "a transactional producer needs an id",
                        "set kafka.transactional_id_prefix");
  }
  WAYMARK_ASSIGN_OR_RETURN(auto sender,
                           Sender::Make(settings, ClientRole::kTransactional, metrics));
  return std::unique_ptr<stream::TransactionalProducer>(
      new TransactionalProducer(std::move(sender), metrics));
}

// The library waits for its threads when it is destroyed, which may take long while a transaction
// hangs: whoever replaces the producer does not wait with it. Its successor's epoch shuts it out.
TransactionalProducer::~TransactionalProducer() {
  if (!needs_replacement_) return;
  sender_->LetGo();
  std::thread([sender = std::move(sender_)]() mutable { sender.reset(); }).detach();
}

base::Status TransactionalProducer::Init(base::Millis timeout) {
  base::AtCrashPoint("producer.init");
  return Retry(Deadline(timeout), [&](base::Millis left) {
    return MakeStatus(
        ErrorHandle(rd_kafka_init_transactions(sender_->handle(), ToTimeout(left))),
        "initialising the transactional producer");
  });
}

base::Status TransactionalProducer::Begin() {
  if (needs_replacement_) return SpentStatus("beginning a transaction");
  base::AtCrashPoint("producer.begin");
  sender_->ForgetFailure();
  return MakeStatus(ErrorHandle(rd_kafka_begin_transaction(sender_->handle())),
                    "beginning a transaction");
}

base::Status TransactionalProducer::Send(const stream::OutputRecord& record) {
  base::AtCrashPoint("producer.send");
  return AbortIfRetriable(sender_->SendWithOthers(record));
}

base::Status TransactionalProducer::HandOver() {
  return AbortIfRetriable(sender_->HandOver());
}

base::Status TransactionalProducer::Flush(base::Millis timeout) {
  base::AtCrashPoint("producer.flush");
  return AbortIfRetriable(sender_->Flush(timeout));
}

base::Status TransactionalProducer::SendOffsets(std::span<const stream::CommittedOffset> offsets,
                                                const stream::GroupMetadata& group,
                                                base::Millis timeout) {
  for (const stream::CommittedOffset& offset : offsets) {
    // The library would leave it out, and the partition would be written without a fence.
    WAYMARK_CHECK(offset.offset.has_value(), "offsets of a transaction are stated");
  }
  const auto& metadata = static_cast<const GroupMetadata&>(group);
  const PartitionListHandle list = ToList(offsets);
  base::AtCrashPoint("producer.send_offsets");
  return AbortIfRetriable(Retry(Deadline(timeout), [&](base::Millis left) {
    return MakeStatus(ErrorHandle(rd_kafka_send_offsets_to_transaction(
                          sender_->handle(), list.get(), metadata.handle.get(), ToTimeout(left))),
                      "sending offsets to the transaction");
  }));
}

base::Status TransactionalProducer::Commit(base::Millis timeout) {
  if (needs_replacement_) return SpentStatus("committing the transaction");
  base::AtCrashPoint("producer.commit");
  WAYMARK_RETURN_IF_ERROR(AbortIfRetriable(sender_->HandOver()));
  const base::Status committed = Retry(Deadline(timeout), [&](base::Millis left) {
    const ErrorHandle error(rd_kafka_commit_transaction(sender_->handle(), ToTimeout(left)));
    return MakeEndStatus(error, "committing the transaction");
  });
  sender_->TellDelivered();
  if (committed.ok()) base::AtCrashPoint("producer.committed");
  // What failed to be delivered tells more than that the transaction cannot be committed.
  if (committed.code() == base::StatusCode::kAbort && !sender_->failure().ok()) {
    return sender_->failure();
  }
  return Outcome(committed, "committing the transaction");
}

base::Status TransactionalProducer::Abort(base::Millis timeout) {
  if (needs_replacement_) return SpentStatus("aborting the transaction");
  base::AtCrashPoint("producer.abort");
  sender_->DropHeld();
  const base::Status aborted = Retry(Deadline(timeout), [&](base::Millis left) {
    const ErrorHandle error(rd_kafka_abort_transaction(sender_->handle(), ToTimeout(left)));
    return MakeEndStatus(error, "aborting the transaction");
  });
  if (aborted.ok()) base::AtCrashPoint("producer.aborted");
  return Outcome(aborted, "aborting the transaction");
}

// After an outage the broker may have ended the transaction at its time limit. That is final for
// the library's producer, but not for its transactional id.
base::Status TransactionalProducer::MakeEndStatus(const ErrorHandle& error, std::string_view what) {
  if (error && rd_kafka_error_code(error.get()) == RD_KAFKA_RESP_ERR_INVALID_TXN_STATE) {
    needs_replacement_ = true;
    return SpentStatus(what);
  }
  return MakeStatus(error, what);
}

// A request to end the transaction that timed out may still reach the broker, and would end
// whatever transaction this producer has open then.
base::Status TransactionalProducer::Outcome(base::Status status, std::string_view what) {
  CountIfFenced();
  if (status.code() != base::StatusCode::kRetriable) return status;
  needs_replacement_ = true;
  return SpentStatus(std::string(what) + ": " + status.message());
}

// Another producer with the same transactional id has taken over.
void TransactionalProducer::CountIfFenced() {
  if (metrics_ == nullptr || counted_fenced_) return;
  std::array<char, 1> reason{};
  const rd_kafka_resp_err_t fault =
      rd_kafka_fatal_error(sender_->handle(), reason.data(), reason.size());
  counted_fenced_ = fault == RD_KAFKA_RESP_ERR__FENCED ||
                    fault == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
                    fault == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH;
  if (counted_fenced_) metrics_->output.transactions.With("fenced").Add();
}

base::Status TransactionalProducer::SpentStatus(std::string_view what) const {
  return {base::StatusCode::kAbort,
          std::string(what) + ": the outcome is unknown, the producer must be replaced",
          std::string(HintFor(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN))};
}

base::Result<std::unique_ptr<stream::PlainProducer>> PlainProducer::Make(
    const ClientSettings& settings) {
  WAYMARK_ASSIGN_OR_RETURN(auto sender, Sender::Make(settings, ClientRole::kPlain));
  return std::unique_ptr<stream::PlainProducer>(new PlainProducer(std::move(sender)));
}

base::Status PlainProducer::Send(const stream::OutputRecord& record) {
  WAYMARK_RETURN_IF_ERROR(Final(sender_->failure()));
  return Final(sender_->Send(record));
}

base::Status PlainProducer::Flush(base::Millis timeout) { return Final(sender_->Flush(timeout)); }

// Without a transaction there is nothing to abort: a record that was given up is lost.
base::Status PlainProducer::Final(base::Status status) const {
  if (status.code() != base::StatusCode::kAbort) return status;
  return {base::StatusCode::kKafka, status.message(), status.hint()};
}

}  // namespace waymark::kafka
