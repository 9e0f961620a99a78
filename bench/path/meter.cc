#include "meter.h"

#include <time.h>

#include <algorithm>
#include <cstddef>
#include <stdexcept>

namespace waymark::path {
namespace {

double ThreadSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace

void Meter::Start() {
  before_ = AllocationsSoFar();
  started_ = ThreadSeconds();
}

void Meter::Stop() {
  seconds_ += ThreadSeconds() - started_;
  const Allocations now = AllocationsSoFar();
  allocations_.count += now.count - before_.count;
  allocations_.bytes += now.bytes - before_.bytes;
}

void Meter::EndPass(size_t events) {
  const auto each = static_cast<double>(events);
  bench_.SetIterationTime(seconds_);
  passes_.push_back(seconds_ / each);
  count_ = static_cast<double>(allocations_.count) / each;
  bytes_ = static_cast<double>(allocations_.bytes) / each;
  seconds_ = 0;
  allocations_ = {};
}

Meter::~Meter() {
  const auto tenth = passes_.begin() + static_cast<std::ptrdiff_t>(passes_.size() / 10);
  std::nth_element(passes_.begin(), tenth, passes_.end());
  bench_.counters[kTimeCounter] = *tenth * 1e9;
  bench_.counters[kAllocationsCounter] = count_;
  bench_.counters[kBytesCounter] = bytes_;
}

void Must(const base::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.text());
}

}  // namespace waymark::path
