#pragma once

#include <cstdint>

namespace waymark::path {

// What a thread has asked `operator new` for. Memory from malloc() is not seen.
struct Allocations {
  int64_t count = 0;
  int64_t bytes = 0;
};

// Of the calling thread, since it began.
Allocations AllocationsSoFar();

}  // namespace waymark::path
