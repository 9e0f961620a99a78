#pragma once

#include <string_view>

namespace waymark::base {

// Named places beside the I/O of the service at which tests kill the process or hold it up; the
// product's does nothing. A test program that defines this function itself is linked with its own
// definition, as a library's object file is taken only for what is still missing: keep
// crash_point.cc to this one function. Called from any thread. ARCHITECTURE.md lists the names.
void AtCrashPoint(std::string_view name);

}  // namespace waymark::base
