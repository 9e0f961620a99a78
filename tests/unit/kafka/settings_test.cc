#include "kafka/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace waymark::kafka {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Read(const ConfHandle& conf, const char* key) {
  std::array<char, 512> value{};
  size_t size = value.size();
  if (rd_kafka_conf_get(conf.get(), key, value.data(), &size) != RD_KAFKA_CONF_OK) return "<none>";
  return value.data();
}

ClientSettings Example() {
  ClientSettings settings;
  settings.brokers = "one:9092,two:9092";
  settings.client_id = "worker-3";
  settings.group_id = "journeys";
  settings.instance_id = "host-a-3";
  settings.transactional_id = "journeys-3";
  settings.transaction_timeout = std::chrono::seconds(12);
  settings.session_timeout = std::chrono::seconds(30);
  settings.linger = base::Millis(7);
  settings.compression = "zstd";
  settings.batch_bytes = 123'456;
  settings.batch_records = 777;
  settings.message_bytes_max = 2'000'000;
  settings.fetch_bytes_partition = 222'222;
  settings.fetch_bytes_max = 3'333'333;
  settings.queued_bytes = 5 << 20;
  settings.queued_output_bytes = 6 << 20;
  settings.queued_output_records = 4321;
  settings.fetch_wait_max = base::Millis(44);
  return settings;
}

TEST(Settings, OfAConsumerAreReadBack) {
  const auto conf = MakeConf(Example(), ClientRole::kConsumer);
  ASSERT_TRUE(conf.ok()) << conf.status().text();
  EXPECT_EQ(Read(*conf, "bootstrap.servers"), "one:9092,two:9092");
  EXPECT_EQ(Read(*conf, "client.id"), "worker-3");
  EXPECT_EQ(Read(*conf, "group.id"), "journeys");
  EXPECT_EQ(Read(*conf, "group.instance.id"), "host-a-3");
  EXPECT_EQ(Read(*conf, "session.timeout.ms"), "30000");
  EXPECT_EQ(Read(*conf, "isolation.level"), "read_committed");
  EXPECT_EQ(Read(*conf, "enable.auto.commit"), "false");
  EXPECT_EQ(Read(*conf, "enable.auto.offset.store"), "false");
  EXPECT_EQ(Read(*conf, "auto.offset.reset"), "smallest");  // the library's word for earliest
  EXPECT_EQ(Read(*conf, "partition.assignment.strategy"), "range");
  EXPECT_EQ(Read(*conf, "fetch.message.max.bytes"), "222222");
  EXPECT_EQ(Read(*conf, "fetch.max.bytes"), "3333333");
  EXPECT_EQ(Read(*conf, "fetch.wait.max.ms"), "44");
  EXPECT_EQ(Read(*conf, "queued.max.messages.kbytes"), "5120");
  EXPECT_EQ(Read(*conf, "allow.auto.create.topics"), "false");
}

TEST(Settings, CooperativeAssignmentAndDynamicMembership) {
  ClientSettings settings = Example();
  settings.assignment = AssignmentStrategy::kCooperative;
  settings.instance_id.clear();
  const auto conf = MakeConf(settings, ClientRole::kConsumer);
  ASSERT_TRUE(conf.ok());
  EXPECT_EQ(Read(*conf, "partition.assignment.strategy"), "cooperative-sticky");
  EXPECT_EQ(Read(*conf, "group.instance.id"), "<none>");
}

TEST(Settings, OfATransactionalProducerAreReadBack) {
  const auto conf = MakeConf(Example(), ClientRole::kTransactional);
  ASSERT_TRUE(conf.ok()) << conf.status().text();
  EXPECT_EQ(Read(*conf, "transactional.id"), "journeys-3");
  EXPECT_EQ(Read(*conf, "transaction.timeout.ms"), "12000");
  EXPECT_EQ(Read(*conf, "enable.idempotence"), "true");
  EXPECT_EQ(Read(*conf, "max.in.flight.requests.per.connection"), "1");
  EXPECT_EQ(Read(*conf, "linger.ms"), "7");
  EXPECT_EQ(Read(*conf, "compression.codec"), "zstd");
  EXPECT_EQ(Read(*conf, "batch.size"), "123456");
  EXPECT_EQ(Read(*conf, "batch.num.messages"), "777");
  EXPECT_EQ(Read(*conf, "message.max.bytes"), "2000000");
  EXPECT_EQ(Read(*conf, "queue.buffering.max.messages"), "4321");
  EXPECT_EQ(Read(*conf, "queue.buffering.max.kbytes"), "6144");
  EXPECT_EQ(Read(*conf, "request.required.acks"), "-1");
  EXPECT_EQ(Read(*conf, "partitioner"), "murmur2_random");
}

TEST(Settings, ATransactionTimesOutAfterTenSecondsByDefault) {
  ClientSettings settings;
  settings.brokers = "one:9092";
  settings.transactional_id = "t";
  const auto conf = MakeConf(settings, ClientRole::kTransactional);
  ASSERT_TRUE(conf.ok());
  EXPECT_EQ(Read(*conf, "transaction.timeout.ms"), "10000");
}

TEST(Settings, APlainProducerHasNoTransactionalId) {
  const auto conf = MakeConf(Example(), ClientRole::kPlain);
  ASSERT_TRUE(conf.ok());
  EXPECT_EQ(Read(*conf, "transactional.id"), "<none>");
  EXPECT_EQ(Read(*conf, "enable.idempotence"), "true");
}

TEST(Settings, ALogReaderLearnsOfTheEndAndNeverStartsOver) {
  const auto conf = MakeConf(Example(), ClientRole::kLogReader);
  ASSERT_TRUE(conf.ok());
  EXPECT_EQ(Read(*conf, "enable.partition.eof"), "true");
  EXPECT_EQ(Read(*conf, "auto.offset.reset"), "error");
  EXPECT_EQ(Read(*conf, "isolation.level"), "read_committed");
}

TEST(Settings, TheAdminSeesHighWatermarks) {
  const auto conf = MakeConf(Example(), ClientRole::kAdmin);
  ASSERT_TRUE(conf.ok());
  EXPECT_EQ(Read(*conf, "isolation.level"), "read_uncommitted");
  EXPECT_EQ(Read(*conf, "allow.auto.create.topics"), "false");
}

TEST(Settings, RawKeysWin) {
  ClientSettings settings = Example();
  settings.raw = {{"linger.ms", "99"}, {"max.poll.interval.ms", "600000"}};
  const auto conf = MakeConf(settings, ClientRole::kTransactional);
  ASSERT_TRUE(conf.ok()) << conf.status().text();
  EXPECT_EQ(Read(*conf, "linger.ms"), "99");
  EXPECT_EQ(Read(*conf, "max.poll.interval.ms"), "600000");
}

TEST(Settings, EveryRefusedKeyIsToldWithItsReason) {
  ClientSettings settings = Example();
  settings.raw = {{"no.such.key", "1"}, {"linger.ms", "soon"}, {"isolation.level", "x"}};
  const auto conf = MakeConf(settings, ClientRole::kConsumer);
  ASSERT_FALSE(conf.ok());
  EXPECT_EQ(conf.status().code(), base::StatusCode::kConfig);
  const std::string text = conf.status().text();
  EXPECT_THAT(text, HasSubstr("librdkafka.no.such.key: No such configuration property"));
  EXPECT_THAT(text, HasSubstr("librdkafka.linger.ms: "));
  EXPECT_THAT(text, HasSubstr("librdkafka.isolation.level: set by waymark itself"));
}

TEST(Settings, SecretsAreNotQuoted) {
  ClientSettings settings = Example();
  settings.raw = {{"no.such.password", "hunter2"}, {"ssl.key.password.x", "hunter2"}};
  const auto conf = MakeConf(settings, ClientRole::kAdmin);
  ASSERT_FALSE(conf.ok());
  EXPECT_THAT(conf.status().text(), Not(HasSubstr("hunter2")));
  EXPECT_THAT(conf.status().text(), HasSubstr("librdkafka.no.such.password: invalid value"));
}

}  // namespace
}  // namespace waymark::kafka
