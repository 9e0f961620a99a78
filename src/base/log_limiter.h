#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/time.h"

namespace waymark::base {

// Keeps what goes wrong again and again from flooding the log: of each cause at most so many lines
// in each `kWindow`. Any thread.
class LogLimiter {
 public:
  static constexpr std::chrono::seconds kWindow{10};
  static constexpr size_t kCausesMax = 100;  // further ones are one

  struct Verdict {
    bool write = false;
    int64_t suppressed_before = 0;  // lines of this cause since the last one that was written
  };

  LogLimiter(const Clock& clock, int64_t lines) : clock_(clock), lines_(lines) {}
  Verdict Admit(std::string_view cause);

 private:
  struct Cause {
    std::chrono::nanoseconds window_start{};
    int64_t lines = 0;
    int64_t suppressed = 0;
  };

  const Clock& clock_;
  const int64_t lines_;
  std::mutex mutex_;
  std::map<std::string, Cause, std::less<>> causes_;
};

}  // namespace waymark::base
