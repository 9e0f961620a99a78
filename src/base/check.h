#pragma once

#include <string_view>

namespace waymark::base {

// Prints the broken invariant with its place and aborts; never returns.
[[noreturn]] void CheckFailed(std::string_view condition, std::string_view why,
                               std::string_view file, int line);

}  // namespace waymark::base

// An invariant that holds in release builds too: a broken one means that state can't be trusted.
#define WAYMARK_CHECK(condition, why)                                            \
  do {                                                                           \
    if (!(condition)) [[unlikely]] {                                             \
      ::waymark::base::CheckFailed(#condition, why, __FILE__, __LINE__);        \
    }                                                                            \
  } while (false)
