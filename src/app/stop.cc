#include "app/stop.h"

#include <csignal>

namespace waymark::app {
namespace {
std::atomic<bool> stop_flag{false};
std::atomic<bool> reload_flag{false};

void OnReloadSignal(int) { reload_flag = true; }

void OnSignal(int signal) {
  if (stop_flag.exchange(true)) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
}
}  // namespace

const std::atomic<bool>& StopFlag() { return stop_flag; }

void CatchReloadSignal() { std::signal(SIGHUP, OnReloadSignal); }

bool TakeReloadSignal() { return reload_flag.exchange(false); }

void CatchStopSignals() {
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
}

}  // namespace waymark::app
