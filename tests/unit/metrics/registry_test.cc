#include "metrics/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <thread>
#include <vector>

#include "metrics/exemplars.h"

namespace waymark::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Registry, ExposesCountersAndGaugesFromTheStart) {
  Registry registry;
  const Counter counter = registry.AddCounter({.name = "a_total", .help = "Help."});
  const Gauge gauge = registry.AddGauge({.name = "b", .help = "More."});
  counter.Add();
  counter.Add(2);
  counter.Add(-5);
  gauge.Set(4);
  gauge.Add(-1.5);
  EXPECT_EQ(counter.value(), 3);
  EXPECT_EQ(gauge.value(), 2.5);
  EXPECT_EQ(registry.Expose(),
            "# HELP a_total Help.\n# TYPE a_total counter\na_total 3\n"
            "# HELP b More.\n# TYPE b gauge\nb 2.5\n");
}

TEST(Registry, KeepsSeriesApartByLabel) {
  Registry registry;
  const auto family = registry.AddCounters<2>({.name = "a_total", .labels = {"x", "y"}});
  EXPECT_EQ(registry.Expose(), "");
  family.With("1", "2").Add();
  family.With("2", "1").Add(5);
  family.With("1", "2").Add();
  EXPECT_THAT(registry.Expose(), HasSubstr("a_total{x=\"1\",y=\"2\"} 2\n"));
  EXPECT_THAT(registry.Expose(), HasSubstr("a_total{x=\"2\",y=\"1\"} 5\n"));
}

TEST(Registry, EscapesLabelValues) {
  Registry registry;
  registry.AddGauges<1>({.name = "a", .labels = {"x"}}).With("q\"b\\n\n").Set(1);
  EXPECT_THAT(registry.Expose(), HasSubstr("a{x=\"q\\\"b\\\\n\\n\"} 1\n"));
}

TEST(Registry, CountsWhatIsOverTheLimitAsOther) {
  Registry registry(2);
  const auto family = registry.AddCounters<1>({.name = "a_total", .labels = {"x"}});
  family.With("1").Add();
  family.With("2").Add();
  family.With("3").Add();
  family.With("4").Add();
  family.With("2").Add();
  const std::string text = registry.Expose();
  EXPECT_THAT(text, HasSubstr("a_total{x=\"1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("a_total{x=\"2\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("a_total{x=\"other\"} 2\n"));
  EXPECT_THAT(text, Not(HasSubstr("\"3\"")));
}

TEST(Registry, CountsOverlongLabelsAsOther) {
  Registry registry;
  const auto family = registry.AddCounters<1>({.name = "a_total", .labels = {"x"}});
  family.With(std::string(128, 'x')).Add();
  family.With(std::string(129, 'x')).Add();
  EXPECT_THAT(registry.Expose(), HasSubstr("a_total{x=\"other\"} 1\n"));
  EXPECT_THAT(registry.Expose(), HasSubstr("a_total{x=\"" + std::string(128, 'x') + "\"} 1\n"));
}

TEST(Registry, RemovedSeriesAreSeenNoMoreAndTheirHandlesHarmless) {
  Registry registry(1);
  const auto family = registry.AddGauges<1>({.name = "a", .labels = {"partition"}});
  const Gauge first = family.With("0");
  first.Set(1);
  family.Remove("0");
  first.Set(2);
  EXPECT_EQ(registry.Expose(), "");
  family.With("1").Set(3);
  EXPECT_THAT(registry.Expose(), HasSubstr("a{partition=\"1\"} 3\n"));
}

TEST(Registry, HandlesOutliveIt) {
  Counter counter;
  {
    Registry registry;
    counter = registry.AddCounter({.name = "a_total"});
  }
  counter.Add();
  EXPECT_EQ(counter.value(), 1);
}

TEST(Registry, AsksCollectedOnesAtEachExposition) {
  Registry registry;
  double value = 1;
  registry.AddCollected(Type::kGauge, {.name = "a", .help = "H."}, [&] { return value; });
  registry.AddCollected(Type::kCounter, {.name = "b_total"}, [] {
    return std::numeric_limits<double>::quiet_NaN();
  });
  EXPECT_THAT(registry.Expose(), HasSubstr("\na 1\n"));
  value = 2;
  EXPECT_THAT(registry.Expose(), HasSubstr("\na 2\n"));
  EXPECT_THAT(registry.Expose(), Not(HasSubstr("b_total")));
}

TEST(Histogram, BatchAndSingleObservationsAreTheSame) {
  const std::vector<double> values = {0.5, 1, 1.5, 2, 2.5, 10, 10, 10.5, 0};
  const auto exposed = [&](bool batched) {
    Registry registry;
    const Histogram histogram = registry.AddHistogram({.name = "h", .buckets = {1, 2, 10}});
    const std::vector<double> ends = {1, 2, 10};
    HistogramBatch batch(ends);
    for (const double value : values) {
      batched ? batch.Observe(value) : histogram.Observe(value);
    }
    batch.PublishTo(histogram);
    batch.PublishTo(histogram);
    return registry.Expose();
  };
  EXPECT_EQ(exposed(true), exposed(false));
  EXPECT_THAT(exposed(true), HasSubstr("h_bucket{le=\"1\"} 3\nh_bucket{le=\"2\"} 5\n"
                                       "h_bucket{le=\"10\"} 8\nh_bucket{le=\"+Inf\"} 9\n"));
  EXPECT_THAT(exposed(true), HasSubstr("h_count 9\nh_sum 38\n"));
}

TEST(Histogram, ABatchCountsTimes) {
  Registry registry;
  const Histogram histogram = registry.AddHistogram({.name = "h", .buckets = {1}});
  const std::vector<double> ends = {1};
  HistogramBatch batch(ends);
  batch.Observe(0.5, 4);
  EXPECT_THAT(registry.Expose(), HasSubstr("h_count 0\n"));
  batch.PublishTo(histogram);
  EXPECT_THAT(registry.Expose(), HasSubstr("h_count 4\nh_sum 2\n"));
}

TEST(Registry, IsSafeFromManyThreads) {
  Registry registry(20);
  const auto family = registry.AddCounters<1>({.name = "a_total", .labels = {"x"}});
  const Counter all = registry.AddCounter({.name = "all_total"});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        family.With(std::to_string(i % 10)).Add();
        all.Add();
        if (i % 100 == 0) {
          EXPECT_FALSE(registry.Expose().empty());
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(all.value(), 4000);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(family.With(std::to_string(i)).value(), 400);
}

TEST(RegistryDeathTest, RefusesAMetricTwiceAndBadBuckets) {
  Registry registry;
  registry.AddGauge({.name = "a"});
  EXPECT_DEATH(registry.AddCounter({.name = "a"}), "added once");
  EXPECT_DEATH(registry.AddHistogram({.name = "h"}), "buckets");
  EXPECT_DEATH(registry.AddHistogram({.name = "h", .buckets = {2, 1}}), "buckets rise");
  EXPECT_DEATH(registry.AddCounters<2>({.name = "c", .labels = {"x"}}), "labels");
}

TEST(Registry, OpenMetricsShowsWhichTraceABucketStandsFor) {
  Registry registry;
  const Counter counter = registry.AddCounter(
      {.name = "waymark_things_total", .unit = "things", .help = "Things \"seen\"."});
  const auto histograms = registry.AddHistograms<1>({.name = "waymark_time_seconds",
                                                     .unit = "seconds",
                                                     .help = "Time.",
                                                     .labels = {"output"},
                                                     .buckets = {0.1, 1}});
  counter.Add(2);
  const Histogram histogram = histograms.With("a\"b");
  histogram.Observe(0.5);
  histogram.Observe(5);
  histogram.Note({0.5, "0af7651916cd43dd8448eb211c80319c", 1700000000.25});
  EXPECT_EQ(registry.ExposeOpenMetrics(),
            "# HELP waymark_things Things \\\"seen\\\".\n"
            "# TYPE waymark_things counter\n"
            "waymark_things_total 2\n"
            "# HELP waymark_time_seconds Time.\n"
            "# TYPE waymark_time_seconds histogram\n"
            "waymark_time_seconds_bucket{output=\"a\\\"b\",le=\"0.1\"} 0\n"
            "waymark_time_seconds_bucket{output=\"a\\\"b\",le=\"1\"} 1"
            " # {trace_id=\"0af7651916cd43dd8448eb211c80319c\"} 0.5 1700000000.250\n"
            "waymark_time_seconds_bucket{output=\"a\\\"b\",le=\"+Inf\"} 2\n"
            "waymark_time_seconds_sum{output=\"a\\\"b\"} 5.5\n"
            "waymark_time_seconds_count{output=\"a\\\"b\"} 2\n"
            "# EOF\n");
  EXPECT_EQ(registry.Expose().find("trace_id"), std::string::npos) << "the older format has none";
}

}  // namespace
}  // namespace waymark::metrics
