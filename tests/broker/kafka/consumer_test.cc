#include <gmock/gmock.h>

#include "base/hash.h"
#include "broker/kafka/fixture.h"

namespace waymark::kafka {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

class KafkaConsumerTest : public KafkaTest {};

TEST_F(KafkaConsumerTest, ReadsWhatWasWrittenWithHeadersAndTombstones) {
  CreateTopic(1);
  auto producer = PlainProducer::Make(settings_);
  ASSERT_TRUE(producer.ok());
  const std::vector<stream::Header> headers = {{"a", "1"}, {"b", ""}};
  ASSERT_OK((*producer)->Send({name_, Partition(0), "key", "value", headers, {1234}}));
  ASSERT_OK((*producer)->Send({name_, Partition(0), "key", std::nullopt, {}, {}}));
  ASSERT_OK((*producer)->Send({name_, Partition(0), "", "", {}, {}}));
  ASSERT_OK((*producer)->Flush(kPatience));

  Recorder recorder;
  auto consumer = MakeConsumer(recorder);
  const std::vector<Copy> records = PollFor(*consumer, 3);
  ASSERT_THAT(records, SizeIs(3));
  EXPECT_EQ(records[0].key, "key");
  EXPECT_EQ(records[0].value, "value");
  EXPECT_THAT(records[0].headers, ElementsAre(Pair("a", "1"), Pair("b", "")));
  EXPECT_EQ(records[1].value, "<none>");
  EXPECT_EQ(records[2].key, "<none>");
  EXPECT_EQ(records[2].value, "");
  ASSERT_OK(consumer->Close());
  EXPECT_THAT(recorder.revoked, SizeIs(1));
}

TEST_F(KafkaConsumerTest, APlainProducerPartitionsLikeTheJavaClient) {
  CreateTopic(7);
  auto producer = PlainProducer::Make(settings_);
  ASSERT_TRUE(producer.ok());
  for (int i = 0; i < 50; ++i) {
    const std::string key = "customer-" + std::to_string(i);
    ASSERT_OK((*producer)->Send({name_, Partition(-1), key, "x", {}, {}}));
  }
  ASSERT_OK((*producer)->Flush(kPatience));
  Recorder recorder;
  auto consumer = MakeConsumer(recorder);
  const std::vector<Copy> records = PollFor(*consumer, 50);
  ASSERT_THAT(records, SizeIs(50));
  for (const Copy& record : records) {
    EXPECT_EQ(record.partition, base::Murmur2Partition(record.key, 7)) << record.key;
  }
}

TEST_F(KafkaConsumerTest, NeitherSeekNorPauseLosesOrRepeatsRecords) {
  CreateTopic(2);
  Produce(3000, 0);
  Produce(3000, 1);
  Recorder recorder;
  auto consumer = MakeConsumer(recorder);
  const TopicPartition zero{name_, Partition(0)};
  std::map<int32_t, int64_t> next;
  int rewinds = 0;
  const Deadline deadline(kPatience);
  while ((next[0] < 3000 || next[1] < 3000) && !deadline.passed()) {
    const auto records = consumer->Poll(Millis(100), 171);
    ASSERT_TRUE(records.ok()) << records.status().text();
    for (const Record& record : *records) {
      ASSERT_EQ(record.offset.value, next[record.partition.value]);
      ++next[record.partition.value];
    }
    if (records->empty() || ++rewinds > 30) continue;
    if (rewinds % 3 == 0) ASSERT_OK(consumer->Pause(std::span(&zero, 1)));
    for (auto& [partition, offset] : next) {
      offset = std::max<int64_t>(offset - 57, 0);
      const CommittedOffset back{{name_, Partition(partition)}, Offset(offset), {}};
      ASSERT_OK(consumer->Seek(std::span(&back, 1)));
    }
    if (rewinds % 3 == 0) ASSERT_OK(consumer->Resume(std::span(&zero, 1)));
  }
  EXPECT_EQ(next[0], 3000);
  EXPECT_EQ(next[1], 3000);
  EXPECT_GT(rewinds, 30);
}

TEST_F(KafkaConsumerTest, APausedPartitionIsSilentAndGoesOnWhereItStopped) {
  CreateTopic(1);
  Produce(10);
  Recorder recorder;
  const TopicPartition zero{name_, Partition(0)};
  auto consumer = Consumer::Make(settings_);
  ASSERT_TRUE(consumer.ok());
  recorder.on_assigned = [&](auto) { return (*consumer)->Pause(std::span(&zero, 1)); };
  ASSERT_OK((*consumer)->Subscribe({name_}, recorder));
  const Deadline deadline(kPatience);
  while (recorder.owned.empty() && !deadline.passed()) {
    ASSERT_TRUE((*consumer)->Poll(Millis(100), 10).ok());
  }
  const auto silent = (*consumer)->Poll(Millis(500), 10);
  ASSERT_TRUE(silent.ok());
  EXPECT_THAT(*silent, IsEmpty());
  ASSERT_OK((*consumer)->Resume(std::span(&zero, 1)));
  EXPECT_THAT(PollFor(**consumer, 10), SizeIs(10));
}

TEST_F(KafkaConsumerTest, AFaultOfTheListenerIsReturned) {
  CreateTopic(1);
  Recorder recorder;
  recorder.on_assigned = [](auto) {
    return base::Status(StatusCode::kStore, "the listener cannot");
  };
  auto consumer = MakeConsumer(recorder);
  const Deadline deadline(kPatience);
  base::Status fault;
  while (fault.ok() && !deadline.passed()) fault = consumer->Poll(Millis(100), 1).status();
  EXPECT_EQ(fault.code(), StatusCode::kStore) << fault.text();
}

// Two members, each polled in turn, until the first of them holds what the test waits for.
class Rebalance : public KafkaTest, public testing::WithParamInterface<AssignmentStrategy> {
 protected:
  static void PollBoth(stream::Consumer& one, stream::Consumer& two,
                       const std::function<bool()>& done) {
    const Deadline deadline(kPatience);
    while (!done() && !deadline.passed()) {
      for (stream::Consumer* consumer : {&one, &two}) {
        const auto polled = consumer->Poll(Millis(50), 100);
        ASSERT_TRUE(polled.ok()) << polled.status().text();
      }
    }
    ASSERT_TRUE(done());
  }
};

TEST_P(Rebalance, SharesThePartitionsAndGivesThemBack) {
  settings_.assignment = GetParam();
  CreateTopic(4);
  Recorder first;
  Recorder second;
  auto one = MakeConsumer(first);
  const Deadline deadline(kPatience);
  while (first.owned.size() < 4 && !deadline.passed()) {
    ASSERT_TRUE(one->Poll(Millis(50), 10).ok());
  }
  ASSERT_THAT(first.owned, SizeIs(4));
  EXPECT_TRUE(one->FetchGroupMetadata().ok());

  auto two = MakeConsumer(second);
  PollBoth(*one, *two, [&] { return first.owned.size() == 2 && second.owned.size() == 2; });
  const bool eager = GetParam() == AssignmentStrategy::kEager;
  EXPECT_THAT(first.revoked, SizeIs(eager ? 4 : 2));
  for (const TopicPartition& partition : first.owned) {
    EXPECT_FALSE(second.owned.contains(partition));
  }

  ASSERT_OK(two->Close());
  EXPECT_THAT(second.owned, IsEmpty());
  while (first.owned.size() < 4 && !deadline.passed()) {
    ASSERT_TRUE(one->Poll(Millis(50), 10).ok());
  }
  EXPECT_THAT(first.owned, SizeIs(4));
  EXPECT_THAT(first.lost, IsEmpty());
  ASSERT_OK(one->Close());
}

INSTANTIATE_TEST_SUITE_P(Strategies, Rebalance,
                         testing::Values(AssignmentStrategy::kEager,
                                         AssignmentStrategy::kCooperative),
                         [](const auto& strategy) {
                           return strategy.param == AssignmentStrategy::kEager ? "Eager"
                                                                               : "Cooperative";
                         });

TEST_F(KafkaConsumerTest, ASubscriptionToAMissingTopicIsTold) {
  Recorder recorder;
  auto consumer = MakeConsumer(recorder);
  const Deadline deadline(kPatience);
  base::Status fault;
  while (fault.ok() && !deadline.passed()) fault = consumer->Poll(Millis(100), 1).status();
  EXPECT_EQ(fault.code(), StatusCode::kRetriable) << fault.text();
  EXPECT_THAT(fault.message(), HasSubstr(name_));
  EXPECT_THAT(fault.hint(), HasSubstr("waymark topics create"));
}

TEST_F(KafkaConsumerTest, AdminCreatesAndDescribes) {
  auto admin = Admin::Make(settings_);
  ASSERT_TRUE(admin.ok());
  const stream::TopicSpec spec{name_, 3, 1, {{"cleanup.policy", "compact"}}};
  const auto created = (*admin)->Create({spec}, kPatience);
  ASSERT_TRUE(created.ok()) << created.status().text();
  EXPECT_THAT(*created, ElementsAre(true));
  const auto again = (*admin)->Create({spec}, kPatience);
  ASSERT_TRUE(again.ok()) << again.status().text();
  EXPECT_THAT(*again, ElementsAre(false));

  const auto described = (*admin)->Describe({name_, name_ + ".missing"}, kPatience);
  ASSERT_TRUE(described.ok()) << described.status().text();
  ASSERT_TRUE((*described)[0].has_value());
  EXPECT_EQ((*described)[0]->partitions, 3);
  EXPECT_EQ((*described)[0]->replication, 1);
  EXPECT_EQ((*described)[0]->config.at("cleanup.policy"), "compact");
  EXPECT_EQ((*described)[0]->config.at("max.message.bytes"), "1048588");
  EXPECT_FALSE((*described)[1].has_value());
}

TEST_F(KafkaConsumerTest, AdminTellsWhyATopicCannotBeCreated) {
  auto admin = Admin::Make(settings_);
  ASSERT_TRUE(admin.ok());
  const auto many = (*admin)->Create({{name_, 1, 99, {}}}, kPatience);
  ASSERT_FALSE(many.ok());
  EXPECT_EQ(many.status().code(), StatusCode::kKafka);
  EXPECT_THAT(many.status().text(), HasSubstr(name_));
  const auto odd = (*admin)->Create({{name_, 1, 1, {{"cleanup.policy", "burn"}}}}, kPatience);
  ASSERT_FALSE(odd.ok());
  EXPECT_THAT(odd.status().text(), HasSubstr("cleanup.policy"));
}

}  // namespace
}  // namespace waymark::kafka
