#include "app/topic_writer.h"

#include "app/kafka_setup.h"
#include "kafka/producer.h"

namespace waymark::app {

base::Result<std::unique_ptr<TopicWriter>> TopicWriter::Open(const config::Settings& settings,
                                                             std::string topic, double rate,
                                                             const base::Clock& clock,
                                                             const std::atomic<bool>& stop) {
  const kafka::ClientSettings client = ClientSettingsOf(settings);
  WAYMARK_RETURN_IF_ERROR(Connect(client, settings));
  WAYMARK_RETURN_IF_ERROR(RequireTopic(client, settings, topic));
  std::unique_ptr<TopicWriter> writer(new TopicWriter(std::move(topic), rate, clock, stop));
  WAYMARK_ASSIGN_OR_RETURN(writer->producer_, kafka::PlainProducer::Make(client));
  return writer;
}

base::Status TopicWriter::Send(std::string_view key, std::optional<std::string_view> value) {
  WAYMARK_RETURN_IF_ERROR(pacer_.Wait(sent_, stop_, [this] { return TakeReports(); }));
  if (stop_) return {base::StatusCode::kCancelled, "interrupted"};
  stream::OutputRecord record;
  record.topic = topic_;
  record.partition = base::Partition(-1);
  record.key = key;
  record.value = value;
  record.timestamp = clock_.Now();
  WAYMARK_RETURN_IF_ERROR(producer_->Send(record));
  ++sent_;
  return {};
}

// Delivery reports, so that a failure shows while the stream still waits.
base::Status TopicWriter::TakeReports() {
  const base::Status status = producer_->Flush(base::Millis(0));
  return status.code() == base::StatusCode::kRetriable ? base::Status() : status;
}

base::Status TopicWriter::Finish() {
  // Beyond the time after which a record is given up, so that a failure is told as such.
  constexpr base::Millis kDelivery = std::chrono::minutes(6);
  return producer_->Flush(kDelivery);
}

}  // namespace waymark::app
