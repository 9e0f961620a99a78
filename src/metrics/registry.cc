#include "metrics/registry.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cmath>
#include <mutex>

#include "base/check.h"
#include "metrics/family_core.h"

namespace waymark::metrics {

std::string_view ToString(Type type) {
  switch (type) {
    case Type::kCounter: return "counter";
    case Type::kGauge: return "gauge";
    case Type::kHistogram: return "histogram";
  }
  return "unknown";
}

struct Registry::Impl {
  // Either a family or a function that is asked.
  struct Entry {
    Declaration declaration;
    std::shared_ptr<FamilyCore> core;
    std::function<double()> read;
  };

  void Add(Entry entry) {
    const std::lock_guard lock(mutex);
    const bool fresh = std::none_of(entries.begin(), entries.end(), [&](const Entry& other) {
      return other.declaration.name == entry.declaration.name;
    });
    WAYMARK_CHECK(fresh, "a metric is added once");
    entries.push_back(std::move(entry));
  }

  std::vector<CollectedFamily> Collect() const;

  size_t series_max;
  mutable std::mutex mutex;
  std::vector<Entry> entries;
};

Registry::Registry(size_t series_max) : impl_(std::make_unique<Impl>()) {
  impl_->series_max = series_max;
}

Registry::~Registry() = default;

std::shared_ptr<FamilyCore> Registry::AddFamily(Type type, size_t labels,
                                                Declaration declaration) {
  declaration.type = type;
  WAYMARK_CHECK(declaration.labels.size() == labels, "as many labels as declared");
  WAYMARK_CHECK(declaration.buckets.empty() == (type != Type::kHistogram),
                "histograms, and only they, have buckets");
  WAYMARK_CHECK(std::is_sorted(declaration.buckets.begin(), declaration.buckets.end()),
                "buckets rise");
  auto core = std::make_shared<FamilyCore>(declaration, impl_->series_max);
  impl_->Add({std::move(declaration), core, nullptr});
  return core;
}

Counter Registry::AddCounter(Declaration declaration) {
  return AddFamily(Type::kCounter, 0, std::move(declaration))->FindCounter({});
}

Gauge Registry::AddGauge(Declaration declaration) {
  return AddFamily(Type::kGauge, 0, std::move(declaration))->FindGauge({});
}

Histogram Registry::AddHistogram(Declaration declaration) {
  return AddFamily(Type::kHistogram, 0, std::move(declaration))->FindHistogram({});
}

void Registry::AddCollected(Type type, Declaration declaration, std::function<double()> read) {
  WAYMARK_CHECK(type != Type::kHistogram, "a histogram can't be asked for one number");
  WAYMARK_CHECK(declaration.labels.empty(), "what is asked for has no labels");
  declaration.type = type;
  impl_->Add({std::move(declaration), nullptr, std::move(read)});
}

std::vector<CollectedFamily> Registry::Impl::Collect() const {
  std::vector<CollectedFamily> families;
  const std::lock_guard lock(mutex);
  for (const Entry& entry : entries) {
    if (entry.core) {
      auto collected = entry.core->Collect();
      if (!collected.family.metric.empty()) families.push_back(std::move(collected));
      continue;
    }
    const double value = entry.read();
    if (std::isnan(value)) continue;
    prometheus::ClientMetric metric;
    metric.counter.value = value;
    metric.gauge.value = value;
    families.push_back({HeadOf(entry.declaration), {}});
    families.back().family.metric.push_back(std::move(metric));
  }
  return families;
}

std::string Registry::Expose() const {
  std::vector<prometheus::MetricFamily> families;
  for (CollectedFamily& collected : impl_->Collect()) {
    families.push_back(std::move(collected.family));
  }
  return prometheus::TextSerializer().Serialize(families);
}

std::string Registry::ExposeOpenMetrics() const { return ToOpenMetrics(impl_->Collect()); }

std::vector<Declaration> Registry::declarations() const {
  const std::lock_guard lock(impl_->mutex);
  std::vector<Declaration> out;
  for (const Impl::Entry& entry : impl_->entries) out.push_back(entry.declaration);
  return out;
}

}  // namespace waymark::metrics
