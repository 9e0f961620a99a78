#include <CLI/CLI.hpp>

#include "app/command.h"

namespace waymark::app {
void AddModelFit(CLI::App&, Action&) {}
}  // namespace waymark::app
