#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"

namespace waymark::app {

// One line on the terminal that tells how far a long work has come: share, rate and remaining time.
// Silent where standard error is no terminal.
class ProgressBar {
 public:
  ProgressBar(std::string what, const base::Clock& clock);
  ~ProgressBar();
  void Update(double share, int64_t records);

 private:
  std::string what_;
  const base::Clock& clock_;
  std::chrono::nanoseconds started_;
  std::chrono::nanoseconds drawn_{0};
  bool terminal_;
};

// "1,234,567"
std::string Grouped(int64_t number);

}  // namespace waymark::app
