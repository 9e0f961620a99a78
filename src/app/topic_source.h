#pragma once

#include <array>
#include <memory>
#include <string>

#include "base/status.h"
#include "files/canonical_view.h"
#include "kafka/settings.h"
#include "stream/consumer.h"

namespace waymark::app {

// kafka://BROKERS/PREFIX; without prefix: waymark. kConfig where it is malformed.
struct TopicAddress {
  std::string brokers;
  std::string prefix;
};
base::Result<TopicAddress> ParseTopicAddress(const std::string& address);

// The four output topics PREFIX.steps and so on as one side of a comparison: all partitions, from
// the first offset kept to the high watermark, committed records alone.
class TopicSource final : public files::OutputSource {
 public:
  // `address`: a TopicAddress. kConfig where it is malformed or no such topic exists, kKafka where
  // no broker answers within `connect_timeout`.
  static base::Result<std::unique_ptr<files::OutputSource>> Open(
      const std::string& address, const kafka::ClientSettings& settings,
      base::Millis connect_timeout);
  static bool IsAddress(const std::string& text) { return text.starts_with("kafka://"); }

  bool Has(files::OutputKind kind) const override { return PartitionsOf(kind) > 0; }
  base::Status Read(files::OutputKind kind, const files::RecordVisitor& visit) override;
  double share() const override;

 private:
  std::string TopicOf(files::OutputKind kind) const;
  int32_t PartitionsOf(files::OutputKind kind) const {
    return partitions_[static_cast<size_t>(kind)];
  }
  base::Status ReadPartition(files::OutputKind kind, base::Partition partition,
                             const files::RecordVisitor& visit);

  std::string prefix_;
  std::unique_ptr<stream::LogReader> reader_;
  std::array<int32_t, files::kOutputKinds> partitions_{};  // 0: no such topic
  int64_t total_ = 0;  // offsets of the kind being read
  int64_t passed_ = 0;
};

}  // namespace waymark::app
