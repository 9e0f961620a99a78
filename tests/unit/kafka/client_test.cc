#include "kafka/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "kafka/consumer.h"
#include "kafka/producer.h"

namespace waymark::kafka {
namespace {

using base::Millis;
using base::StatusCode;
using testing::HasSubstr;

// Nothing listens on the discard port of the loopback interface.
ClientSettings Nobody() {
  ClientSettings settings;
  settings.brokers = "127.0.0.1:9";
  settings.group_id = "g";
  return settings;
}

TEST(Client, WaitForBrokerNamesTheBrokersAndTheSetting) {
  const base::Status status = WaitForBroker(Nobody(), Millis(200));
  EXPECT_EQ(status.code(), StatusCode::kKafka);
  EXPECT_THAT(status.message(), HasSubstr("127.0.0.1:9 answered within 200ms"));
  EXPECT_THAT(status.hint(), HasSubstr("kafka.brokers"));
}

TEST(Client, WaitForBrokerEndsWhereItIsStopped) {
  const std::atomic<bool> stop = true;
  EXPECT_EQ(WaitForBroker(Nobody(), Millis(60'000), stop).code(), StatusCode::kCancelled);
}

TEST(Client, SettingsAreCheckedTogetherWithTheirFiles) {
  ClientSettings settings = Nobody();
  EXPECT_TRUE(CheckClient(settings).ok());
  settings.raw = {{"security.protocol", "SSL"}, {"ssl.ca.location", "/nowhere/ca.pem"}};
  EXPECT_EQ(CheckClient(settings).code(), StatusCode::kConfig);
}

TEST(Client, RefusedSettingsAreConfigurationFaults) {
  ClientSettings settings = Nobody();
  settings.raw = {{"session.timeout.ms", "600000"}, {"max.poll.interval.ms", "1000"}};
  const auto consumer = Consumer::Make(settings);
  ASSERT_FALSE(consumer.ok());
  EXPECT_EQ(consumer.status().code(), StatusCode::kConfig);
  EXPECT_THAT(consumer.status().message(), HasSubstr("max.poll.interval.ms"));
}

TEST(Client, NoBrokersIsAConfigurationFault) {
  EXPECT_EQ(WaitForBroker(ClientSettings(), Millis(1)).code(), StatusCode::kConfig);
}

TEST(Client, ATransactionalProducerNeedsAnId) {
  EXPECT_EQ(TransactionalProducer::Make(Nobody()).status().code(), StatusCode::kConfig);
}

TEST(Client, WithoutBrokerRequestsAreRetriable) {
  const auto consumer = Consumer::Make(Nobody());
  ASSERT_TRUE(consumer.ok()) << consumer.status().text();
  const stream::TopicPartition partition{"t", base::Partition(0)};
  EXPECT_EQ((*consumer)->Offsets(partition, Millis(50)).status().code(), StatusCode::kRetriable);
  EXPECT_EQ((*consumer)->Committed(std::span(&partition, 1), Millis(50)).status().code(),
            StatusCode::kRetriable);
}

TEST(Client, OutsideAGroupThereIsNoMetadataToCommitWith) {
  const auto consumer = Consumer::Make(Nobody());
  ASSERT_TRUE(consumer.ok());
  EXPECT_EQ((*consumer)->FetchGroupMetadata().status().code(), StatusCode::kAbort);
}

}  // namespace
}  // namespace waymark::kafka
