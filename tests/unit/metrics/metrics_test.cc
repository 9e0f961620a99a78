#include "metrics/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>

#include "metrics/process.h"

namespace waymark::metrics {
namespace {

std::vector<Declaration> All() {
  Registry registry;
  const Metrics metrics(registry);
  AddProcessMetrics(registry);
  return registry.declarations();
}

// Units that the name of a metric must tell.
bool IsBaseUnit(const std::string& unit) {
  return unit == "seconds" || unit == "bytes" || unit == "ratio";
}

TEST(Metrics, AreNamedAsOperatorsExpect) {
  const std::regex shape("(waymark|process)(_[a-z0-9]+)+");
  for (const Declaration& d : All()) {
    EXPECT_TRUE(std::regex_match(d.name, shape)) << d.name;
    EXPECT_EQ(d.name.ends_with("_total"), d.type == Type::kCounter) << d.name;
    EXPECT_FALSE(d.unit.empty()) << d.name;
    const size_t suffix = d.type == Type::kCounter ? std::string("_total").size() : 0;
    const std::string stem = d.name.substr(0, d.name.size() - suffix);
    if (IsBaseUnit(d.unit)) {
      EXPECT_NE(stem.find("_" + d.unit), std::string::npos) << d.name;
    }
    for (const char* unit : {"_seconds", "_bytes", "_ratio"}) {
      if (stem.ends_with(unit)) {
        EXPECT_EQ("_" + d.unit, unit) << d.name;
      }
    }
  }
}

TEST(Metrics, HaveAHelpAndLabelsWithoutCustomers) {
  const std::set<std::string> labels = {
      "version", "revision", "state",  "family", "model",  "component", "topic", "reason",
      "channel", "phase",    "output", "action", "kind",   "partition", "stage", "from",
      "to",      "record",   "error",  "result", "op",     "route",     "method", "code",
      "broker",  "quantile", "direction", "answer",
      "type"};
  for (const Declaration& d : All()) {
    EXPECT_TRUE(d.help.ends_with(".")) << d.name;
    for (const std::string& label : d.labels) EXPECT_TRUE(labels.contains(label)) << label;
  }
}

TEST(Metrics, CanBeFilledAndAreExposed) {
  Registry registry;
  const Metrics metrics(registry);
  metrics.input.records_consumed.With("waymark.interactions").Add(3);
  metrics.output.transactions.With("commit").Add();
  metrics.http.requests.With("/metrics", "GET", "200").Add();
  const std::string text = registry.Expose();
  EXPECT_THAT(text, testing::HasSubstr(
                        "waymark_records_consumed_total{topic=\"waymark.interactions\"} 3\n"));
  EXPECT_THAT(text, testing::HasSubstr("waymark_transactions_total{result=\"commit\"} 1\n"));
  EXPECT_THAT(text, testing::HasSubstr("# TYPE waymark_lateness_seconds histogram\n"));
  EXPECT_THAT(
      text,
      testing::HasSubstr(
          "waymark_http_requests_total{route=\"/metrics\",method=\"GET\",code=\"200\"} 1\n"));
}

TEST(MetricsTable, HasARowForEachMetric) {
  const std::string table = MetricsTableMarkdown();
  const auto rows = std::count(table.begin(), table.end(), '\n');
  EXPECT_EQ(static_cast<size_t>(rows), All().size() + 2);
  EXPECT_THAT(table, testing::HasSubstr("| `waymark_stage_transitions_total` | counter | "
                                        "transitions | `model`, `from`, `to` | "));
  EXPECT_THAT(table, testing::HasSubstr("| `process_cpu_seconds_total` | counter | seconds |"));
}

}  // namespace
}  // namespace waymark::metrics
