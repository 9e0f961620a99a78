#include "files/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>

namespace waymark::files {
namespace {

TEST(WorkerPool, EachRoundRunsEveryWorkerOnce) {
  for (const int workers : {1, 2, 5}) {
    WorkerPool pool(workers);
    ASSERT_EQ(pool.size(), workers);
    std::vector<std::atomic<int>> runs(static_cast<size_t>(workers));
    for (int round = 1; round <= 500; ++round) {
      pool.Run([&](int worker) { ++runs[static_cast<size_t>(worker)]; });
      // Run() has waited for all, so nobody lags behind.
      for (const auto& count : runs) ASSERT_EQ(count.load(), round);
    }
  }
}

TEST(WorkerPool, CallerIsTheFirstWorker) {
  WorkerPool pool(3);
  std::vector<std::thread::id> ids(3);
  pool.Run([&](int worker) { ids[static_cast<size_t>(worker)] = std::this_thread::get_id(); });
  EXPECT_EQ(ids[0], std::this_thread::get_id());
  EXPECT_EQ(std::set<std::thread::id>(ids.begin(), ids.end()).size(), 3u);
}

TEST(WorkerPool, MayGoWithoutHavingRun) {
  const WorkerPool pool(4);
  EXPECT_EQ(pool.size(), 4);
}

}  // namespace
}  // namespace waymark::files
