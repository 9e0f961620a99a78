// How a worker's partitions follow event time and, in silence, wall time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/log.h"
#include "engine/worker.h"
#include "store/memory_store.h"
#include "stream/memory_broker.h"
#include "support/interactions.h"

namespace waymark::engine {
namespace {

using base::Millis;
using base::Partition;
using base::Timestamp;
using model::SignalKind;
using test::At;
using test::Minute;
using testing::HasSubstr;

constexpr Millis kMinute = std::chrono::minutes(1);
constexpr int64_t kGap = 30;  // minutes of silence that close a session
const std::vector<std::string> kInputs = {"in", "second"};

stream::MemoryBrokerOptions WithoutWaiting() {
  stream::MemoryBrokerOptions options;
  options.wait = false;
  return options;
}

// A process: its disk outlives its worker.
struct Machine {
  explicit Machine(std::string of) : name(std::move(of)) {}
  std::string name;
  store::MemoryStore store;
  PartitionClaims claims;
  std::unique_ptr<Worker> worker;
};

// Two partitions; the clock begins at Minute(0), and nothing but the test moves it.
class WorkerTimeTest : public ::testing::Test {
 protected:
  WorkerTimeTest() : broker_(clock_, WithoutWaiting()), metrics_(registry_), probe_(metrics_) {
    std::vector<stream::TopicSpec> topics;
    for (const std::string& name :
         {kInputs[0], kInputs[1], names_.steps, names_.signals, names_.journeys,
          names_.dead_letters}) {
      topics.push_back({name, 2, -1, {}});
    }
    EXPECT_TRUE(broker_.MakeAdmin()->Create(topics, Millis(0)).ok());
  }

  void Produce(int partition, std::string_view customer, const model::Interaction& interaction,
               const std::string& topic = kInputs[0]) {
    const test::Sent sent = test::Send(interaction, customer);
    stream::OutputRecord record;
    record.topic = topic;
    record.partition = Partition(partition);
    record.key = sent.profile;
    record.value = sent.bytes;
    ASSERT_TRUE(broker_.MakePlainProducer()->Send(record).ok());
  }

  void Start(Machine& machine, size_t inputs = 1) {
    WorkerSettings settings;
    settings.name = machine.name;
    settings.input_topics.assign(kInputs.begin(), kInputs.begin() + static_cast<long>(inputs));
    settings.prefix = "out";
    settings.partitions = 2;
    WorkerClients clients;
    clients.transactional_id = machine.name;
    clients.make_consumer = [this]() -> base::Result<std::unique_ptr<stream::Consumer>> {
      return broker_.MakeConsumer("group");
    };
    clients.make_producer = [this, id = machine.name]()
        -> base::Result<std::unique_ptr<stream::TransactionalProducer>> {
      return broker_.MakeTransactionalProducer(id);
    };
    clients.make_reader = [this]() -> base::Result<std::unique_ptr<stream::LogReader>> {
      return broker_.MakeLogReader();
    };
    machine.worker = std::make_unique<Worker>(settings, clients, fold_, machine.store,
                                              machine.claims, clock_, probe_);
    ASSERT_TRUE(machine.worker->Start().ok());
  }
  // The process dies, and with it what its disk had not made durable.
  void Kill(Machine& machine) {
    machine.worker.reset();
    machine.store.LoseUnflushed();
    broker_.ExpireSessions("group");
  }
  void RoundOf(Machine& machine) {
    const auto more = machine.worker->Round();
    ASSERT_TRUE(more.ok()) << more.status().text();
  }
  void RunFor(Millis duration, std::initializer_list<Machine*> machines,
              Millis step = Millis(5'000)) {
    for (Millis passed{0}; passed < duration; passed += step) {
      clock_.Advance(step);
      for (Machine* const machine : machines) RoundOf(*machine);
    }
  }
  // Reads and commits what is there, within a second.
  void Settle(Machine& machine) { RunFor(Millis(900), {&machine}, Millis(100)); }

  // What is committed to a partition's topics.
  test::CollectingOutput Published(int partition) {
    test::CollectingOutput output;
    for (const auto& [name, kind] : {std::pair{names_.steps, OutputTopic::kSteps},
                                     std::pair{names_.signals, OutputTopic::kSignals}}) {
      const auto reader = broker_.MakeLogReader();
      EXPECT_TRUE(reader->Open({name, Partition(partition)}, base::Offset(0)).ok());
      for (auto records = reader->Next(1'000'000, Millis(0)); records.ok() && !records->empty();
           records = reader->Next(1'000'000, Millis(0))) {
        for (const stream::Record& record : *records) {
          EXPECT_TRUE(output.Write(kind, record.partition, *record.key, record.value).ok());
        }
      }
    }
    return output;
  }
  int64_t Count(int partition, SignalKind kind) {
    return Published(partition).SignalsByKind()[static_cast<size_t>(kind)];
  }
  int64_t Closed(int partition) { return Count(partition, SignalKind::kSessionClosed); }
  TaskMark MarkOf(int partition) {
    const stream::TopicPartition at{kInputs[0], Partition(partition)};
    const auto committed = broker_.MakeConsumer("group")->Committed({&at, 1}, Millis(0));
    EXPECT_TRUE(committed.ok());
    return TaskMark::Parse(committed->front().metadata).value_or(TaskMark());
  }
  // The canonical view that one batch of these interactions gives.
  test::CollectingOutput Expected(const std::vector<test::Sent>& sent, Timestamp horizon) {
    store::MemoryStore store;
    test::TaskDriver driver(fold_, store, TaskSettings());
    driver.Begin();
    for (const test::Sent& one : sent) driver.Accept(one);
    driver.End(horizon, horizon);
    return driver.output();
  }

  base::ManualClock clock_{Minute(0)};
  stream::MemoryBroker broker_;
  const TopicNames names_{"out"};
  metrics::Registry registry_;
  metrics::Metrics metrics_;
  WorkerProbe probe_;
  journey::CompiledModels models_ = test::Compile({});
  journey::Fold fold_{models_, journey::FoldSettings{}};
  Machine machine_{"m0"};
  Machine other_{"m1"};
};

TEST_F(WorkerTimeTest, ASilentCustomersSessionClosesByWallTime) {
  Produce(0, "ann", At(0, "a", "view"));
  Start(machine_);
  RunFor(30 * kMinute, {&machine_});
  EXPECT_EQ(Closed(0), 0);
  RunFor(kMinute, {&machine_});
  EXPECT_EQ(Closed(0), 1) << "the gap, the disorder, and a moment have passed";
}

TEST_F(WorkerTimeTest, ItClosesWhileAnotherPartitionOfTheWorkerIsBusy) {
  Produce(0, "ann", At(0, "a", "view"));
  Start(machine_);
  for (int i = 0; i < 12 * 31; ++i) {
    const std::string id = "b" + std::to_string(i);
    model::Interaction busy = At(0, id, "view");
    busy.time = clock_.Now().ms;
    Produce(1, "bob", busy);
    RunFor(Millis(5'000), {&machine_});  // one round, which finds a record
  }
  EXPECT_EQ(Closed(0), 1);
  EXPECT_EQ(Closed(1), 0);
}

TEST_F(WorkerTimeTest, TheSilenceBeforeARestartCounts) {
  Produce(0, "ann", At(0, "a", "view"));
  for (int i = 0; i < 3; ++i) {
    Start(machine_);
    RunFor(10 * kMinute, {&machine_});
    EXPECT_EQ(Closed(0), 0) << i;
    if (i % 2 == 0) {
      Kill(machine_);
    } else {
      ASSERT_TRUE(machine_.worker->End().ok());
    }
  }
  Start(machine_);
  RunFor(2 * kMinute, {&machine_});
  EXPECT_EQ(Closed(0), 1);
}

TEST_F(WorkerTimeTest, ItClosesAtWhoeverOwnsThePartitionByThen) {
  Produce(0, "ann", At(0, "a", "view"));
  Produce(1, "bob", At(0, "b", "view"));
  Start(machine_);
  RunFor(10 * kMinute, {&machine_});
  Start(other_);
  RunFor(10 * kMinute, {&machine_, &other_});
  ASSERT_TRUE(machine_.worker->End().ok());
  RunFor(10 * kMinute, {&other_});
  EXPECT_EQ(Closed(0) + Closed(1), 0);
  RunFor(2 * kMinute, {&other_});
  EXPECT_EQ(Closed(0), 1);
  EXPECT_EQ(Closed(1), 1);
}

TEST_F(WorkerTimeTest, TheFirstInteractionAfterTheQuietBeginsAnotherSession) {
  Produce(0, "ann", At(0, "a", "view"));
  Start(machine_);
  RunFor(60 * kMinute, {&machine_});
  Produce(0, "ann", At(60, "b", "view"));
  Settle(machine_);
  EXPECT_EQ(Count(0, SignalKind::kSessionStarted), 2);
  EXPECT_EQ(Closed(0), 1);
  RunFor(32 * kMinute, {&machine_});
  const test::CollectingOutput expected =
      Expected({test::Send(At(0, "a", "view")), test::Send(At(60, "b", "view"))}, Minute(92));
  EXPECT_EQ(Published(0).Signals(), expected.Signals());
  EXPECT_EQ(Published(0).Steps(), expected.Steps());
}

TEST_F(WorkerTimeTest, AnInteractionFromWithinTheQuietOpensTheSessionAgain) {
  Produce(0, "ann", At(0, "a", "view"));
  Start(machine_);
  RunFor(40 * kMinute, {&machine_});
  ASSERT_EQ(Closed(0), 1);
  Produce(0, "ann", At(20, "b", "view"));
  Settle(machine_);
  EXPECT_EQ(Closed(0), 0) << "retracted";
  RunFor(31 * kMinute, {&machine_});
  const test::CollectingOutput expected =
      Expected({test::Send(At(0, "a", "view")), test::Send(At(20, "b", "view"))}, Minute(72));
  EXPECT_EQ(Closed(0), 1);
  EXPECT_EQ(Published(0).Signals(), expected.Signals());
  EXPECT_EQ(Published(0).Steps(), expected.Steps());
}

// As one that uploads old interactions now and then, while nobody else does anything.
TEST_F(WorkerTimeTest, ATrickleOfLateInteractionsDoesNotKeepSessionsOpen) {
  Produce(0, "ann", At(0, "a", "view"));
  Start(machine_);
  for (int i = 0; i < 4; ++i) {
    RunFor(10 * kMinute, {&machine_});
    const std::string id = "late" + std::to_string(i);
    Produce(0, "bob", At(-10'000, id, "view"));
  }
  RunFor(kMinute, {&machine_});
  EXPECT_EQ(Closed(0), 2) << "ann's and bob's";
}

TEST_F(WorkerTimeTest, TheSlowerOfTwoTopicsHoldsTheHorizonUntilItIsDrained) {
  Start(machine_, 2);
  Settle(machine_);
  Produce(0, "ann", At(0, "a", "view"));
  Produce(0, "ann", At(-5, "b", "view"), kInputs[1]);
  RunFor(Millis(400), {&machine_}, Millis(200));
  EXPECT_EQ(MarkOf(0).steps_end.value, 2);
  EXPECT_EQ(MarkOf(0).horizon, Minute(-5) - Millis(30'000));
  RunFor(Millis(3'000), {&machine_}, Millis(200));
  EXPECT_GE(MarkOf(0).horizon, Minute(0) - Millis(30'000));
}

// A future time is set aside by the wall clock of now; an absurd past by time.earliest.
TEST_F(WorkerTimeTest, OneWrongClockMovesNoHorizon) {
  Start(machine_);
  Produce(0, "ann", At(0, "a", "view"));
  Settle(machine_);
  EXPECT_EQ(MarkOf(0).horizon, Minute(0) - Millis(30'000));
  Produce(0, "bob", At(60 * 24 * 365, "future", "view"));
  model::Interaction ancient = At(0, "past", "view");
  ancient.time = -4'000'000'000'000'000;
  Produce(0, "bob", ancient);
  RunFor(Millis(400), {&machine_}, Millis(200));
  EXPECT_LE(MarkOf(0).horizon, clock_.Now() - Millis(30'000)) << "no more than wall time";
  EXPECT_EQ(MarkOf(0).time_max, Minute(0));
  EXPECT_EQ(MarkOf(0).totals.consumed, 3);
  EXPECT_EQ(MarkOf(0).totals.steps, 1);

  const auto reader = broker_.MakeLogReader();
  ASSERT_TRUE(reader->Open({names_.dead_letters, Partition(0)}, base::Offset(0)).ok());
  const auto letters = reader->Next(10, Millis(0));
  ASSERT_TRUE(letters.ok());
  ASSERT_EQ(letters->size(), 2U);
  const auto header = [](const stream::Record& record, std::string_view name) {
    for (const auto& each : record.headers) {
      if (each.name == name) return std::string(each.value);
    }
    return std::string("none");
  };
  EXPECT_EQ(header((*letters)[0], "reason"), "time_in_future");
  EXPECT_THAT(header((*letters)[0], "detail"), HasSubstr("more than 10m ahead of"));
  EXPECT_EQ(header((*letters)[0], "offset"), "1");
  EXPECT_EQ(header((*letters)[1], "reason"), "time_out_of_range");
  EXPECT_NE(header((*letters)[1], "detail"), "none");
  const std::string metrics = registry_.Expose();
  EXPECT_THAT(metrics, HasSubstr("waymark_quarantined_total{reason=\"time_in_future\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("waymark_quarantined_total{reason=\"time_out_of_range\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("waymark_dead_letters_total{reason=\"time_in_future\"} 1\n"));
}

TEST_F(WorkerTimeTest, WhatIsQuarantinedHoldsNoInputsWatermarkEither) {
  Start(machine_, 2);
  Settle(machine_);
  for (int i = 0; i < 40; ++i) {
    const std::string id = std::to_string(i);
    model::Interaction good = At(0, id, "view");
    good.time = clock_.Now().ms;
    Produce(0, "ann", good);
    Produce(0, "bob", At(60 * 24 * 365, id, "view"), kInputs[1]);
    RunFor(Millis(1'000), {&machine_}, Millis(500));
  }
  EXPECT_GE(MarkOf(0).horizon, clock_.Now() - Millis(40'000));
}

TEST_F(WorkerTimeTest, AStuckWatermarkIsToldAndSeen) {
  base::InitLog("info", base::LogFormat::kText);
  Start(machine_, 2);
  Settle(machine_);
  testing::internal::CaptureStderr();
  for (int i = 0; i < 8 * 60; ++i) {
    const std::string id = std::to_string(i);
    model::Interaction fast = At(0, id, "view");
    fast.time = clock_.Now().ms;
    Produce(0, "ann", fast);
    const std::string slow_id = "s" + id;
    model::Interaction slow = At(0, slow_id, "view");
    slow.time = (Minute(-8) + Millis(i * 10)).ms;
    Produce(0, "bob", slow, kInputs[1]);
    RunFor(Millis(1'000), {&machine_}, Millis(500));
    if (i == 10) {
      EXPECT_THAT(registry_.Expose(), HasSubstr("waymark_watermark_stuck{partition=\"0\"} 1\n"));
    }
  }
  RunFor(3 * kMinute, {&machine_});
  const std::string log = testing::internal::GetCapturedStderr();
  size_t warnings = 0;
  for (size_t at = log.find("event time is stuck"); at != std::string::npos;
       at = log.find("event time is stuck", at + 1)) {
    ++warnings;
  }
  EXPECT_GE(warnings, 7U) << log;
  EXPECT_LE(warnings, 9U) << log;
  EXPECT_THAT(log, HasSubstr("partition 0: event time is stuck at 20"));
  EXPECT_THAT(log, HasSubstr("input second holds it, 481s behind"));
  EXPECT_THAT(log, HasSubstr("look at what produces this input"));
  EXPECT_THAT(log, HasSubstr("partition 0: event time moves again"));
  const std::string metrics = registry_.Expose();
  EXPECT_THAT(metrics, HasSubstr("waymark_watermark_stuck{partition=\"0\"} 0\n"));
  EXPECT_THAT(metrics, HasSubstr("waymark_idle_inputs{partition=\"0\"} 2\n"));
  EXPECT_THAT(metrics, HasSubstr("waymark_watermark_lag_seconds{partition=\"0\"} 3"));
}

TEST_F(WorkerTimeTest, APartitionThatIsGivenAwayShowsNoTimeHere) {
  Produce(0, "ann", At(0, "a", "view"));
  Start(machine_);
  RunFor(kMinute, {&machine_});
  EXPECT_THAT(registry_.Expose(), HasSubstr("waymark_horizon_timestamp_seconds{partition=\"0\"}"));
  ASSERT_TRUE(machine_.worker->End().ok());
  EXPECT_THAT(registry_.Expose(),
              testing::Not(HasSubstr("waymark_horizon_timestamp_seconds{partition")));
}

}  // namespace
}  // namespace waymark::engine
