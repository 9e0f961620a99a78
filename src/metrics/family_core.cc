#include "metrics/family_core.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <algorithm>

#include "base/check.h"
#include "base/log.h"
#include "metrics/exemplars.h"

namespace waymark::metrics {
namespace {

constexpr size_t kValueBytesMax = 128;
constexpr std::string_view kOther = "other";

prometheus::MetricType TypeOf(Type type) {
  switch (type) {
    case Type::kCounter: return prometheus::MetricType::Counter;
    case Type::kGauge: return prometheus::MetricType::Gauge;
    case Type::kHistogram: return prometheus::MetricType::Histogram;
  }
  return prometheus::MetricType::Untyped;
}

}  // namespace

prometheus::MetricFamily HeadOf(const Declaration& declaration) {
  return {declaration.name, declaration.help, TypeOf(declaration.type), {}};
}

FamilyCore::FamilyCore(Declaration declaration, size_t series_max)
    : declaration_(std::move(declaration)),
      series_max_(series_max),
      buckets_(std::make_shared<const std::vector<double>>(declaration_.buckets)) {}

FamilyCore::Cell FamilyCore::MakeCell() const {
  switch (declaration_.type) {
    case Type::kCounter: {
      Counter counter;
      counter.cell_ = std::make_shared<prometheus::Counter>();
      return counter;
    }
    case Type::kGauge: {
      Gauge gauge;
      gauge.cell_ = std::make_shared<prometheus::Gauge>();
      return gauge;
    }
    case Type::kHistogram: break;
  }
  Histogram histogram;
  histogram.cell_ = std::make_shared<prometheus::Histogram>(*buckets_);
  histogram.buckets_ = buckets_;
  histogram.exemplars_ = std::make_shared<Exemplars>();
  return histogram;
}

FamilyCore::Cell& FamilyCore::Find(std::span<const std::string_view> values) {
  WAYMARK_CHECK(values.size() == declaration_.labels.size(), "a value for each label");
  std::vector<std::string> key(values.begin(), values.end());
  const std::lock_guard lock(mutex_);
  const auto found = series_.find(key);
  if (found != series_.end()) return found->second;
  const bool too_long = std::any_of(key.begin(), key.end(), [](const std::string& value) {
    return value.size() > kValueBytesMax;
  });
  if (too_long || series_.size() >= series_max_) {
    if (!overflowed_) {
      overflowed_ = true;
      WAYMARK_WARN("{} has more than {} series or a label over {} bytes, further ones are counted "
                   "as '{}' (hint: metrics.series_max)",
                   declaration_.name, series_max_, kValueBytesMax, kOther);
    }
    std::fill(key.begin(), key.end(), kOther);
  }
  return series_.try_emplace(std::move(key), MakeCell()).first->second;
}

Counter FamilyCore::FindCounter(std::span<const std::string_view> values) {
  return std::get<Counter>(Find(values));
}

Gauge FamilyCore::FindGauge(std::span<const std::string_view> values) {
  return std::get<Gauge>(Find(values));
}

Histogram FamilyCore::FindHistogram(std::span<const std::string_view> values) {
  return std::get<Histogram>(Find(values));
}

void FamilyCore::Remove(std::span<const std::string_view> values) {
  const std::lock_guard lock(mutex_);
  series_.erase({values.begin(), values.end()});
}

CollectedFamily FamilyCore::Collect() const {
  CollectedFamily out{HeadOf(declaration_), {}};
  const std::lock_guard lock(mutex_);
  for (const auto& [values, cell] : series_) {
    prometheus::ClientMetric metric =
        std::visit([](const auto& handle) { return handle.cell_->Collect(); }, cell);
    for (size_t i = 0; i < values.size(); ++i) {
      metric.label.push_back({declaration_.labels[i], values[i]});
    }
    out.family.metric.push_back(std::move(metric));
    if (const auto* const histogram = std::get_if<Histogram>(&cell)) {
      out.exemplars.push_back(histogram->exemplars_->Get());
    }
  }
  return out;
}

void Resolve(FamilyCore& core, std::span<const std::string_view> values, Counter& out) {
  out = core.FindCounter(values);
}

void Resolve(FamilyCore& core, std::span<const std::string_view> values, Gauge& out) {
  out = core.FindGauge(values);
}

void Resolve(FamilyCore& core, std::span<const std::string_view> values, Histogram& out) {
  out = core.FindHistogram(values);
}

void Remove(FamilyCore& core, std::span<const std::string_view> values) { core.Remove(values); }

}  // namespace waymark::metrics
