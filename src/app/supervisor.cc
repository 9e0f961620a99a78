#include "app/supervisor.h"

#include <systemd/sd-daemon.h>

#include <chrono>

namespace waymark::app {
namespace {

constexpr std::chrono::seconds kAlivePause{1};

// Nobody may be listening, which is no fault.
void Tell(const std::string& state) { static_cast<void>(sd_notify(0, state.c_str())); }

}  // namespace

void Supervisor::Started() { Tell("READY=1"); }

void Supervisor::Alive(bool live) {
  const auto now = clock_.Monotonic();
  if (!live || (told_ && now < *told_ + kAlivePause)) return;
  told_ = now;
  Tell("WATCHDOG=1");
}

void Supervisor::Status(const std::string& text) {
  if (text == status_) return;
  status_ = text;
  std::string line = "STATUS=" + text;
  for (char& c : line) {
    if (c == '\n') c = ' ';
  }
  Tell(line);
}

void Supervisor::Reloading() {
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(clock_.Monotonic());
  Tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now.count()));
}

void Supervisor::Reloaded() { Tell("READY=1"); }

void Supervisor::Stopping() { Tell("STOPPING=1"); }

}  // namespace waymark::app
