#pragma once

#include <atomic>

namespace waymark::app {

// True once SIGINT or SIGTERM came. A second signal ends the process at once.
const std::atomic<bool>& StopFlag();
// Routes the two signals to the flag; called once by a command that works for longer.
void CatchStopSignals();

// From now on SIGHUP does not end the process, but is noted.
void CatchReloadSignal();
// True once for each time that SIGHUP came, or for several that came in one go.
bool TakeReloadSignal();

}  // namespace waymark::app
