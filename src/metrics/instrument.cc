#include "metrics/instrument.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <algorithm>

#include "base/check.h"
#include "metrics/exemplars.h"

namespace waymark::metrics {

void Counter::Add(double amount) const { cell_->Increment(amount); }
double Counter::value() const { return cell_->Value(); }

void Gauge::Set(double value) const { cell_->Set(value); }
void Gauge::Add(double amount) const { cell_->Increment(amount); }
double Gauge::value() const { return cell_->Value(); }

void Histogram::Observe(double value) const { cell_->Observe(value); }

void Histogram::Note(Exemplar exemplar) const {
  const auto bucket = std::lower_bound(buckets_->begin(), buckets_->end(), exemplar.value);
  exemplars_->Note(static_cast<size_t>(bucket - buckets_->begin()), std::move(exemplar));
}

HistogramBatch::HistogramBatch(std::span<const double> ends)
    : ends_(ends), counts_(ends.size() + 1) {}

void HistogramBatch::Observe(double value, size_t times) {
  const auto bucket = std::lower_bound(ends_.begin(), ends_.end(), value) - ends_.begin();
  counts_[static_cast<size_t>(bucket)] += static_cast<double>(times);
  sum_ += value * static_cast<double>(times);
  empty_ = false;
}

void HistogramBatch::PublishTo(const Histogram& histogram) {
  if (empty_) return;
  WAYMARK_CHECK(std::equal(ends_.begin(), ends_.end(), histogram.buckets_->begin(),
                           histogram.buckets_->end()),
                "a batch has the buckets of its histogram");
  histogram.cell_->ObserveMultiple(counts_, sum_);
  std::fill(counts_.begin(), counts_.end(), 0);
  sum_ = 0;
  empty_ = true;
}

}  // namespace waymark::metrics
