#include "engine/drain_goal.h"

#include <gtest/gtest.h>

#include "engine/task_mark.h"
#include "stream/memory_broker.h"

namespace waymark::engine {
namespace {

stream::MemoryBrokerOptions WithoutWaiting() {
  stream::MemoryBrokerOptions options;
  options.wait = false;
  return options;
}

// A topic of three partitions, of which the last has nothing; a member that owns them all.
class DrainGoalTest : public ::testing::Test, public stream::RebalanceListener {
 protected:
  DrainGoalTest() : broker_(clock_, WithoutWaiting()) {
    EXPECT_TRUE(broker_.MakeAdmin()->Create({{"in", 3, -1, {}}}, base::Millis(0)).ok());
    consumer_ = broker_.MakeConsumer("group");
    producer_ = broker_.MakeTransactionalProducer("id");
    EXPECT_TRUE(producer_->Init(base::Millis(0)).ok());
    EXPECT_TRUE(consumer_->Subscribe({"in"}, *this).ok());
    EXPECT_TRUE(consumer_->Poll(base::Millis(0), 1).ok());
    Write(0);
    Write(1);
  }
  base::Status OnAssigned(std::span<const stream::TopicPartition>) override { return {}; }
  base::Status OnRevoked(std::span<const stream::TopicPartition>) override { return {}; }
  base::Status OnLost(std::span<const stream::TopicPartition>) override { return {}; }

  void Write(int32_t partition) {
    stream::OutputRecord record;
    record.topic = "in";
    record.partition = base::Partition(partition);
    record.value = "value";
    EXPECT_TRUE(broker_.MakePlainProducer()->Send(record).ok());
  }
  void Commit(int32_t partition, int64_t offset, int64_t horizon) {
    TaskMark mark;
    mark.horizon = {horizon};
    const stream::CommittedOffset at{
        {"in", base::Partition(partition)}, base::Offset(offset), mark.ToText()};
    ASSERT_TRUE(producer_->Begin().ok());
    const auto group = consumer_->FetchGroupMetadata();
    ASSERT_TRUE(group.ok());
    ASSERT_TRUE(producer_->SendOffsets({&at, 1}, **group, base::Millis(0)).ok());
    ASSERT_TRUE(producer_->Commit(base::Millis(0)).ok());
  }
  bool IsReached(DrainGoal& goal) {
    const auto reached = goal.IsReached(*consumer_, base::Millis(0));
    EXPECT_TRUE(reached.ok());
    return reached.ok() && *reached;
  }

  base::ManualClock clock_{base::Timestamp{1'000'000}};
  stream::MemoryBroker broker_;
  std::unique_ptr<stream::Consumer> consumer_;
  std::unique_ptr<stream::TransactionalProducer> producer_;
};

TEST_F(DrainGoalTest, EveryPartitionWithRecordsMustBeCommittedToItsEnd) {
  DrainGoal goal({"in"}, 3, std::nullopt);
  EXPECT_FALSE(IsReached(goal));
  Commit(0, 1, 0);
  EXPECT_FALSE(IsReached(goal));
  Commit(1, 0, 0);
  EXPECT_FALSE(IsReached(goal));
  Commit(1, 1, 0);
  EXPECT_TRUE(IsReached(goal));
}

TEST_F(DrainGoalTest, AStatedHorizonMustBeReachedEverywhere) {
  DrainGoal goal({"in"}, 3, base::Timestamp{500});
  Commit(0, 1, 500);
  Commit(1, 1, 499);
  EXPECT_FALSE(IsReached(goal));
  Commit(1, 1, 500);
  EXPECT_TRUE(IsReached(goal));
}

TEST_F(DrainGoalTest, WhatComesAfterTheFirstLookDoesNotCount) {
  DrainGoal goal({"in"}, 3, std::nullopt);
  EXPECT_FALSE(IsReached(goal));
  Write(0);
  Commit(0, 1, 0);
  Commit(1, 1, 0);
  EXPECT_TRUE(IsReached(goal));
}

}  // namespace
}  // namespace waymark::engine
