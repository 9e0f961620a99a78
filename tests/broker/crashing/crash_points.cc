// base::AtCrashPoint() of the program waymark_crashing, which is waymark but for this. What happens
// at which point, the environment says; each at the count-th pass, the first without a count:
//
//   CRASH_AT="name[:count]"      the process ends by SIGKILL
//   STOP_AT="name[:count] PID"   that process is sent SIGSTOP; this one goes on
//   HANG_AT="name[:count]"       the thread stays there for ever
//
// The point is written to standard error first. A malformed order ends the process with code 2.
#include "base/crash_point.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace waymark::base {
namespace {

constexpr useconds_t kStopMicros = 200'000;  // until all threads of a process stand still

class Order {
 public:
  explicit Order(const char* variable) {
    const char* const text = std::getenv(variable);
    if (text == nullptr) return;
    const std::string order(text);
    const size_t space = order.find(' ');
    if (space != std::string::npos) pid_ = Number(order.substr(space + 1));
    const std::string place = order.substr(0, space);
    const size_t colon = place.find(':');
    name_ = place.substr(0, colon);
    left_ = colon == std::string::npos ? 1 : Number(place.substr(colon + 1));
  }

  pid_t pid() const { return pid_; }
  // True once: the count is reached at this pass.
  bool IsDue(std::string_view name) { return name == name_ && --left_ == 0; }

 private:
  static int Number(const std::string& text) {
    const int number = std::atoi(text.c_str());
    if (number > 0) return number;
    std::fprintf(stderr, "crash point: not a number above 0: %s\n", text.c_str());
    std::_Exit(2);
  }

  std::string name_;
  std::atomic<int> left_{0};
  pid_t pid_ = 0;
};

void Tell(const char* deed, std::string_view name) {
  const std::string line = "crash point: " + std::string(deed) + " at " + std::string(name) + "\n";
  static_cast<void>(!write(STDERR_FILENO, line.data(), line.size()));
}

}  // namespace

void AtCrashPoint(std::string_view name) {
  static Order crash("CRASH_AT");
  static Order stop("STOP_AT");
  static Order hang("HANG_AT");
  if (crash.IsDue(name)) {
    Tell("killed", name);
    kill(getpid(), SIGKILL);
  }
  if (stop.IsDue(name) && stop.pid() > 0) {
    Tell("stopped another", name);
    kill(stop.pid(), SIGSTOP);
    usleep(kStopMicros);
  }
  if (hang.IsDue(name)) {
    Tell("hanging", name);
    while (true) pause();
  }
}

}  // namespace waymark::base
