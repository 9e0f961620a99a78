#include "kafka/consumer_meter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waymark::kafka {
namespace {

using testing::HasSubstr;

constexpr std::string_view kStatistics = R"({"name":"c","topics":{
  "a":{"topic":"a","partitions":{"0":{"partition":0,"fetchq_cnt":7,"fetchq_size":700},
                                 "-1":{"partition":-1,"fetchq_cnt":0,"fetchq_size":0}}},
  "b":{"topic":"b","partitions":{"0":{"partition":0,"fetchq_cnt":8,"fetchq_size":800}}}}})";

TEST(Statistics, ShowTheQueueThatAllPartitionsShare) {
  const auto found = ReadStatistics(kStatistics);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->records, 8);
  EXPECT_EQ(found->bytes, 800);
}

TEST(Statistics, WithoutPartitionsNothingWaits) {
  const auto found = ReadStatistics(R"({"topics":{}})");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->bytes, 0);
}

TEST(Statistics, OfAnotherFormTellNothing) {
  EXPECT_FALSE(ReadStatistics(""));
  EXPECT_FALSE(ReadStatistics("[]"));
  EXPECT_FALSE(ReadStatistics(R"({"name":"c"})"));
  EXPECT_TRUE(ReadStatistics(R"({"topics":{"a":1,"b":{"partitions":{"0":[]}}}})"));
}

TEST(ConsumerMeter, ConsumersAddUpAndTakeTheirPartBack) {
  metrics::Registry registry(100);
  metrics::Metrics metrics(registry);
  {
    ConsumerMeter first(metrics);
    ConsumerMeter second(metrics);
    first.OnStatistics(kStatistics);
    second.OnStatistics(kStatistics);
    second.OnStatistics(kStatistics);
    second.OnStatistics("garbage");
    first.OnGeneration(5);
    EXPECT_THAT(registry.Expose(), HasSubstr("waymark_inflight_records 16"));
    EXPECT_THAT(registry.Expose(), HasSubstr("waymark_inflight_bytes 1600"));
    EXPECT_THAT(registry.Expose(), HasSubstr("waymark_group_generation 5"));
  }
  EXPECT_THAT(registry.Expose(), HasSubstr("waymark_inflight_bytes 0"));
}

}  // namespace
}  // namespace waymark::kafka
