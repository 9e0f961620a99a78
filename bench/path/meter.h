#pragma once

#include <benchmark/benchmark.h>

#include <vector>

#include "allocations.h"
#include "base/status.h"

namespace waymark::path {

// The names of the counters that each benchmark reports.
inline constexpr const char* kTimeCounter = "ns/event";
inline constexpr const char* kAllocationsCounter = "allocs/event";
inline constexpr const char* kBytesCounter = "bytes/event";

// Measures the passes of a benchmark: processor time and allocations of this thread, in the
// stretches between Start() and Stop() alone, so that a pass may prepare what it needs. Reports
// those of one event: the time that a tenth of the passes stayed below, and the allocations of the
// last pass, when buffers have their size. Most of what disturbs a pass makes it slower, hence no
// mean or median; a clock that was corrected in the middle makes one faster, hence no minimum.
class Meter {
 public:
  explicit Meter(benchmark::State& bench) : bench_(bench) {}
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;
  ~Meter();

  void Start();
  void Stop();
  // Ends a pass, which is one iteration of the benchmark.
  void EndPass(size_t events);

 private:
  benchmark::State& bench_;
  double started_ = 0;  // seconds
  Allocations before_;
  double seconds_ = 0;  // of this pass
  Allocations allocations_;
  std::vector<double> passes_;  // seconds an event
  double count_ = 0;            // an event, as bytes
  double bytes_ = 0;
};

// One pass of work that needs nothing prepared: `visit(i)` for each event.
template <class Visit>
void MeasurePasses(benchmark::State& bench, size_t events, Visit visit) {
  Meter meter(bench);
  for (auto _ : bench) {
    meter.Start();
    for (size_t i = 0; i < events; ++i) visit(i);
    meter.Stop();
    meter.EndPass(events);
  }
}

// Ends the program with a fault's text.
void Must(const base::Status& status);

}  // namespace waymark::path
