#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "kafka/admin.h"
#include "kafka/consumer.h"
#include "kafka/log_reader.h"
#include "kafka/producer.h"

namespace waymark::kafka {

using base::Millis;
using base::Offset;
using base::Partition;
using base::StatusCode;
using stream::CommittedOffset;
using stream::Record;
using stream::TopicPartition;

inline constexpr Millis kPatience{30'000};

#define ASSERT_OK(expression)                      \
  do {                                             \
    const base::Status asserted = (expression);    \
    ASSERT_TRUE(asserted.ok()) << asserted.text(); \
  } while (false)

// A record that outlives the poll it came from.
struct Copy {
  std::string topic;
  int32_t partition = 0;
  int64_t offset = 0;
  std::string key;
  std::string value;
  std::vector<std::pair<std::string, std::string>> headers;
};

inline Copy CopyOf(const Record& record) {
  Copy copy{std::string(record.topic), record.partition.value, record.offset.value,
            std::string(record.key.value_or("<none>")),
            std::string(record.value.value_or("<none>")), {}};
  for (const stream::Header& header : record.headers) {
    copy.headers.emplace_back(header.name, header.value);
  }
  return copy;
}

// Writes down what it is told of, and runs what the test wants done in there.
class Recorder : public stream::RebalanceListener {
 public:
  base::Status OnAssigned(std::span<const TopicPartition> partitions) override {
    assigned.insert(assigned.end(), partitions.begin(), partitions.end());
    for (const TopicPartition& partition : partitions) owned.insert(partition);
    return on_assigned ? on_assigned(partitions) : base::Status();
  }
  base::Status OnRevoked(std::span<const TopicPartition> partitions) override {
    revoked.insert(revoked.end(), partitions.begin(), partitions.end());
    for (const TopicPartition& partition : partitions) owned.erase(partition);
    return {};
  }
  base::Status OnLost(std::span<const TopicPartition> partitions) override {
    lost.insert(lost.end(), partitions.begin(), partitions.end());
    for (const TopicPartition& partition : partitions) owned.erase(partition);
    return {};
  }

  std::function<base::Status(std::span<const TopicPartition>)> on_assigned;
  std::vector<TopicPartition> assigned;
  std::vector<TopicPartition> revoked;
  std::vector<TopicPartition> lost;
  std::set<TopicPartition> owned;
};

// Needs a broker, named by WAYMARK_BROKERS. Each test has topics, a group and ids of its own.
class KafkaTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* brokers = std::getenv("WAYMARK_BROKERS");
    if (brokers == nullptr || *brokers == '\0') {
      GTEST_SKIP() << "NOT TESTED AGAINST A REAL KAFKA: WAYMARK_BROKERS names no bootstrap server";
    }
    settings_.brokers = brokers;
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    name_ = std::string("test.") + test->name() + "." + std::to_string(getpid());
    for (char& c : name_) c = c == '/' ? '.' : c;
    settings_.group_id = name_;
    settings_.session_timeout = Millis(6000);
    ASSERT_OK(WaitForBroker(settings_, kPatience));
  }

  std::string CreateTopic(int32_t partitions, std::map<std::string, std::string> config = {}) {
    auto admin = Admin::Make(settings_);
    EXPECT_TRUE(admin.ok());
    const auto created = (*admin)->Create({{name_, partitions, -1, std::move(config)}}, kPatience);
    EXPECT_TRUE(created.ok()) << created.status().text();
    return name_;
  }

  std::unique_ptr<stream::TransactionalProducer> MakeProducer(
      const std::string& id, const metrics::Metrics* metrics = nullptr) {
    ClientSettings settings = settings_;
    settings.transactional_id = name_ + "." + id;
    auto producer = TransactionalProducer::Make(settings, metrics);
    EXPECT_TRUE(producer.ok()) << producer.status().text();
    const base::Status ready = (*producer)->Init(kPatience);
    EXPECT_TRUE(ready.ok()) << ready.text();
    return std::move(producer).value();
  }

  std::unique_ptr<stream::Consumer> MakeConsumer(stream::RebalanceListener& listener) {
    auto consumer = Consumer::Make(settings_);
    EXPECT_TRUE(consumer.ok()) << consumer.status().text();
    const base::Status subscribed = (*consumer)->Subscribe({name_}, listener);
    EXPECT_TRUE(subscribed.ok()) << subscribed.text();
    return std::move(consumer).value();
  }

  // Writes `count` records to a partition: key "k<i>", value "v<i>".
  void Produce(int count, int32_t partition = 0) {
    auto producer = PlainProducer::Make(settings_);
    ASSERT_TRUE(producer.ok());
    for (int i = 0; i < count; ++i) {
      const std::string key = "k" + std::to_string(i);
      const std::string value = "v" + std::to_string(i);
      ASSERT_OK((*producer)->Send({name_, Partition(partition), key, value, {}, {1'000}}));
    }
    ASSERT_OK((*producer)->Flush(kPatience));
  }

  // Polls until `count` records came or patience ends; more than `count` only if they came at once.
  std::vector<Copy> PollFor(stream::Consumer& consumer, size_t count, size_t limit = 100) {
    std::vector<Copy> all;
    const Deadline deadline(kPatience);
    while (all.size() < count && !deadline.passed()) {
      const auto records = consumer.Poll(Millis(200), limit);
      if (!records.ok() && records.status().code() == StatusCode::kRetriable) continue;
      EXPECT_TRUE(records.ok()) << records.status().text();
      if (!records.ok()) break;
      for (const Record& record : *records) all.push_back(CopyOf(record));
    }
    return all;
  }

  // All records of a partition that are visible up to its end.
  std::vector<Copy> ReadAll(int32_t partition = 0) {
    auto reader = LogReader::Make(settings_);
    EXPECT_TRUE(reader.ok());
    const base::Status opened = (*reader)->Open({name_, Partition(partition)}, Offset(0));
    EXPECT_TRUE(opened.ok()) << opened.text();
    std::vector<Copy> all;
    for (;;) {
      const auto records = (*reader)->Next(1000, kPatience);
      EXPECT_TRUE(records.ok()) << records.status().text();
      if (!records.ok() || records->empty()) return all;
      for (const Record& record : *records) all.push_back(CopyOf(record));
    }
  }

  ClientSettings settings_;
  std::string name_;  // of the test's topic and group
};

}  // namespace waymark::kafka
