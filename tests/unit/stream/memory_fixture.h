#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "stream/memory_broker.h"

namespace waymark::stream {

using base::Millis;
using base::Offset;
using base::Partition;
using base::StatusCode;

#define ASSERT_OK(expression)                      \
  do {                                             \
    const base::Status asserted = (expression);    \
    ASSERT_TRUE(asserted.ok()) << asserted.text(); \
  } while (false)
#define EXPECT_OK(expression)                      \
  do {                                             \
    const base::Status expected = (expression);    \
    EXPECT_TRUE(expected.ok()) << expected.text(); \
  } while (false)

inline constexpr Millis kNow{0};

class Recorder : public RebalanceListener {
 public:
  base::Status OnAssigned(std::span<const TopicPartition> partitions) override {
    owned.insert(partitions.begin(), partitions.end());
    return on_assigned ? on_assigned(partitions) : base::Status();
  }
  base::Status OnRevoked(std::span<const TopicPartition> partitions) override {
    for (const TopicPartition& partition : partitions) owned.erase(partition);
    revoked += partitions.size();
    return on_revoked ? on_revoked() : base::Status();
  }
  base::Status OnLost(std::span<const TopicPartition> partitions) override {
    for (const TopicPartition& partition : partitions) owned.erase(partition);
    lost += partitions.size();
    return {};
  }
  std::function<base::Status(std::span<const TopicPartition>)> on_assigned;
  std::function<base::Status()> on_revoked;
  std::set<TopicPartition> owned;
  size_t revoked = 0;
  size_t lost = 0;
};

// A broker that never waits, by a clock that the test sets, with the topic "t".
class MemoryBrokerTest : public testing::Test {
 protected:
  static MemoryBrokerOptions Options() {
    MemoryBrokerOptions options;
    options.wait = false;
    options.message_bytes_max = 1000;
    return options;
  }

  void CreateTopic(int32_t partitions) {
    const auto created = broker_.MakeAdmin()->Create({{"t", partitions, -1, {}}}, kNow);
    ASSERT_TRUE(created.ok());
  }
  std::unique_ptr<TransactionalProducer> MakeProducer(const std::string& id) {
    auto producer = broker_.MakeTransactionalProducer(id);
    EXPECT_OK(producer->Init(kNow));
    return producer;
  }
  std::unique_ptr<Consumer> MakeConsumer(RebalanceListener& listener) {
    auto consumer = broker_.MakeConsumer("g");
    EXPECT_OK(consumer->Subscribe({"t"}, listener));
    return consumer;
  }
  void Send(TransactionalProducer& producer, std::string_view value) {
    EXPECT_OK(producer.Send({"t", Partition(0), "k", value, {}, {1}}));
  }
  void WriteTransaction(TransactionalProducer& producer, std::vector<std::string> values,
                        bool commit = true) {
    ASSERT_OK(producer.Begin());
    for (const std::string& value : values) Send(producer, value);
    ASSERT_OK(commit ? producer.Commit(kNow) : producer.Abort(kNow));
  }
  void Write(std::string_view value, int32_t partition = 0) {
    EXPECT_OK(broker_.MakePlainProducer()->Send({"t", Partition(partition), "k", value, {}, {1}}));
  }
  static std::vector<std::string> Values(std::span<const Record> records) {
    std::vector<std::string> values;
    for (const Record& record : records) values.emplace_back(record.value.value_or("<none>"));
    return values;
  }
  std::vector<std::string> PollValues(Consumer& consumer, size_t limit = 100) {
    const auto records = consumer.Poll(kNow, limit);
    EXPECT_TRUE(records.ok()) << records.status().text();
    return records.ok() ? Values(*records) : std::vector<std::string>();
  }
  std::vector<std::string> ReadAll() {
    auto reader = broker_.MakeLogReader();
    EXPECT_OK(reader->Open({"t", Partition(0)}, Offset(0)));
    const auto records = reader->Next(1000, kNow);
    EXPECT_TRUE(records.ok()) << records.status().text();
    return records.ok() ? Values(*records) : std::vector<std::string>();
  }

  const TopicPartition zero_{"t", Partition(0)};
  base::ManualClock clock_{{1'000'000}};
  MemoryBroker broker_{clock_, Options()};
};

}  // namespace waymark::stream
