#include "rocks/background_flush.h"

namespace waymark::rocks {

BackgroundFlush::~BackgroundFlush() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

base::Status BackgroundFlush::Request() {
  const std::lock_guard lock(mutex_);
  if (!fault_.ok()) return fault_;
  if (!thread_.joinable()) thread_ = std::thread([this] { Work(); });
  wanted_ = true;
  wake_.notify_one();
  return {};
}

void BackgroundFlush::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return wanted_ || ends_; });
    if (!wanted_) return;
    wanted_ = false;
    lock.unlock();
    base::Status status = flush_();
    lock.lock();
    if (status.ok()) continue;
    fault_ = std::move(status);
    return;
  }
}

}  // namespace waymark::rocks
