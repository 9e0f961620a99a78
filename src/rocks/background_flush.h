#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/status.h"

namespace waymark::rocks {

// Flushes on a thread of its own. Any thread may call it.
class BackgroundFlush {
 public:
  explicit BackgroundFlush(std::function<base::Status()> flush) : flush_(std::move(flush)) {}
  // What was asked for is done first.
  ~BackgroundFlush();

  // A flush begins after this call, if not at once. Gives the first fault of those before; after
  // one none begins any more.
  base::Status Request();

 private:
  void Work();

  const std::function<base::Status()> flush_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool wanted_ = false;
  bool ends_ = false;
  base::Status fault_;
  std::thread thread_;  // begins with the first request
};

}  // namespace waymark::rocks
