#include "metrics/instrument.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <algorithm>

namespace waymark::metrics {

void Counter::Add(double amount) const { cell_->Increment(amount); }
double Counter::value() const { return cell_->Value(); }

void Gauge::Set(double value) const { cell_->Set(value); }
void Gauge::Add(double amount) const { cell_->Increment(amount); }
double Gauge::value() const { return cell_->Value(); }

void Histogram::Observe(double value) const { cell_->Observe(value); }

HistogramBatch::HistogramBatch(Histogram histogram)
    : histogram_(std::move(histogram)), counts_(histogram_.buckets_->size() + 1) {}

void HistogramBatch::Observe(double value, size_t times) {
  const auto& ends = *histogram_.buckets_;
  const auto bucket = std::lower_bound(ends.begin(), ends.end(), value) - ends.begin();
  counts_[static_cast<size_t>(bucket)] += static_cast<double>(times);
  sum_ += value * static_cast<double>(times);
  empty_ = false;
}

void HistogramBatch::Publish() {
  if (empty_) return;
  histogram_.cell_->ObserveMultiple(counts_, sum_);
  std::fill(counts_.begin(), counts_.end(), 0);
  sum_ = 0;
  empty_ = true;
}

}  // namespace waymark::metrics
