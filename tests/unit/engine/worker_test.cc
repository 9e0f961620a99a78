#include "engine/worker.h"

#include <gtest/gtest.h>

#include "store/memory_store.h"
#include "stream/memory_broker.h"
#include "support/interactions.h"

namespace waymark::engine {
namespace {

stream::MemoryBrokerOptions WithoutWaiting() {
  stream::MemoryBrokerOptions options;
  options.wait = false;
  return options;
}

// Another member of the group, which takes its share and does nothing with it.
class Idler final : public stream::RebalanceListener {
 public:
  base::Status OnAssigned(std::span<const stream::TopicPartition>) override { return {}; }
  base::Status OnRevoked(std::span<const stream::TopicPartition>) override { return {}; }
  base::Status OnLost(std::span<const stream::TopicPartition>) override { return {}; }
};

class WorkerTest : public ::testing::Test {
 protected:
  WorkerTest() : broker_(clock_, WithoutWaiting()), metrics_(registry_), probe_(metrics_) {
    std::vector<stream::TopicSpec> topics;
    for (const std::string& name : {std::string("in"), names_.steps, names_.signals,
                                    names_.journeys, names_.dead_letters}) {
      topics.push_back({name, 2, -1, {}});
    }
    EXPECT_TRUE(broker_.MakeAdmin()->Create(topics, base::Millis(0)).ok());
    for (int32_t partition : {0, 1}) {
      const test::Sent sent = test::Send(test::At(partition, "id", "view"));
      stream::OutputRecord record;
      record.topic = "in";
      record.partition = base::Partition(partition);
      record.key = sent.profile;
      record.value = sent.bytes;
      EXPECT_TRUE(broker_.MakePlainProducer()->Send(record).ok());
    }
  }

  std::unique_ptr<Worker> MakeDrainingWorker() {
    WorkerSettings settings;
    settings.input_topics = {"in"};
    settings.prefix = "out";
    settings.drain = true;
    settings.partitions = 2;
    WorkerClients clients;
    clients.make_consumer = [this]() -> base::Result<std::unique_ptr<stream::Consumer>> {
      return broker_.MakeConsumer("group");
    };
    clients.make_producer =
        [this]() -> base::Result<std::unique_ptr<stream::TransactionalProducer>> {
      return broker_.MakeTransactionalProducer("id");
    };
    clients.make_reader = [this]() -> base::Result<std::unique_ptr<stream::LogReader>> {
      return broker_.MakeLogReader();
    };
    return std::make_unique<Worker>(settings, clients, fold_, store_, claims_, clock_, probe_);
  }
  // True: the worker says that all is drained, within so many rounds.
  bool IsDrainedWithin(Worker& worker, int rounds) {
    for (int i = 0; i < rounds; ++i) {
      clock_.Advance(base::Millis(100));
      const auto more = worker.Round();
      EXPECT_TRUE(more.ok()) << more.status().text();
      if (!more.ok() || !*more) return more.ok();
    }
    return false;
  }

  base::ManualClock clock_{test::Minute(1'000)};
  stream::MemoryBroker broker_;
  const TopicNames names_{"out"};
  metrics::Registry registry_;
  metrics::Metrics metrics_;
  WorkerProbe probe_;
  journey::CompiledModels models_ = test::Compile({});
  journey::Fold fold_{models_, journey::FoldSettings{}};
  store::MemoryStore store_;
  PartitionClaims claims_;
};

TEST_F(WorkerTest, ADrainWaitsForWhatAnotherMemberHolds) {
  Idler idler;
  auto other = broker_.MakeConsumer("group");
  ASSERT_TRUE(other->Subscribe({"in"}, idler).ok());
  const auto worker = MakeDrainingWorker();
  ASSERT_TRUE(worker->Start().ok());
  ASSERT_TRUE(other->Poll(base::Millis(0), 1).ok());
  EXPECT_FALSE(IsDrainedWithin(*worker, 50));
  ASSERT_TRUE(other->Close().ok());
  EXPECT_TRUE(IsDrainedWithin(*worker, 50));
  EXPECT_TRUE(worker->End().ok());
}

}  // namespace
}  // namespace waymark::engine
