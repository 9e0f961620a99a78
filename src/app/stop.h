#pragma once

#include <atomic>

namespace waymark::app {

// True once SIGINT or SIGTERM came. A second signal ends the process at once.
const std::atomic<bool>& StopFlag();
// Routes the two signals to the flag; called once by a command that works for longer.
void CatchStopSignals();

}  // namespace waymark::app
