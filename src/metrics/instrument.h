#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace waymark::metrics {

class FamilyCore;
class Exemplars;
struct Exemplar;

// Handles of one series each: resolve once, keep, update once a batch. Copies mean the same series.
// Updates are safe from any thread and never fail.

class Counter {
 public:
  // Negative amounts are ignored: a counter only rises.
  void Add(double amount = 1) const;
  double value() const;

 private:
  friend class FamilyCore;
  std::shared_ptr<prometheus::Counter> cell_;
};

class Gauge {
 public:
  void Set(double value) const;
  void Add(double amount) const;
  double value() const;

 private:
  friend class FamilyCore;
  std::shared_ptr<prometheus::Gauge> cell_;
};

class Histogram {
 public:
  // Takes a lock; in a hot loop, use HistogramBatch.
  void Observe(double value) const;
  // An observation, counted already, that stands for others of its bucket.
  void Note(Exemplar exemplar) const;

 private:
  friend class FamilyCore;
  friend class HistogramBatch;
  std::shared_ptr<prometheus::Histogram> cell_;
  std::shared_ptr<const std::vector<double>> buckets_;
  std::shared_ptr<Exemplars> exemplars_;
};

// Collects observations of one thread without locks until they are published together.
class HistogramBatch {
 public:
  // The upper ends of the buckets, which live as long as this.
  explicit HistogramBatch(std::span<const double> ends);
  void Observe(double value, size_t times = 1);
  // Adds what was collected to a histogram of the same buckets and starts anew.
  void PublishTo(const Histogram& histogram);

 private:
  std::span<const double> ends_;
  std::vector<double> counts_;  // of each bucket, the one without an upper end last
  double sum_ = 0;
  bool empty_ = true;
};

// What the handles of a metric with labels come from; made by the Registry.
void Resolve(FamilyCore& core, std::span<const std::string_view> values, Counter& out);
void Resolve(FamilyCore& core, std::span<const std::string_view> values, Gauge& out);
void Resolve(FamilyCore& core, std::span<const std::string_view> values, Histogram& out);
void Remove(FamilyCore& core, std::span<const std::string_view> values);

// A metric with N labels.
template <class Handle, size_t N>
class Family {
 public:
  explicit Family(std::shared_ptr<FamilyCore> core) : core_(std::move(core)) {}

  // The series with these label values, in the order of the declaration. Takes a lock. Over the
  // limit of series, or with a value over 128 bytes, it is the one with all values "other".
  template <std::convertible_to<std::string_view>... Values>
    requires(sizeof...(Values) == N)
  Handle With(const Values&... values) const {
    const std::array<std::string_view, N> list{values...};
    Handle out;
    Resolve(*core_, list, out);
    return out;
  }
  // Takes a series out of the exposition, such as that of a partition given away. Handles of it
  // stay usable, but are seen no more.
  template <std::convertible_to<std::string_view>... Values>
    requires(sizeof...(Values) == N)
  void Remove(const Values&... values) const {
    const std::array<std::string_view, N> list{values...};
    metrics::Remove(*core_, list);
  }

 private:
  std::shared_ptr<FamilyCore> core_;
};

}  // namespace waymark::metrics
