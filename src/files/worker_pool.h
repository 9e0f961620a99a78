#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace waymark::files {

// Threads that do one job together, again and again. Run() may be called from one thread.
class WorkerPool {
 public:
  explicit WorkerPool(int workers);
  ~WorkerPool();

  // Calls job(0) … job(size() - 1), one a worker (the caller is one of them), and waits for all.
  void Run(const std::function<void(int)>& job);
  int size() const { return static_cast<int>(threads_.size()) + 1; }

 private:
  void Serve(int worker);

  std::mutex mutex_;
  std::condition_variable start_;
  std::condition_variable done_;
  const std::function<void(int)>* job_ = nullptr;
  uint64_t round_ = 0;
  int running_ = 0;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace waymark::files
