#pragma once

#include <string>

namespace waymark::base {

// Names the calling thread for those who look at the process with `top -H` or a debugger. Of a
// longer name the system keeps the first 15 bytes.
void NameThread(std::string name);

}  // namespace waymark::base
