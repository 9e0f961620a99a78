#pragma once

#include <algorithm>
#include <thread>

#include "base/status.h"
#include "kafka/client.h"

namespace waymark::kafka {

// Repeats `attempt`, a function of the time left, while its fault is retriable and the deadline is
// not passed; returns its last outcome.
template <class Attempt>
base::Status Retry(const Deadline& deadline, const Attempt& attempt) {
  constexpr base::Millis kPause{20};
  for (;;) {
    base::Status status = attempt(deadline.left());
    if (status.code() != base::StatusCode::kRetriable || deadline.passed()) return status;
    std::this_thread::sleep_for(std::min(kPause, deadline.left()));
  }
}

}  // namespace waymark::kafka
