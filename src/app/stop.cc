#include "app/stop.h"

#include <csignal>

namespace waymark::app {
namespace {
std::atomic<bool> stop_flag{false};

void OnSignal(int signal) {
  if (stop_flag.exchange(true)) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
}
}  // namespace

const std::atomic<bool>& StopFlag() { return stop_flag; }

void CatchStopSignals() {
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
}

}  // namespace waymark::app
