#include "app/command.h"

#include <cstdio>

namespace waymark::app {

int ExitCodeOf(const base::Status& status) {
  switch (status.code()) {
    case base::StatusCode::kOk: return kExitFine;
    case base::StatusCode::kKafka:
    case base::StatusCode::kRetriable:
    case base::StatusCode::kAbort: return kExitKafka;
    case base::StatusCode::kStore: return kExitStore;
    case base::StatusCode::kCancelled: return kExitInterrupted;
    default: return kExitUsage;
  }
}

int Report(const base::Status& status) {
  if (status.ok()) return kExitFine;
  std::fprintf(stderr, "waymark: %s\n", status.message().c_str());
  if (!status.hint().empty()) std::fprintf(stderr, "  hint: %s\n", status.hint().c_str());
  return ExitCodeOf(status);
}

}  // namespace waymark::app
