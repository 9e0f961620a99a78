#include "kafka/broker_meter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace waymark::kafka {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string Statistics(int timeouts, int retries, int p50, int p99) {
  return R"({"name":"c","brokers":{
    "one:9092/1":{"nodeid":1,"nodename":"one:9092","req_timeouts":)" + std::to_string(timeouts) +
         R"(,"txretries":)" + std::to_string(retries) + R"(,"rtt":{"p50":)" + std::to_string(p50) +
         R"(,"p99":)" + std::to_string(p99) + R"(}},
    "one:9092/bootstrap":{"nodeid":-1,"nodename":"one:9092","req_timeouts":50,"txretries":50},
    "odd":[],"nameless":{"nodeid":2}}})";
}

TEST(BrokerStatistics, ShowBrokersByTheirAddressOnce) {
  const auto found = ReadBrokerStatistics(Statistics(3, 4, 900, 1500));
  ASSERT_THAT(found, SizeIs(1));
  const BrokerStatistics& one = found.at("one:9092");
  EXPECT_EQ(one.request_timeouts, 3);
  EXPECT_EQ(one.request_retries, 4);
  EXPECT_EQ(one.round_trip_p50_us, 900);
  EXPECT_EQ(one.round_trip_p99_us, 1500);
}

TEST(BrokerStatistics, OfAnotherFormTellNothing) {
  for (const char* odd : {"", "[]", "{}", R"({"brokers":1})", R"({"brokers":{"a":1}})"}) {
    EXPECT_THAT(ReadBrokerStatistics(odd), IsEmpty()) << odd;
  }
  const auto odd = ReadBrokerStatistics(
      R"({"brokers":{"a":{"nodeid":1,"nodename":"a:1","req_timeouts":"many","rtt":7}}})");
  ASSERT_THAT(odd, SizeIs(1));
  EXPECT_EQ(odd.at("a:1").request_timeouts, 0);
}

TEST(BrokerMeter, ClientsAddUpWhatTheyHaveNotCountedYet) {
  metrics::Registry registry;
  metrics::Metrics metrics(registry);
  BrokerMeter producer(metrics, BrokerMeter::RoundTrips::kShown);
  BrokerMeter consumer(metrics, BrokerMeter::RoundTrips::kLeftOut);
  producer.OnStatistics(Statistics(1, 2, 1000, 4000));
  producer.OnStatistics(Statistics(3, 2, 0, 0));
  consumer.OnStatistics(Statistics(10, 0, 50'000, 60'000));
  consumer.OnStatistics("garbage");
  const std::string shown = registry.Expose();
  EXPECT_THAT(shown, HasSubstr("waymark_kafka_request_timeouts_total{broker=\"one:9092\"} 13"));
  EXPECT_THAT(shown, HasSubstr("waymark_kafka_request_retries_total{broker=\"one:9092\"} 2"));
  EXPECT_THAT(shown, HasSubstr("waymark_kafka_round_trip_seconds{broker=\"one:9092\","
                               "quantile=\"0.5\"} 0.001"));
  EXPECT_THAT(shown, HasSubstr("quantile=\"0.99\"} 0.004"));
}

}  // namespace
}  // namespace waymark::kafka
