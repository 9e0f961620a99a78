#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>

#include "base/time.h"

namespace waymark::kafka {

// Keeps a client that lost its brokers from flooding the log: at most `kLines` lines in each
// `kWindow`. Any thread.
class LogLimiter {
 public:
  static constexpr int64_t kLines = 20;
  static constexpr std::chrono::seconds kWindow{10};

  struct Verdict {
    bool write = false;
    int64_t suppressed_before = 0;  // lines dropped since the last one that was written
  };

  explicit LogLimiter(const base::Clock& clock) : clock_(clock) {}
  Verdict Admit();

 private:
  const base::Clock& clock_;
  std::mutex mutex_;
  std::chrono::nanoseconds window_start_{};
  int64_t lines_ = 0;
  int64_t suppressed_ = 0;
  bool started_ = false;
};

}  // namespace waymark::kafka
