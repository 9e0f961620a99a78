#include <gmock/gmock.h>

#include "broker/kafka/fixture.h"
#include "kafka/alternating_producer.h"

namespace waymark::kafka {
namespace {

using testing::ElementsAre;

class KafkaAlternatingTest : public KafkaTest {
 protected:
  std::unique_ptr<stream::TransactionalProducer> MakeAlternating() {
    ClientSettings settings = settings_;
    settings.transactional_id = name_ + ".a";
    auto producer = AlternatingProducer::Make(settings);
    EXPECT_TRUE(producer.ok()) << producer.status().text();
    const base::Status ready = (*producer)->Init(kPatience);
    EXPECT_TRUE(ready.ok()) << ready.text();
    return std::move(producer).value();
  }
  void Send(stream::TransactionalProducer& producer, const std::string& value) {
    ASSERT_OK(producer.Send({name_, Partition(0), "k", value, {}, {}}));
  }
  void Write(stream::TransactionalProducer& producer, const std::string& value, bool commit) {
    ASSERT_OK(producer.Begin());
    Send(producer, value);
    ASSERT_OK(producer.Flush(kPatience));
    ASSERT_OK(commit ? producer.Commit(kPatience) : producer.Abort(kPatience));
  }
  std::vector<std::string> Values() {
    std::vector<std::string> values;
    for (const Copy& record : ReadAll(0)) values.push_back(record.value);
    return values;
  }
};

TEST_F(KafkaAlternatingTest, TransactionsFollowEachOtherWithoutAPause) {
  CreateTopic(1);
  auto producer = MakeAlternating();
  std::vector<std::string> expected;
  for (int i = 0; i < 40; ++i) {
    const std::string value = std::to_string(i);
    const bool commit = i % 5 != 3;
    Write(*producer, value, commit);
    if (commit) expected.push_back(value);
  }
  EXPECT_EQ(Values(), expected);
}

TEST_F(KafkaAlternatingTest, TwoIdentitiesTakeTurns) {
  CreateTopic(1);
  auto producer = MakeAlternating();
  Write(*producer, "first", true);
  // Whoever takes over the one ends its transactions, and those of the other go on.
  auto first = MakeProducer("a");
  Write(*producer, "second", true);
  ASSERT_OK(producer->Begin());
  Send(*producer, "third");
  const base::Status fenced = producer->Commit(kPatience);
  EXPECT_EQ(fenced.code(), StatusCode::kKafka) << fenced.text();
  auto second = MakeProducer("a" + std::string(AlternatingProducer::kSecondSuffix));
  EXPECT_THAT(Values(), ElementsAre("first", "second"));
}

TEST_F(KafkaAlternatingTest, ASuccessorFencesWhosesoeverTurnItIs) {
  CreateTopic(1);
  for (int turn = 0; turn < 2; ++turn) {
    auto old = MakeAlternating();
    for (int i = 0; i < turn; ++i) Write(*old, "kept", true);
    ASSERT_OK(old->Begin());
    Send(*old, "lost");
    ASSERT_OK(old->Flush(kPatience));
    auto successor = MakeAlternating();
    // Nothing is left open: a reader is not held up.
    Write(*successor, "next", true);
    EXPECT_EQ(Values().back(), "next");
    EXPECT_EQ(old->Commit(kPatience).code(), StatusCode::kKafka);
  }
  EXPECT_THAT(Values(), ElementsAre("next", "kept", "next"));
}

TEST_F(KafkaAlternatingTest, TheOffsetsOfTheLastTransactionStand) {
  CreateTopic(1);
  Produce(50);
  Recorder recorder;
  auto consumer = MakeConsumer(recorder);
  ASSERT_FALSE(PollFor(*consumer, 50).empty());
  auto producer = MakeAlternating();
  const TopicPartition zero{name_, Partition(0)};
  for (int i = 1; i <= 20; ++i) {
    ASSERT_OK(producer->Begin());
    auto group = consumer->FetchGroupMetadata();
    ASSERT_TRUE(group.ok()) << group.status().text();
    const CommittedOffset offset{zero, Offset(i), "at " + std::to_string(i)};
    ASSERT_OK(producer->SendOffsets(std::span(&offset, 1), **group, kPatience));
    ASSERT_OK(producer->Commit(kPatience));
    // Those of the transaction before may still be on their way to their place.
    const auto committed = consumer->Committed(std::span(&zero, 1), kPatience);
    ASSERT_TRUE(committed.ok()) << committed.status().text();
    ASSERT_EQ(committed->front().offset, Offset(i));
    ASSERT_EQ(committed->front().metadata, "at " + std::to_string(i));
  }
}

TEST_F(KafkaAlternatingTest, BothTellOfDelivery) {
  CreateTopic(1);
  class Listener : public stream::DeliveryListener {
   public:
    void OnDelivered(std::string_view, Partition, Offset offset) override {
      offsets.push_back(offset.value);
    }
    std::vector<int64_t> offsets;
  } listener;
  auto producer = MakeAlternating();
  producer->SetDeliveryListener(&listener);
  for (int i = 0; i < 3; ++i) Write(*producer, "v", true);
  // A marker behind each.
  EXPECT_THAT(listener.offsets, ElementsAre(0, 2, 4));
}

}  // namespace
}  // namespace waymark::kafka
