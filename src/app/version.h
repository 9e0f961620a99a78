#pragma once

#include <string>

namespace waymark::app {

// "waymark 0.1.0 (revision)".
std::string VersionText();

}  // namespace waymark::app
