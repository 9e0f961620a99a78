#include "engine/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "store/memory_store.h"
#include "stream/memory_broker.h"
#include "support/interactions.h"

namespace waymark::engine {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

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
      Produce(partition, test::Send(test::At(partition, "id", "view")).bytes);
    }
  }

  void Produce(int32_t partition, std::string_view value) {
    stream::OutputRecord record;
    record.topic = "in";
    record.partition = base::Partition(partition);
    record.key = "ann";
    record.value = value;
    record.timestamp = clock_.Now();
    EXPECT_TRUE(broker_.MakePlainProducer()->Send(record).ok());
  }
  void Produce(int32_t partition, const model::Interaction& interaction) {
    Produce(partition, test::Send(interaction).bytes);
  }

  std::unique_ptr<Worker> MakeWorker(bool drain, RefoldSettings refold = {}) {
    WorkerSettings settings;
    settings.task.refold = refold;
    settings.input_topics = {"in"};
    settings.prefix = "out";
    settings.drain = drain;
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
  void Work(Worker& worker, base::Millis duration) {
    for (base::Millis passed(0); passed < duration; passed += base::Millis(100)) {
      clock_.Advance(base::Millis(100));
      const auto more = worker.Round();
      ASSERT_TRUE(more.ok()) << more.status().text();
    }
  }
  // The lines of a metric in the exposition, without its name.
  std::vector<std::string> Told(const std::string& name) const {
    std::vector<std::string> lines;
    std::istringstream text(registry_.Expose());
    for (std::string line; std::getline(text, line);) {
      const bool named = line.starts_with(name + " ") || line.starts_with(name + "{");
      if (named) lines.push_back(line.substr(name.size()));
    }
    return lines;
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
  journey::CompiledModels models_ = test::Compile({test::kSimpleModel});
  journey::Fold fold_{models_, journey::FoldSettings{}};
  store::MemoryStore store_;
  PartitionClaims claims_;
};

TEST_F(WorkerTest, ADrainWaitsForWhatAnotherMemberHolds) {
  Idler idler;
  auto other = broker_.MakeConsumer("group");
  ASSERT_TRUE(other->Subscribe({"in"}, idler).ok());
  const auto worker = MakeWorker(true);
  ASSERT_TRUE(worker->Start().ok());
  ASSERT_TRUE(other->Poll(base::Millis(0), 1).ok());
  EXPECT_FALSE(IsDrainedWithin(*worker, 50));
  ASSERT_TRUE(other->Close().ok());
  EXPECT_TRUE(IsDrainedWithin(*worker, 50));
  EXPECT_TRUE(worker->End().ok());
}

// All is committed, but what it is given next has yet to be restored.
TEST_F(WorkerTest, ADrainDoesNotEndInTheMiddleOfARebalance) {
  const auto worker = MakeWorker(true);
  ASSERT_TRUE(worker->Start().ok());
  Work(*worker, base::Millis(1'000));
  Idler idler;
  auto other = broker_.MakeConsumer("group");
  ASSERT_TRUE(other->Subscribe({"in"}, idler).ok());
  Work(*worker, base::Millis(100));
  ASSERT_TRUE(other->Poll(base::Millis(0), 1).ok());
  auto third = broker_.MakeConsumer("group");
  ASSERT_TRUE(third->Subscribe({"in"}, idler).ok());
  EXPECT_FALSE(IsDrainedWithin(*worker, 50));  // The other has not given back its partition yet.
  ASSERT_TRUE(other->Poll(base::Millis(0), 1).ok());
  EXPECT_TRUE(IsDrainedWithin(*worker, 50));
  EXPECT_TRUE(worker->End().ok());
}

TEST_F(WorkerTest, TellsWhatCameInAndWhatItLedTo) {
  const auto worker = MakeWorker(false);
  ASSERT_TRUE(worker->Start().ok());
  Produce(0, test::At(60, "in-order", "order"));
  Produce(0, "garbage");
  Work(*worker, base::Millis(900));
  EXPECT_THAT(Told("waymark_records_rejected_total"),
              ElementsAre("{topic=\"in\",reason=\"unparsable\"} 1"));
  EXPECT_THAT(Told("waymark_timers_fired_total"), ElementsAre("{kind=\"session\"} 1"));
  EXPECT_THAT(Told("waymark_stage_transitions_total"),
              UnorderedElementsAre("{model=\"simple\",from=\"\",to=\"look\"} 2",
                                   "{model=\"simple\",from=\"look\",to=\"buy\"} 1"));
  EXPECT_THAT(Told("waymark_lateness_seconds_count"), ElementsAre(" 0"));
  // Of the horizon at minute 60, less the disorder and with the wall time that has passed.
  const base::Timestamp horizon = test::Minute(59) + base::Millis(30'000);
  Produce(0, test::At(10, "late", "view"));
  Work(*worker, base::Millis(200));
  EXPECT_THAT(Told("waymark_lateness_seconds_count"), ElementsAre(" 1"));
  const double lateness = std::stod(Told("waymark_lateness_seconds_sum").at(0));
  const double least = static_cast<double>((horizon - test::Minute(10)).count()) / 1000;
  EXPECT_GE(lateness, least);
  EXPECT_LE(lateness, least + 1);
}

TEST_F(WorkerTest, TellsHowLongItsWorkTakes) {
  const auto worker = MakeWorker(false);
  ASSERT_TRUE(worker->Start().ok());
  Work(*worker, base::Millis(1'200));
  // Produced when the test began: taken and committed within the time that Work() lets pass.
  EXPECT_THAT(Told("waymark_end_to_end_latency_seconds_count"),
              ElementsAre("{output=\"steps\"} 2"));
  const double latency = std::stod(Told("waymark_end_to_end_latency_seconds_sum").at(0).substr(18));
  EXPECT_GE(latency, 2 * 0.1);
  EXPECT_LE(latency, 2 * 0.9);
  for (const char* phase : {"take", "fold", "produce", "commit"}) {
    EXPECT_THAT(Told("waymark_processing_duration_seconds_count"),
                Contains(HasSubstr(std::string("{phase=\"") + phase)));
  }
  EXPECT_THAT(Told("waymark_transaction_open_seconds_count"), Not(ElementsAre(" 0")));
  EXPECT_THAT(Told("waymark_cache_lookups_total"),
              UnorderedElementsAre("{result=\"hit\"} 0", "{result=\"miss\"} 2"));
  EXPECT_GT(std::stod(Told("waymark_cache_bytes").at(0)), 0);
  EXPECT_THAT(Told("waymark_consumer_lag_seconds"),
              Contains("{topic=\"in\",partition=\"0\"} 0")) << "read to its end";
  Produce(0, test::At(1, "next", "view"));
  Work(*worker, base::Millis(200));
  EXPECT_THAT(Told("waymark_cache_lookups_total"), Contains("{result=\"hit\"} 1"));
  EXPECT_THAT(Told("waymark_timers_pending"), ElementsAre(" 0")) << "nothing is stored yet";
  ASSERT_TRUE(worker->End().ok());
  EXPECT_THAT(Told("waymark_state_operation_duration_seconds_count"),
              UnorderedElementsAre(HasSubstr("{op=\"write\"}"), HasSubstr("{op=\"flush\"}")));
}

TEST_F(WorkerTest, TellsWhoWaitsToBeFoldedAgain) {
  const auto worker = MakeWorker(false, {.depth_max = 1, .batch_max = 4, .waiting_max = 10});
  ASSERT_TRUE(worker->Start().ok());
  for (int minute = 1; minute <= 20; ++minute) {
    Produce(0, test::At(minute, "m" + std::to_string(minute), "view"));
  }
  Work(*worker, base::Millis(200));
  EXPECT_THAT(Told("waymark_refolds_waiting"), ElementsAre(" 0"));
  Produce(0, test::At(-5, "late", "view"));
  Work(*worker, base::Millis(200));
  EXPECT_THAT(Told("waymark_refolds_waiting"), ElementsAre(" 1"));
  Work(*worker, base::Millis(3'000));
  EXPECT_THAT(Told("waymark_refolds_waiting"), ElementsAre(" 0"));
  EXPECT_THAT(Told("waymark_refolds_total"), Contains("{kind=\"timeline\"} 1"));
}

TEST_F(WorkerTest, TellsNothingOfPartitionsThatItLost) {
  const auto worker = MakeWorker(false);
  ASSERT_TRUE(worker->Start().ok());
  Work(*worker, base::Millis(1'200));
  EXPECT_EQ(Told("waymark_consumer_lag_seconds").size(), 2U);
  broker_.ExpireSessions("group");
  ASSERT_TRUE(worker->Round().ok());
  EXPECT_THAT(Told("waymark_consumer_lag_seconds"), ElementsAre());
  EXPECT_THAT(Told("waymark_cache_bytes"), ElementsAre(" 0"));
}

class WorkerModelsTest : public WorkerTest {
 protected:
  // The simple model, and a version of it that has been in effect since long ago.
  std::shared_ptr<const journey::Fold> FoldOf(bool with_second) {
    const std::string second =
        "family: purchase\nmodel: simple\nversion: 2\neffective_from: 2020-01-01\n"
        "stages: [{name: see, enter: {action: view}}]\n";
    journey::CompiledModels models = test::Compile({test::kSimpleModel});
    if (with_second) models = models.With(model::ParseModel(second, "second").models.at(0));
    return std::make_shared<const journey::Fold>(
        std::make_shared<const journey::CompiledModels>(std::move(models)),
        journey::FoldSettings());
  }
  static constexpr const char* kSeen = "{model=\"simple\",from=\"\",to=\"see\"} 2";
};

TEST_F(WorkerModelsTest, AVersionIsTakenUpBetweenTransactions) {
  LiveFold live(FoldOf(false));
  const auto worker = MakeWorker(false);
  worker->FollowModels(live);
  ASSERT_TRUE(worker->Start().ok());
  Work(*worker, base::Millis(500));
  EXPECT_THAT(Told("waymark_stage_transitions_total"), Not(Contains(kSeen)));
  live.Set(FoldOf(true));
  // No record comes in.
  Work(*worker, base::Millis(500));
  EXPECT_THAT(Told("waymark_stage_transitions_total"), Contains(kSeen));
  ASSERT_TRUE(worker->End().ok());
}

TEST_F(WorkerModelsTest, WhoLacksAVersionWaitsForIt) {
  {
    LiveFold live(FoldOf(true));
    const auto worker = MakeWorker(false);
    worker->FollowModels(live);
    ASSERT_TRUE(worker->Start().ok());
    Work(*worker, base::Millis(500));
    ASSERT_TRUE(worker->End().ok());
  }
  LiveFold live(FoldOf(false));
  const auto worker = MakeWorker(false);
  worker->FollowModels(live);
  ASSERT_TRUE(worker->Start().ok());
  Produce(0, test::At(5, "later", "order"));
  Work(*worker, base::Millis(1'000));
  EXPECT_THAT(Told("waymark_end_to_end_latency_seconds_count"),
              ElementsAre("{output=\"steps\"} 2"));
  live.Set(FoldOf(true));
  Work(*worker, base::Millis(1'000));
  EXPECT_THAT(Told("waymark_end_to_end_latency_seconds_count"),
              ElementsAre("{output=\"steps\"} 3"));
  ASSERT_TRUE(worker->End().ok());
}

}  // namespace
}  // namespace waymark::engine
