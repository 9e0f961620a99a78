#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "kafka/producer.h"
#include "kafka/settings.h"
#include "stream/producer.h"

namespace waymark::kafka {

// Two producers that take turns, a transaction each. A broker that has committed a transaction
// still writes its markers, and refuses the next one of the same producer until then; librdkafka
// asks again only after 20 ms, in which nothing of what was sent leaves. The other producer is free
// by then. Transactions do not overlap: one begins when the one before is committed or aborted.
//
// Their transactional ids are that of the settings, and the same with kSecondSuffix.
class AlternatingProducer final : public stream::TransactionalProducer {
 public:
  static constexpr std::string_view kSecondSuffix = "-b";

  static base::Result<std::unique_ptr<stream::TransactionalProducer>> Make(
      const ClientSettings& settings, const metrics::Metrics* metrics = nullptr);

  // Fences both.
  base::Status Init(base::Millis timeout) override;
  base::Status Begin() override;
  base::Status Send(const stream::OutputRecord& record) override { return current_->Send(record); }
  base::Status HandOver() override { return current_->HandOver(); }
  base::Status Flush(base::Millis timeout) override { return current_->Flush(timeout); }
  base::Status SendOffsets(std::span<const stream::CommittedOffset> offsets,
                           const stream::GroupMetadata& group, base::Millis timeout) override {
    return current_->SendOffsets(offsets, group, timeout);
  }
  base::Status Commit(base::Millis timeout) override { return current_->Commit(timeout); }
  base::Status Abort(base::Millis timeout) override { return current_->Abort(timeout); }
  bool NeedsReplacement() const override {
    return first_->NeedsReplacement() || second_->NeedsReplacement();
  }
  void SetDeliveryListener(stream::DeliveryListener* listener) override {
    first_->SetDeliveryListener(listener);
    second_->SetDeliveryListener(listener);
  }

 private:
  using Single = std::unique_ptr<stream::TransactionalProducer>;
  AlternatingProducer(Single first, Single second)
      : first_(std::move(first)), second_(std::move(second)), current_(second_.get()) {}

  const Single first_;
  const Single second_;
  stream::TransactionalProducer* current_;
};

}  // namespace waymark::kafka
