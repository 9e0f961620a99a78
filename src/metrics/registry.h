#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/instrument.h"

namespace waymark::metrics {

enum class Type { kCounter, kGauge, kHistogram };
std::string_view ToString(Type type);

// All there is to know about a metric.
struct Declaration {
  std::string name;  // whole: "waymark_records_consumed_total"
  std::string unit = {};  // "seconds", "bytes", "records", …; how the value is counted
  std::string help = {};  // a sentence
  std::vector<std::string> labels = {};
  std::vector<double> buckets = {};  // upper ends, rising; of histograms only
  Type type = Type::kGauge;          // set by the Registry
};

// The metrics of a process. Given to its users by constructor; safe from any thread. Handles stay
// usable after the Registry is gone.
class Registry {
 public:
  // A metric with more series than this counts further ones under the label value "other".
  explicit Registry(size_t series_max = 1000);
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // Each name is added once; a second time is a broken invariant.
  Counter AddCounter(Declaration declaration);
  Gauge AddGauge(Declaration declaration);
  Histogram AddHistogram(Declaration declaration);
  // With labels: the handle of each series comes from With().
  template <size_t N>
  Family<Counter, N> AddCounters(Declaration declaration) {
    return Family<Counter, N>(AddFamily(Type::kCounter, N, std::move(declaration)));
  }
  template <size_t N>
  Family<Gauge, N> AddGauges(Declaration declaration) {
    return Family<Gauge, N>(AddFamily(Type::kGauge, N, std::move(declaration)));
  }
  template <size_t N>
  Family<Histogram, N> AddHistograms(Declaration declaration) {
    return Family<Histogram, N>(AddFamily(Type::kHistogram, N, std::move(declaration)));
  }
  // A counter or gauge whose value is asked for at each exposition, on that thread. `read` must
  // live as long as the Registry and be quick; what is not a number is left out.
  void AddCollected(Type type, Declaration declaration, std::function<double()> read);

  // Every metric in the text format of Prometheus, version 0.0.4.
  std::string Expose() const;
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";
  // The same in the text format of OpenMetrics, with exemplars.
  std::string ExposeOpenMetrics() const;
  static constexpr std::string_view kOpenMetricsContentType =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  // In the order in which they were added.
  std::vector<Declaration> declarations() const;

 private:
  std::shared_ptr<FamilyCore> AddFamily(Type type, size_t labels, Declaration declaration);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waymark::metrics
