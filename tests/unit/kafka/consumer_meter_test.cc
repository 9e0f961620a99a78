#include "kafka/consumer_meter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waymark::kafka {
namespace {

using testing::HasSubstr;
using testing::Not;

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
    ConsumerMeter first(metrics, 1000);
    ConsumerMeter second(metrics, 1000);
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

std::string PartitionJson(int partition, std::string_view rest) {
  return "\"" + std::to_string(partition) + "\":{\"partition\":" + std::to_string(partition) + "," +
         std::string(rest) + "}";
}

TEST(ConsumerMeter, TellsWhatIsLeftOfThePartitionsThatItReads) {
  metrics::Registry registry(100);
  metrics::Metrics metrics(registry);
  ConsumerMeter meter(metrics, 1000);
  const std::string read = PartitionJson(
      0, R"("fetch_state":"active","app_offset":7,"next_offset":20,"ls_offset":30,"hi_offset":99)");
  const std::string fresh = PartitionJson(
      1, R"("fetch_state":"active","app_offset":-1001,"next_offset":25,"ls_offset":30)");
  const std::string given_away = PartitionJson(
      2, R"("fetch_state":"none","app_offset":7,"next_offset":20,"ls_offset":30)");
  const std::string unknown = PartitionJson(
      3, R"("fetch_state":"active","app_offset":7,"next_offset":20,"ls_offset":-1001)");
  meter.OnStatistics(R"({"topics":{"in":{"partitions":{)" + read + "," + fresh + "," + given_away +
                     "," + unknown + "}}}}");
  EXPECT_THAT(registry.Expose(),
              HasSubstr("waymark_consumer_lag_records{topic=\"in\",partition=\"0\"} 23\n"));
  EXPECT_THAT(registry.Expose(),
              HasSubstr("waymark_consumer_lag_records{topic=\"in\",partition=\"1\"} 5\n"));
  EXPECT_THAT(registry.Expose(), Not(HasSubstr("partition=\"2\"")));
  EXPECT_THAT(registry.Expose(), Not(HasSubstr("partition=\"3\"")));
  meter.OnStatistics(R"({"topics":{"in":{"partitions":{)" + fresh + "}}}}");
  EXPECT_THAT(registry.Expose(), Not(HasSubstr("partition=\"0\"")));
  EXPECT_THAT(registry.Expose(), HasSubstr("partition=\"1\"} 5\n"));
}

TEST(ConsumerMeter, AFullQueueIsBackpressureSinceTheLastLook) {
  metrics::Registry registry(100);
  metrics::Metrics metrics(registry);
  ConsumerMeter meter(metrics, 1000);
  const auto look = [&](int64_t at_us, int64_t bytes) {
    meter.OnStatistics("{\"ts\":" + std::to_string(at_us) + R"(,"topics":{"in":{"partitions":{)" +
                       PartitionJson(0, "\"fetchq_size\":" + std::to_string(bytes)) + "}}}}");
    return metrics.input.backpressure_seconds.value();
  };
  EXPECT_EQ(look(1'000'000, 5000), 0) << "since when is not known";
  EXPECT_EQ(look(3'000'000, 999), 0);
  EXPECT_EQ(look(8'000'000, 1000), 5);
  EXPECT_EQ(look(8'500'000, 2000), 5.5);
}

}  // namespace
}  // namespace waymark::kafka
