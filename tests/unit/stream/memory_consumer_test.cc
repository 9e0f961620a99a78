#include <thread>

#include "base/hash.h"
#include "unit/stream/memory_fixture.h"

namespace waymark::stream {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class MemoryConsumerTest : public MemoryBrokerTest {
 protected:
  void SetUp() override { CreateTopic(4); }
  TopicPartition At(int32_t partition) { return {"t", Partition(partition)}; }
};

TEST_F(MemoryConsumerTest, GivesWhatWasWrittenByteByByte) {
  const std::vector<Header> headers = {{"a", "1"}, {"b", ""}};
  auto producer = broker_.MakePlainProducer();
  ASSERT_OK(producer->Send({"t", Partition(1), "key", "value", headers, {77}}));
  ASSERT_OK(producer->Send({"t", Partition(1), "", std::nullopt, {}, {}}));
  Recorder recorder;
  auto consumer = MakeConsumer(recorder);
  const auto records = consumer->Poll(kNow, 10);
  ASSERT_TRUE(records.ok());
  ASSERT_THAT(*records, SizeIs(2));
  const Record& first = (*records)[0];
  EXPECT_EQ(first.topic, "t");
  EXPECT_EQ(first.partition, Partition(1));
  EXPECT_EQ(first.offset, Offset(0));
  EXPECT_EQ(first.key, "key");
  EXPECT_EQ(first.value, "value");
  EXPECT_EQ(first.timestamp.ms, 77);
  ASSERT_THAT(first.headers, SizeIs(2));
  EXPECT_EQ(first.headers[1].name, "b");
  const Record& second = (*records)[1];
  EXPECT_EQ(second.key, std::nullopt);
  EXPECT_EQ(second.value, std::nullopt);
  EXPECT_EQ(second.timestamp, clock_.Now());
}

TEST_F(MemoryConsumerTest, KeysArePartitionedByMurmur2) {
  auto producer = broker_.MakePlainProducer();
  for (int i = 0; i < 20; ++i) {
    ASSERT_OK(producer->Send({"t", Partition(-1), "c" + std::to_string(i), "v", {}, {1}}));
  }
  Recorder recorder;
  auto consumer = MakeConsumer(recorder);
  const auto records = consumer->Poll(kNow, 100);
  ASSERT_TRUE(records.ok());
  ASSERT_THAT(*records, SizeIs(20));
  for (const Record& record : *records) {
    EXPECT_EQ(record.partition.value, base::Murmur2Partition(*record.key, 4));
  }
}

TEST_F(MemoryConsumerTest, APollGivesAtMostItsLimitAndGoesOn) {
  for (const char* value : {"1", "2", "3"}) Write(value);
  Recorder recorder;
  auto consumer = MakeConsumer(recorder);
  EXPECT_THAT(PollValues(*consumer, 2), ElementsAre("1", "2"));
  EXPECT_EQ(consumer->DrainedAt(zero_), std::nullopt);
  EXPECT_THAT(PollValues(*consumer, 2), ElementsAre("3"));
  EXPECT_EQ(consumer->DrainedAt(zero_), Offset(3));
  EXPECT_THAT(PollValues(*consumer), IsEmpty());
}

TEST_F(MemoryConsumerTest, DrainedCountsControlRecords) {
  auto producer = MakeProducer("a");
  WriteTransaction(*producer, {"1"});
  WriteTransaction(*producer, {"2"}, false);
  Recorder recorder;
  auto consumer = MakeConsumer(recorder);
  EXPECT_THAT(PollValues(*consumer), ElementsAre("1"));
  EXPECT_EQ(consumer->DrainedAt(zero_), Offset(4));
  EXPECT_EQ(consumer->Offsets(zero_, kNow)->end, Offset(4));
}

TEST_F(MemoryConsumerTest, SeekGoesBackAndPauseHoldsStill) {
  for (const char* value : {"1", "2", "3"}) Write(value);
  Recorder recorder;
  auto consumer = MakeConsumer(recorder);
  EXPECT_THAT(PollValues(*consumer), SizeIs(3));
  const CommittedOffset back{zero_, Offset(1), {}};
  ASSERT_OK(consumer->Seek(std::span(&back, 1)));
  ASSERT_OK(consumer->Pause(std::span(&zero_, 1)));
  EXPECT_THAT(PollValues(*consumer), IsEmpty());
  ASSERT_OK(consumer->Resume(std::span(&zero_, 1)));
  EXPECT_THAT(PollValues(*consumer), ElementsAre("2", "3"));
  const CommittedOffset other{{"t", Partition(99)}, Offset(1), {}};
  EXPECT_FALSE(consumer->Seek(std::span(&other, 1)).ok());
}

TEST_F(MemoryConsumerTest, MembersShareThePartitionsAndNeverOwnOneTogether) {
  Recorder first;
  Recorder second;
  auto one = MakeConsumer(first);
  PollValues(*one);
  EXPECT_THAT(first.owned, SizeIs(4));
  auto two = MakeConsumer(second);
  PollValues(*two);
  EXPECT_THAT(second.owned, IsEmpty());  // the first has not given anything back yet
  PollValues(*one);
  PollValues(*two);
  EXPECT_EQ(first.revoked, 4u);
  EXPECT_THAT(first.owned, UnorderedElementsAre(At(0), At(1)));
  EXPECT_THAT(second.owned, UnorderedElementsAre(At(2), At(3)));
  ASSERT_OK(two->Close());
  EXPECT_THAT(second.owned, IsEmpty());
  PollValues(*one);
  EXPECT_THAT(first.owned, SizeIs(4));
}

TEST_F(MemoryConsumerTest, ATransactionCommittedWhileRevokedIsTakenOverByTheNextOwner) {
  Write("1", 2);
  Write("2", 2);
  Recorder first;
  Recorder second;
  auto one = MakeConsumer(first);
  auto producer = MakeProducer("a");
  EXPECT_THAT(PollValues(*one, 1), ElementsAre("1"));
  first.on_revoked = [&]() -> base::Status {
    WAYMARK_RETURN_IF_ERROR(producer->Begin());
    const auto group = one->FetchGroupMetadata();
    EXPECT_TRUE(group.ok());
    const CommittedOffset offset{At(2), Offset(1), {}};
    WAYMARK_RETURN_IF_ERROR(producer->SendOffsets(std::span(&offset, 1), **group, kNow));
    return producer->Commit(kNow);
  };
  auto two = MakeConsumer(second);
  PollValues(*one);
  EXPECT_THAT(second.owned, IsEmpty());
  EXPECT_THAT(PollValues(*two), ElementsAre("2"));
}

TEST_F(MemoryConsumerTest, AnEvictedMemberLosesItsPartitionsAndJoinsAgain) {
  Recorder recorder;
  auto consumer = MakeConsumer(recorder);
  PollValues(*consumer);
  EXPECT_FALSE(consumer->IsAssignmentLost());
  broker_.ExpireSessions("g", "g-1");
  EXPECT_TRUE(consumer->IsAssignmentLost());
  EXPECT_EQ(consumer->FetchGroupMetadata().status().code(), StatusCode::kAbort);
  PollValues(*consumer);
  EXPECT_EQ(recorder.lost, 4u);
  EXPECT_EQ(recorder.revoked, 0u);
  EXPECT_THAT(recorder.owned, SizeIs(4));
  EXPECT_FALSE(consumer->IsAssignmentLost());
}

TEST_F(MemoryConsumerTest, ADestroyedMemberMakesRoom) {
  Recorder first;
  Recorder second;
  auto one = MakeConsumer(first);
  PollValues(*one);
  one.reset();
  auto two = MakeConsumer(second);
  PollValues(*two);
  EXPECT_THAT(second.owned, SizeIs(4));
  EXPECT_EQ(first.revoked + first.lost, 0u);
}

TEST_F(MemoryConsumerTest, ATopicCreatedLaterIsSharedOut) {
  Recorder recorder;
  auto consumer = broker_.MakeConsumer("g");
  ASSERT_OK(consumer->Subscribe({"later"}, recorder));
  PollValues(*consumer);
  EXPECT_THAT(recorder.owned, IsEmpty());
  ASSERT_TRUE(broker_.MakeAdmin()->Create({{"later", 2, -1, {}}}, kNow).ok());
  PollValues(*consumer);
  EXPECT_THAT(recorder.owned, SizeIs(2));
}

TEST_F(MemoryConsumerTest, FaultsOfListenerAndHookAreReturned) {
  Recorder recorder;
  recorder.on_assigned = [](auto) { return base::Status(StatusCode::kStore, "cannot"); };
  auto consumer = MakeConsumer(recorder);
  EXPECT_EQ(consumer->Poll(kNow, 1).status().code(), StatusCode::kStore);
  broker_.SetFaultHook([](std::string_view point, std::string_view client) -> base::Status {
    if (point != "consumer.poll" || client != "g-1") return {};
    return {StatusCode::kRetriable, "away"};
  });
  EXPECT_EQ(consumer->Poll(kNow, 1).status().code(), StatusCode::kRetriable);
}

TEST_F(MemoryConsumerTest, AdminCreatesOnceAndDescribes) {
  auto admin = broker_.MakeAdmin();
  const auto created =
      admin->Create({{"t", 9, -1, {}}, {"u", 2, -1, {{"cleanup.policy", "compact"}}}}, kNow);
  ASSERT_TRUE(created.ok());
  EXPECT_THAT(*created, ElementsAre(false, true));
  const auto described = admin->Describe({"t", "missing", "u"}, kNow);
  ASSERT_TRUE(described.ok());
  EXPECT_EQ((*described)[0]->partitions, 4);
  EXPECT_EQ((*described)[1], std::nullopt);
  EXPECT_EQ((*described)[2]->config.at("cleanup.policy"), "compact");
}

TEST(MemoryBroker, ThreadsWaitForOneAnother) {
  base::SystemClock clock;
  MemoryBroker broker(clock);
  ASSERT_TRUE(broker.MakeAdmin()->Create({{"t", 2, -1, {}}}, kNow).ok());
  Recorder recorder;
  auto consumer = broker.MakeConsumer("g");
  ASSERT_OK(consumer->Subscribe({"t"}, recorder));
  constexpr int kRecords = 1000;
  std::thread writer([&] {
    auto producer = broker.MakeTransactionalProducer("a");
    EXPECT_OK(producer->Init(kNow));
    for (int i = 0; i < kRecords; ++i) {
      if (i % 10 == 0) EXPECT_OK(producer->Begin());
      EXPECT_OK(producer->Send({"t", Partition(i % 2), "k", std::to_string(i), {}, {1}}));
      if (i % 10 == 9) EXPECT_OK(producer->Commit(kNow));
    }
  });
  std::map<int32_t, int> last = {{0, -2}, {1, -1}};
  for (int seen = 0; seen < kRecords;) {
    const auto records = consumer->Poll(std::chrono::seconds(30), 7);
    ASSERT_TRUE(records.ok());
    ASSERT_THAT(*records, testing::Not(IsEmpty()));
    for (const Record& record : *records) {
      const int value = std::stoi(std::string(*record.value));
      EXPECT_EQ(value, last[record.partition.value] + 2);
      last[record.partition.value] = value;
      ++seen;
    }
  }
  writer.join();
}

}  // namespace
}  // namespace waymark::stream
