#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>

namespace waymark::metrics {

// One observation behind a histogram, by which its trace is found.
struct Exemplar {
  double value = 0;
  std::string trace_id;
  double time = 0;  // when it was observed, seconds since 1970
};

// The last exemplar of each bucket of a histogram. Safe from any thread.
class Exemplars {
 public:
  void Note(size_t bucket, Exemplar exemplar) {
    const std::lock_guard lock(mutex_);
    last_[bucket] = std::move(exemplar);
  }
  std::map<size_t, Exemplar> Get() const {
    const std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<size_t, Exemplar> last_;  // by the bucket's number
};

}  // namespace waymark::metrics
