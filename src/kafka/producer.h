#pragma once

#include <memory>

#include "kafka/sender.h"
#include "kafka/settings.h"
#include "stream/producer.h"

namespace waymark::kafka {

// Writes in transactions. Passing faults are retried inside, up to the timeout of each call.
class TransactionalProducer final : public stream::TransactionalProducer {
 public:
  // `metrics`, where given, are told what waits and what could not be delivered.
  static base::Result<std::unique_ptr<stream::TransactionalProducer>> Make(
      const ClientSettings& settings, const metrics::Metrics* metrics = nullptr);
  ~TransactionalProducer() override;

  base::Status Init(base::Millis timeout) override;
  base::Status Begin() override;
  base::Status Send(const stream::OutputRecord& record) override;
  base::Status HandOver() override;
  base::Status Flush(base::Millis timeout) override;
  base::Status SendOffsets(std::span<const stream::CommittedOffset> offsets,
                           const stream::GroupMetadata& group, base::Millis timeout) override;
  base::Status Commit(base::Millis timeout) override;
  base::Status Abort(base::Millis timeout) override;
  bool NeedsReplacement() const override { return needs_replacement_; }
  void SetDeliveryListener(stream::DeliveryListener* listener) override {
    sender_->set_listener(listener);
  }

 private:
  TransactionalProducer(std::unique_ptr<Sender> sender, const metrics::Metrics* metrics)
      : sender_(std::move(sender)), metrics_(metrics) {}
  void CountIfFenced();
  base::Status Outcome(base::Status status, std::string_view what);
  base::Status MakeEndStatus(const ErrorHandle& error, std::string_view what);
  base::Status SpentStatus(std::string_view what) const;

  std::unique_ptr<Sender> sender_;
  const metrics::Metrics* const metrics_;  // may be null
  bool counted_fenced_ = false;
  bool needs_replacement_ = false;
};

// Idempotent, in order, without transactions.
class PlainProducer final : public stream::PlainProducer {
 public:
  static base::Result<std::unique_ptr<stream::PlainProducer>> Make(const ClientSettings& settings);

  base::Status Send(const stream::OutputRecord& record) override;
  base::Status Flush(base::Millis timeout) override;

 private:
  explicit PlainProducer(std::unique_ptr<Sender> sender) : sender_(std::move(sender)) {}
  base::Status Final(base::Status status) const;

  std::unique_ptr<Sender> sender_;
};

}  // namespace waymark::kafka
