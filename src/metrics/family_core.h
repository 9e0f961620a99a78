#pragma once

#include <prometheus/metric_family.h>

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "metrics/instrument.h"
#include "metrics/open_metrics.h"
#include "metrics/registry.h"

namespace waymark::metrics {

// The series of one metric, by label values. Only for the .cc files of this room.
class FamilyCore {
 public:
  FamilyCore(Declaration declaration, size_t series_max);

  Counter FindCounter(std::span<const std::string_view> values);
  Gauge FindGauge(std::span<const std::string_view> values);
  Histogram FindHistogram(std::span<const std::string_view> values);
  void Remove(std::span<const std::string_view> values);

  const Declaration& declaration() const { return declaration_; }
  CollectedFamily Collect() const;

 private:
  using Cell = std::variant<Counter, Gauge, Histogram>;
  Cell& Find(std::span<const std::string_view> values);
  Cell MakeCell() const;

  const Declaration declaration_;
  const size_t series_max_;
  const std::shared_ptr<const std::vector<double>> buckets_;
  mutable std::mutex mutex_;
  std::map<std::vector<std::string>, Cell> series_;
  bool overflowed_ = false;
};

// The head of a metric in the exposition, without series.
prometheus::MetricFamily HeadOf(const Declaration& declaration);

}  // namespace waymark::metrics
