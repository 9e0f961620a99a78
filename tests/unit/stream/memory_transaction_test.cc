#include "unit/stream/memory_fixture.h"

namespace waymark::stream {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class MemoryTransactionTest : public MemoryBrokerTest {
 protected:
  void SetUp() override { CreateTopic(1); }
  // What goes wrong at one point, once.
  void FailOnce(std::string point, StatusCode code) {
    broker_.SetFaultHook([this, point, code, done = std::make_shared<bool>(false)](
                             std::string_view at, std::string_view client) -> base::Status {
      if (at != point || *done) return {};
      *done = true;
      fault_client_ = client;
      return {code, "injected"};
    });
  }
  std::string fault_client_;
};

class Offsets : public DeliveryListener {
 public:
  void OnDelivered(std::string_view topic, Partition, Offset offset) override {
    EXPECT_EQ(topic, "t");
    offsets.push_back(offset.value);
  }
  std::vector<int64_t> offsets;
};

TEST_F(MemoryTransactionTest, CommittedIsVisibleAbortedIsNotAndMarkersTakeOffsets) {
  auto producer = MakeProducer("a");
  Offsets delivered;
  producer->SetDeliveryListener(&delivered);
  WriteTransaction(*producer, {"1", "2"});
  WriteTransaction(*producer, {"3"}, false);
  WriteTransaction(*producer, {"4"});
  EXPECT_THAT(ReadAll(), ElementsAre("1", "2", "4"));
  EXPECT_THAT(delivered.offsets, ElementsAre(0, 1, 5));
}

TEST_F(MemoryTransactionTest, TheLogReaderGoesToTheHighWatermarkAndWaitsForOpenTransactions) {
  auto producer = MakeProducer("a");
  WriteTransaction(*producer, {"1"});
  ASSERT_OK(producer->Begin());
  Send(*producer, "2");
  auto reader = broker_.MakeLogReader();
  ASSERT_OK(reader->Open(zero_, Offset(0)));
  EXPECT_THAT(Values(*reader->Next(10, kNow)), ElementsAre("1"));
  EXPECT_EQ(reader->Next(10, kNow).status().code(), StatusCode::kRetriable);
  ASSERT_OK(producer->Commit(kNow));
  WriteTransaction(*producer, {"3"});
  EXPECT_THAT(Values(*reader->Next(10, kNow)), ElementsAre("2"));
  EXPECT_THAT(Values(*reader->Next(10, kNow)), IsEmpty());
  EXPECT_EQ(reader->position(), Offset(3));
}

TEST_F(MemoryTransactionTest, ANewerProducerFencesAndAbortsTheOlder) {
  auto old = MakeProducer("a");
  ASSERT_OK(old->Begin());
  Send(*old, "lost");
  auto successor = MakeProducer("a");
  WriteTransaction(*successor, {"kept"});
  EXPECT_EQ(old->Send({"t", Partition(0), "k", "x", {}, {}}).code(), StatusCode::kKafka);
  EXPECT_EQ(old->Commit(kNow).code(), StatusCode::kKafka);
  EXPECT_EQ(old->Begin().code(), StatusCode::kKafka);
  EXPECT_THAT(ReadAll(), ElementsAre("kept"));
}

TEST_F(MemoryTransactionTest, ATransactionLeftOpenEndsByItselfAndFencesItsProducer) {
  auto producer = MakeProducer("a");
  ASSERT_OK(producer->Begin());
  Send(*producer, "lost");
  clock_.Advance(std::chrono::seconds(10));
  Write("later");
  Recorder recorder;
  auto consumer = MakeConsumer(recorder);
  EXPECT_THAT(PollValues(*consumer), ElementsAre("later"));
  EXPECT_EQ(producer->Commit(kNow).code(), StatusCode::kKafka);
}

TEST_F(MemoryTransactionTest, AnIdleProducerDoesNotTimeOut) {
  auto producer = MakeProducer("a");
  ASSERT_OK(producer->Begin());
  clock_.Advance(std::chrono::hours(1));
  Send(*producer, "1");
  ASSERT_OK(producer->Commit(kNow));
  EXPECT_THAT(ReadAll(), ElementsAre("1"));
}

TEST_F(MemoryTransactionTest, OffsetsCommitWithTheirMetadataOrNotAtAll) {
  Recorder recorder;
  auto consumer = MakeConsumer(recorder);
  PollValues(*consumer);
  auto producer = MakeProducer("a");
  const CommittedOffset offset{zero_, Offset(5), "horizon=9"};
  const auto group = consumer->FetchGroupMetadata();
  ASSERT_TRUE(group.ok());

  ASSERT_OK(producer->Begin());
  ASSERT_OK(producer->SendOffsets(std::span(&offset, 1), **group, kNow));
  EXPECT_EQ(consumer->Committed(std::span(&zero_, 1), kNow).status().code(),
            StatusCode::kRetriable);
  ASSERT_OK(producer->Abort(kNow));
  EXPECT_EQ(consumer->Committed(std::span(&zero_, 1), kNow)->front().offset, std::nullopt);

  ASSERT_OK(producer->Begin());
  ASSERT_OK(producer->SendOffsets(std::span(&offset, 1), **group, kNow));
  ASSERT_OK(producer->Commit(kNow));
  const auto committed = consumer->Committed(std::span(&zero_, 1), kNow);
  ASSERT_TRUE(committed.ok());
  EXPECT_EQ(committed->front().offset, Offset(5));
  EXPECT_EQ(committed->front().metadata, "horizon=9");
}

TEST_F(MemoryTransactionTest, OffsetsOfAFormerGenerationAskForAnAbort) {
  Recorder recorder;
  auto consumer = MakeConsumer(recorder);
  PollValues(*consumer);
  const auto group = consumer->FetchGroupMetadata();
  ASSERT_TRUE(group.ok());
  broker_.ExpireSessions("g");
  auto producer = MakeProducer("a");
  ASSERT_OK(producer->Begin());
  Send(*producer, "x");
  const CommittedOffset offset{zero_, Offset(1), {}};
  EXPECT_EQ(producer->SendOffsets(std::span(&offset, 1), **group, kNow).code(),
            StatusCode::kAbort);
  EXPECT_EQ(producer->Commit(kNow).code(), StatusCode::kAbort);
  ASSERT_OK(producer->Abort(kNow));
  EXPECT_THAT(ReadAll(), IsEmpty());
  WriteTransaction(*producer, {"y"});
  EXPECT_THAT(ReadAll(), ElementsAre("y"));
}

TEST_F(MemoryTransactionTest, ACommitThatTimesOutLeavesTheOutcomeOpenUntilReplaced) {
  auto producer = MakeProducer("a");
  FailOnce("producer.commit", StatusCode::kRetriable);
  ASSERT_OK(producer->Begin());
  Send(*producer, "1");
  EXPECT_EQ(producer->Commit(kNow).code(), StatusCode::kAbort);
  EXPECT_EQ(fault_client_, "a");
  EXPECT_TRUE(producer->NeedsReplacement());
  EXPECT_EQ(producer->Abort(kNow).code(), StatusCode::kAbort);
  EXPECT_EQ(producer->Begin().code(), StatusCode::kAbort);
  auto successor = MakeProducer("a");
  EXPECT_FALSE(successor->NeedsReplacement());
  EXPECT_THAT(ReadAll(), IsEmpty());
}

TEST_F(MemoryTransactionTest, ACommitWhoseAnswerIsLostIsCommitted) {
  auto producer = MakeProducer("a");
  FailOnce("producer.committed", StatusCode::kRetriable);
  ASSERT_OK(producer->Begin());
  Send(*producer, "1");
  EXPECT_EQ(producer->Commit(kNow).code(), StatusCode::kAbort);
  EXPECT_TRUE(producer->NeedsReplacement());
  EXPECT_THAT(ReadAll(), ElementsAre("1"));
}

TEST_F(MemoryTransactionTest, ADelayedEndSplitsALaterTransaction) {
  auto producer = MakeProducer("a");
  EXPECT_FALSE(broker_.EndTransaction("a", true));
  ASSERT_OK(producer->Begin());
  Send(*producer, "1");
  EXPECT_TRUE(broker_.EndTransaction("a", true));
  Send(*producer, "2");
  ASSERT_OK(producer->Abort(kNow));
  EXPECT_THAT(ReadAll(), ElementsAre("1"));
}

TEST_F(MemoryTransactionTest, AnAbortableFaultEndsInAnAbortAndAFatalOneInNothing) {
  auto producer = MakeProducer("a");
  for (const char* point : {"producer.send", "producer.flush", "producer.commit"}) {
    FailOnce(point, StatusCode::kAbort);
    ASSERT_OK(producer->Begin());
    static_cast<void>(producer->Send({"t", Partition(0), "k", "x", {}, {}}));
    EXPECT_EQ(producer->Commit(kNow).code(), StatusCode::kAbort) << point;
    EXPECT_FALSE(producer->NeedsReplacement());
    ASSERT_OK(producer->Abort(kNow));
  }
  EXPECT_THAT(ReadAll(), IsEmpty());
  FailOnce("producer.begin", StatusCode::kKafka);
  EXPECT_EQ(producer->Begin().code(), StatusCode::kKafka);
  EXPECT_EQ(producer->Begin().code(), StatusCode::kKafka);
}

TEST_F(MemoryTransactionTest, WhatTheBrokerWouldRefuseIsRefused) {
  auto producer = broker_.MakeTransactionalProducer("raw");
  EXPECT_EQ(producer->Begin().code(), StatusCode::kKafka);
  auto plain = broker_.MakePlainProducer();
  EXPECT_EQ(plain->Send({"missing", Partition(0), "k", "v", {}, {}}).code(), StatusCode::kKafka);
  EXPECT_EQ(plain->Send({"t", Partition(9), "k", "v", {}, {}}).code(), StatusCode::kKafka);
  const std::string large(1001, 'x');
  EXPECT_EQ(plain->Send({"t", Partition(0), "", large, {}, {}}).code(), StatusCode::kKafka);
}

}  // namespace
}  // namespace waymark::stream
