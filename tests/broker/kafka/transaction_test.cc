#include <gmock/gmock.h>

#include "broker/kafka/fixture.h"
#include "kafka/watermarks.h"

namespace waymark::kafka {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class KafkaTransactionTest : public KafkaTest {
 protected:
  void Send(stream::TransactionalProducer& producer, int from, int to) {
    for (int i = from; i < to; ++i) {
      const std::string value = "v" + std::to_string(i);
      ASSERT_OK(producer.Send({name_, Partition(0), "k", value, {}, {}}));
    }
  }
  void WriteTransaction(stream::TransactionalProducer& producer, int from, int to, bool commit) {
    ASSERT_OK(producer.Begin());
    Send(producer, from, to);
    ASSERT_OK(producer.Flush(kPatience));
    ASSERT_OK(commit ? producer.Commit(kPatience) : producer.Abort(kPatience));
  }
  std::vector<std::string> Values(const std::vector<Copy>& records) {
    std::vector<std::string> values;
    for (const Copy& record : records) values.push_back(record.value);
    return values;
  }
};

class Offsets : public stream::DeliveryListener {
 public:
  void OnDelivered(std::string_view, Partition, Offset offset) override {
    offsets.push_back(offset.value);
  }
  std::vector<int64_t> offsets;
};

TEST_F(KafkaTransactionTest, CommittedIsVisibleAbortedIsNot) {
  CreateTopic(1);
  auto producer = MakeProducer("a");
  Offsets delivered;
  producer->SetDeliveryListener(&delivered);
  WriteTransaction(*producer, 0, 3, true);
  WriteTransaction(*producer, 3, 6, false);
  WriteTransaction(*producer, 6, 8, true);
  EXPECT_THAT(Values(ReadAll()), ElementsAre("v0", "v1", "v2", "v6", "v7"));
  // Control records take an offset each: 3 records, marker, 3 aborted, marker, 2, marker.
  EXPECT_THAT(delivered.offsets, ElementsAre(2, 6, 9)) << "the last of each transaction";
}

TEST_F(KafkaTransactionTest, TheLogReaderEndsBehindAbortedRecordsAndTrailingMarkers) {
  CreateTopic(1);
  auto producer = MakeProducer("a");
  WriteTransaction(*producer, 0, 2, true);
  WriteTransaction(*producer, 2, 50, false);
  auto reader = LogReader::Make(settings_);
  ASSERT_TRUE(reader.ok());
  const TopicPartition zero{name_, Partition(0)};
  ASSERT_OK((*reader)->Open(zero, Offset(0)));
  const auto records = (*reader)->Next(100, kPatience);
  ASSERT_TRUE(records.ok());
  EXPECT_THAT(*records, SizeIs(2));
  const auto end = (*reader)->Next(100, kPatience);
  ASSERT_TRUE(end.ok()) << end.status().text();
  EXPECT_THAT(*end, IsEmpty());
  const auto range = (*reader)->Offsets(zero, kPatience);
  ASSERT_TRUE(range.ok());
  EXPECT_EQ(range->end, Offset(52));  // 2, marker, 48, marker
  EXPECT_EQ((*reader)->position(), range->end);

  ASSERT_OK((*reader)->Open(zero, Offset(1)));
  const auto second = (*reader)->Next(100, kPatience);
  ASSERT_TRUE(second.ok());
  ASSERT_THAT(*second, SizeIs(1));
  EXPECT_EQ((*second)[0].offset, Offset(1));
}

TEST_F(KafkaTransactionTest, TheLogReaderOfAnEmptyPartitionEndsAtOnce) {
  CreateTopic(1);
  EXPECT_THAT(ReadAll(), IsEmpty());
}

TEST_F(KafkaTransactionTest, TheLogReaderDoesNotPassAnOpenTransaction) {
  CreateTopic(1);
  auto producer = MakeProducer("a");
  ASSERT_OK(producer->Begin());
  Send(*producer, 0, 2);
  ASSERT_OK(producer->Flush(kPatience));
  auto reader = LogReader::Make(settings_);
  ASSERT_TRUE(reader.ok());
  ASSERT_OK((*reader)->Open({name_, Partition(0)}, Offset(0)));
  const auto hidden = (*reader)->Next(100, Millis(500));
  ASSERT_FALSE(hidden.ok());
  EXPECT_EQ(hidden.status().code(), StatusCode::kRetriable);
  EXPECT_THAT(hidden.status().message(), HasSubstr("open transaction"));
  ASSERT_OK(producer->Commit(kPatience));
  const auto visible = (*reader)->Next(100, kPatience);
  ASSERT_TRUE(visible.ok()) << visible.status().text();
  EXPECT_THAT(*visible, SizeIs(2));
}

TEST_F(KafkaTransactionTest, TheLogReaderStartsAtTheFirstOffsetKept) {
  CreateTopic(1);
  Produce(10);
  auto reader = LogReader::Make(settings_);
  ASSERT_TRUE(reader.ok());
  ASSERT_OK((*reader)->Open({name_, Partition(0)}, Offset(8)));
  std::vector<Copy> all;
  for (;;) {
    const auto records = (*reader)->Next(1, kPatience);
    ASSERT_TRUE(records.ok());
    if (records->empty()) break;
    EXPECT_THAT(*records, SizeIs(1));
    all.push_back(CopyOf(records->front()));
  }
  EXPECT_THAT(Values(all), ElementsAre("v8", "v9"));
}

TEST_F(KafkaTransactionTest, OffsetsAndMetadataCommitWithTheTransaction) {
  CreateTopic(1);
  Produce(5);
  Recorder recorder;
  auto consumer = MakeConsumer(recorder);
  ASSERT_THAT(PollFor(*consumer, 5), SizeIs(5));
  auto producer = MakeProducer("a");
  const TopicPartition zero{name_, Partition(0)};
  const CommittedOffset offset{zero, Offset(5), "horizon=17"};

  ASSERT_OK(producer->Begin());
  auto group = consumer->FetchGroupMetadata();
  ASSERT_TRUE(group.ok()) << group.status().text();
  ASSERT_OK(producer->SendOffsets(std::span(&offset, 1), **group, kPatience));
  ASSERT_OK(producer->Abort(kPatience));
  auto committed = consumer->Committed(std::span(&zero, 1), kPatience);
  ASSERT_TRUE(committed.ok()) << committed.status().text();
  EXPECT_EQ(committed->front().offset, std::nullopt);

  ASSERT_OK(producer->Begin());
  ASSERT_OK(producer->SendOffsets(std::span(&offset, 1), **group, kPatience));
  // Not stable while the transaction is open.
  EXPECT_EQ(consumer->Committed(std::span(&zero, 1), Millis(300)).status().code(),
            StatusCode::kRetriable);
  ASSERT_OK(producer->Commit(kPatience));
  committed = consumer->Committed(std::span(&zero, 1), kPatience);
  ASSERT_TRUE(committed.ok()) << committed.status().text();
  EXPECT_EQ(committed->front().offset, Offset(5));
  EXPECT_EQ(committed->front().metadata, "horizon=17");
}

TEST_F(KafkaTransactionTest, OffsetsOfAFormerGenerationAreRefused) {
  CreateTopic(2);
  Recorder first;
  Recorder second;
  auto one = MakeConsumer(first);
  const Deadline deadline(kPatience);
  while (first.owned.size() < 2 && !deadline.passed()) {
    ASSERT_TRUE(one->Poll(Millis(50), 1).ok());
  }
  auto stale = one->FetchGroupMetadata();
  ASSERT_TRUE(stale.ok());
  auto two = MakeConsumer(second);
  while ((first.owned.size() != 1 || second.owned.size() != 1) && !deadline.passed()) {
    ASSERT_TRUE(one->Poll(Millis(50), 1).ok());
    ASSERT_TRUE(two->Poll(Millis(50), 1).ok());
  }
  auto producer = MakeProducer("a");
  ASSERT_OK(producer->Begin());
  const CommittedOffset offset{{name_, Partition(0)}, Offset(1), {}};
  const base::Status refused =
      producer->SendOffsets(std::span(&offset, 1), **stale, kPatience);
  EXPECT_EQ(refused.code(), StatusCode::kAbort) << refused.text();
  ASSERT_OK(producer->Abort(kPatience));
  // The producer lives on.
  WriteTransaction(*producer, 0, 1, true);
}

TEST_F(KafkaTransactionTest, AnOlderProducerWithTheSameIdIsFenced) {
  CreateTopic(1);
  metrics::Registry registry;
  const metrics::Metrics metrics(registry);
  auto old = MakeProducer("a", &metrics);
  ASSERT_OK(old->Begin());
  Send(*old, 0, 2);
  ASSERT_OK(old->Flush(kPatience));
  EXPECT_EQ(metrics.output.transactions.With("fenced").value(), 0);
  auto successor = MakeProducer("a");
  WriteTransaction(*successor, 2, 4, true);
  Send(*old, 4, 5);
  const base::Status fenced = old->Commit(kPatience);
  EXPECT_EQ(fenced.code(), StatusCode::kKafka) << fenced.text();
  EXPECT_THAT(fenced.hint(), HasSubstr("kafka.transactional_id_prefix"));
  EXPECT_FALSE(old->Begin().ok());
  EXPECT_EQ(metrics.output.transactions.With("fenced").value(), 1) << "once, however often told";
  EXPECT_THAT(Values(ReadAll()), ElementsAre("v2", "v3"));
}

TEST_F(KafkaTransactionTest, WhatIsHandedOverIsOnItsWayBeforeTheCommit) {
  CreateTopic(1);
  auto producer = MakeProducer("a");
  ASSERT_OK(producer->Begin());
  Send(*producer, 0, 3);
  ASSERT_OK(producer->HandOver());
  // Asked by one to whom records count before they are committed.
  const auto admin = Client::Make(settings_, ClientRole::kAdmin, {});
  ASSERT_TRUE(admin.ok());
  const Deadline deadline(kPatience);
  Offset end(0);
  while (end < Offset(3) && !deadline.passed()) {
    const auto range = QueryWatermarks((*admin)->get(), {name_, Partition(0)}, kPatience);
    ASSERT_TRUE(range.ok()) << range.status().text();
    end = range->end;
  }
  EXPECT_EQ(end, Offset(3));
  ASSERT_OK(producer->Commit(kPatience));
}

TEST_F(KafkaTransactionTest, WhatWasSentIsCommittedOrAbortedWithoutAFlushToo) {
  CreateTopic(2);
  auto producer = MakeProducer("a");
  ASSERT_OK(producer->Begin());
  Send(*producer, 0, 3);
  ASSERT_OK(producer->Abort(kPatience));
  ASSERT_OK(producer->Begin());
  Send(*producer, 3, 5);
  ASSERT_OK(producer->Send({name_, Partition(1), "k", "other", {}, {}}));
  Send(*producer, 5, 6);
  ASSERT_OK(producer->Commit(kPatience));
  EXPECT_THAT(Values(ReadAll(0)), ElementsAre("v3", "v4", "v5"));
  EXPECT_THAT(Values(ReadAll(1)), ElementsAre("other"));
}

TEST_F(KafkaTransactionTest, RecordsHandedOverTogetherKeepKeysValuesAndHeaders) {
  CreateTopic(1);
  auto producer = MakeProducer("a");
  ASSERT_OK(producer->Begin());
  const std::vector<stream::Header> headers = {{"name", "x"}};
  ASSERT_OK(producer->Send({name_, Partition(0), "a", "1", {}, {}}));
  ASSERT_OK(producer->Send({name_, Partition(0), "", "2", {}, {}}));
  ASSERT_OK(producer->Send({name_, Partition(0), "c", std::nullopt, {}, {}}));
  ASSERT_OK(producer->Send({name_, Partition(0), "d", "", {}, {}}));
  ASSERT_OK(producer->Send({name_, Partition(0), "e", "5", headers, {}}));
  ASSERT_OK(producer->Send({name_, Partition(0), "f", "6", {}, {}}));
  ASSERT_OK(producer->Commit(kPatience));
  const std::vector<Copy> records = ReadAll();
  std::vector<std::string> keys;
  for (const Copy& record : records) keys.push_back(record.key);
  EXPECT_THAT(keys, ElementsAre("a", "<none>", "c", "d", "e", "f"));
  EXPECT_THAT(Values(records), ElementsAre("1", "2", "<none>", "", "5", "6"));
}

TEST_F(KafkaTransactionTest, MoreThanTheQueueHoldsWaitsAndStaysInOrder) {
  CreateTopic(1);
  settings_.queued_output_records = 7;
  auto producer = MakeProducer("a");
  std::vector<std::string> expected;
  for (int i = 0; i < 100; ++i) expected.push_back("v" + std::to_string(i));
  ASSERT_OK(producer->Begin());
  Send(*producer, 0, 100);
  ASSERT_OK(producer->HandOver());
  ASSERT_OK(producer->Commit(kPatience));
  EXPECT_EQ(Values(ReadAll()), expected);
}

TEST_F(KafkaTransactionTest, ARecordThatTheBrokerRefusesIsRemembered) {
  CreateTopic(1, {{"max.message.bytes", "2000"}});
  metrics::Registry registry;
  const metrics::Metrics metrics(registry);
  auto producer = MakeProducer("a", &metrics);
  ASSERT_OK(producer->Begin());
  std::string noise(10'000, '\0');
  uint32_t state = 1;
  for (char& c : noise) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  ASSERT_OK(producer->Send({name_, Partition(0), "k", noise, {}, {}}));
  const base::Status refused = producer->Flush(kPatience);
  EXPECT_EQ(refused.code(), StatusCode::kKafka) << refused.text();
  EXPECT_THAT(refused.hint(), HasSubstr("max.message.bytes"));
  EXPECT_EQ(metrics.output.delivery_failures.With(name_, "MSG_SIZE_TOO_LARGE").value(), 1);
  EXPECT_FALSE(producer->Commit(kPatience).ok());
}

TEST_F(KafkaTransactionTest, AConsumerIsDrainedBehindTrailingMarkers) {
  CreateTopic(1);
  auto producer = MakeProducer("a");
  WriteTransaction(*producer, 0, 2, true);
  WriteTransaction(*producer, 2, 5, false);
  Recorder recorder;
  auto consumer = MakeConsumer(recorder);
  const TopicPartition zero{name_, Partition(0)};
  EXPECT_THAT(PollFor(*consumer, 2), SizeIs(2));
  const Deadline deadline(kPatience);
  while (!consumer->DrainedAt(zero) && !deadline.passed()) {
    ASSERT_TRUE(consumer->Poll(Millis(50), 10).ok());
  }
  const auto range = consumer->Offsets(zero, kPatience);
  ASSERT_TRUE(range.ok());
  EXPECT_EQ(consumer->DrainedAt(zero), range->end);
  WriteTransaction(*producer, 5, 6, true);
  EXPECT_THAT(PollFor(*consumer, 1, 1), SizeIs(1));
  EXPECT_EQ(consumer->DrainedAt(zero), std::nullopt);
}

}  // namespace
}  // namespace waymark::kafka
