#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace waymark::base {

void CheckFailed(std::string_view condition, std::string_view why, std::string_view file,
                  int line) {
  std::fprintf(stderr, "broken invariant: %.*s: %.*s (%.*s:%d)\n", static_cast<int>(why.size()),
               why.data(), static_cast<int>(condition.size()), condition.data(),
               static_cast<int>(file.size()), file.data(), line);
  std::abort();
}

}  // namespace waymark::base
