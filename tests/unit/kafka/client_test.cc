#include "kafka/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kafka/consumer.h"
#include "kafka/log_limiter.h"
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

TEST(LogLimiter, AdmitsAFewLinesInAWindowAndCountsTheRest) {
  base::ManualClock clock({0});
  LogLimiter limiter(clock);
  for (int64_t i = 0; i < LogLimiter::kLines; ++i) EXPECT_TRUE(limiter.Admit().write);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(limiter.Admit().write);
  clock.Advance(LogLimiter::kWindow);
  const LogLimiter::Verdict next = limiter.Admit();
  EXPECT_TRUE(next.write);
  EXPECT_EQ(next.suppressed_before, 3);
  EXPECT_EQ(limiter.Admit().suppressed_before, 0);
}

}  // namespace
}  // namespace waymark::kafka
