#include <utility>

#include "stream/memory_state.h"

namespace waymark::stream {
namespace {

using base::StatusCode;

class MemoryTransactionalProducer final : public TransactionalProducer {
 public:
  MemoryTransactionalProducer(MemoryState& state, std::string id)
      : state_(state), id_(std::move(id)) {}

  base::Status Init(base::Millis /*timeout*/) override {
    WAYMARK_RETURN_IF_ERROR(state_.Fault("producer.init", id_));
    const auto lock = state_.Acquire();
    MemoryTransactionalId& id = state_.transactional_ids[id_];
    state_.EndTransaction(id, false);
    epoch_ = ++id.epoch;
    return {};
  }

  base::Status Begin() override {
    if (needs_replacement_) return Unknown();
    WAYMARK_RETURN_IF_ERROR(fatal_);
    // Nothing is open yet, so what may be tried again stays so.
    WAYMARK_RETURN_IF_ERROR(Remember(state_.Fault("producer.begin", id_)));
    const auto lock = state_.Acquire();
    WAYMARK_RETURN_IF_ERROR(CheckEpoch());
    if (in_transaction_) return Fail("beginning a transaction: one is open");
    in_transaction_ = true;
    must_abort_ = {};
    return {};
  }

  base::Status Send(const OutputRecord& record) override {
    WAYMARK_RETURN_IF_ERROR(Meet("producer.send"));
    const auto lock = state_.Acquire();
    WAYMARK_RETURN_IF_ERROR(CheckTransaction("sending"));
    auto offset = state_.Append(record, &Transaction());
    if (!offset.ok()) return Remember(offset.status());
    sent_.push_back({std::string(record.topic), record.partition, *offset});
    return {};
  }

  base::Status HandOver() override { return {}; }
  base::Status Flush(base::Millis /*timeout*/) override {
    WAYMARK_RETURN_IF_ERROR(Meet("producer.flush"));
    WAYMARK_RETURN_IF_ERROR(must_abort_);
    TellDeliveries();
    return {};
  }

  base::Status SendOffsets(std::span<const CommittedOffset> offsets, const GroupMetadata& group,
                           base::Millis /*timeout*/) override {
    WAYMARK_RETURN_IF_ERROR(Meet("producer.send_offsets"));
    const auto& from = static_cast<const MemoryGroupMetadata&>(group);
    const auto lock = state_.Acquire();
    WAYMARK_RETURN_IF_ERROR(CheckTransaction("sending offsets"));
    MemoryGroup& target = state_.groups[from.group];
    const auto member = target.members.find(from.member);
    if (member == target.members.end() || from.generation != target.generation ||
        (target.rebalancing && member->second.prepared)) {
      return Remember({StatusCode::kAbort, "sending offsets: the group has a newer generation"});
    }
    auto& pending = Transaction().offsets[from.group];
    for (const CommittedOffset& offset : offsets) {
      WAYMARK_CHECK(offset.offset.has_value(), "offsets of a transaction are stated");
      pending[offset.at] = offset;
    }
    return {};
  }

  base::Status Commit(base::Millis timeout) override {
    WAYMARK_RETURN_IF_ERROR(must_abort_);
    WAYMARK_RETURN_IF_ERROR(Flush(timeout));
    return End(true, "producer.commit", "producer.committed");
  }

  base::Status Abort(base::Millis /*timeout*/) override {
    sent_.clear();
    return End(false, "producer.abort", "producer.aborted");
  }

  bool NeedsReplacement() const override { return needs_replacement_; }
  void SetDeliveryListener(DeliveryListener* listener) override { listener_ = listener; }

 private:
  struct Sent {
    std::string topic;
    base::Partition partition;
    base::Offset offset;
  };

  // What the hook says within a transaction: patience ends with the call.
  base::Status Meet(std::string_view point) {
    if (needs_replacement_) return Unknown();
    WAYMARK_RETURN_IF_ERROR(fatal_);
    base::Status fault = state_.Fault(point, id_);
    if (fault.code() == StatusCode::kRetriable) {
      fault = {StatusCode::kAbort, fault.message(), fault.hint()};
    }
    return Remember(std::move(fault));
  }

  base::Status Remember(base::Status fault) {
    if (fault.code() == StatusCode::kKafka) fatal_ = fault;
    if (fault.code() == StatusCode::kAbort) must_abort_ = fault;
    return fault;
  }

  base::Status Fail(std::string message) {
    return Remember({StatusCode::kKafka, std::move(message)});
  }

  static base::Status Unknown() {
    return {StatusCode::kAbort,
            "ending the transaction: the outcome is unknown, the producer must be replaced"};
  }

  base::Status CheckEpoch() {
    state_.ExpireTransactions();
    if (epoch_ == 0) return Fail("the transactional producer was not initialised");
    if (state_.transactional_ids[id_].epoch == epoch_) return {};
    return Remember({StatusCode::kKafka, "the producer was fenced by a newer one with the same id",
                     "give each instance its own kafka.transactional_id_prefix"});
  }

  base::Status CheckTransaction(std::string_view what) {
    WAYMARK_RETURN_IF_ERROR(must_abort_);
    WAYMARK_RETURN_IF_ERROR(CheckEpoch());
    if (in_transaction_) return {};
    return Fail(std::string(what) + ": no transaction is open");
  }

  // For the broker a transaction starts with what is first written in it, also where a delayed
  // request has just ended the one that the producer believes in.
  MemoryTransaction& Transaction() {
    MemoryTransactionalId& id = state_.transactional_ids[id_];
    if (!id.open) {
      id.open.emplace();
      id.open->started = state_.clock.Monotonic();
    }
    return *id.open;
  }

  base::Status End(bool commit, std::string_view before, std::string_view after) {
    if (needs_replacement_) return Unknown();
    WAYMARK_RETURN_IF_ERROR(fatal_);
    WAYMARK_RETURN_IF_ERROR(Judge(state_.Fault(before, id_)));
    {
      const auto lock = state_.Acquire();
      WAYMARK_RETURN_IF_ERROR(CheckEpoch());
      if (!in_transaction_) return Fail("ending a transaction: none is open");
      in_transaction_ = false;
      state_.EndTransaction(state_.transactional_ids[id_], commit);
    }
    must_abort_ = {};
    // Whatever went wrong behind it, the broker has done it.
    if (const base::Status lost = state_.Fault(after, id_); !lost.ok()) {
      needs_replacement_ = true;
      return lost.code() == StatusCode::kKafka ? Remember(lost) : Unknown();
    }
    return {};
  }

  base::Status Judge(base::Status fault) {
    if (fault.code() != StatusCode::kRetriable) return Remember(std::move(fault));
    needs_replacement_ = true;
    return Unknown();
  }

  void TellDeliveries() {
    for (const Sent& sent : std::exchange(sent_, {})) {
      if (listener_ != nullptr) listener_->OnDelivered(sent.topic, sent.partition, sent.offset);
    }
  }

  MemoryState& state_;
  const std::string id_;
  int64_t epoch_ = 0;
  bool in_transaction_ = false;
  bool needs_replacement_ = false;
  base::Status must_abort_;
  base::Status fatal_;
  DeliveryListener* listener_ = nullptr;
  std::vector<Sent> sent_;
};

class MemoryPlainProducer final : public PlainProducer {
 public:
  explicit MemoryPlainProducer(MemoryState& state) : state_(state) {}

  base::Status Send(const OutputRecord& record) override {
    WAYMARK_RETURN_IF_ERROR(state_.Fault("plain.send", ""));
    const auto lock = state_.Acquire();
    return state_.Append(record, nullptr).status();
  }
  base::Status Flush(base::Millis /*timeout*/) override { return state_.Fault("plain.flush", ""); }

 private:
  MemoryState& state_;
};

}  // namespace

std::unique_ptr<TransactionalProducer> MakeMemoryTransactionalProducer(MemoryState& state,
                                                                       std::string id) {
  return std::make_unique<MemoryTransactionalProducer>(state, std::move(id));
}

std::unique_ptr<PlainProducer> MakeMemoryPlainProducer(MemoryState& state) {
  return std::make_unique<MemoryPlainProducer>(state);
}

}  // namespace waymark::stream
