#include "base/thread.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <thread>

namespace waymark::base {
namespace {

std::string NameAfter(const std::string& name) {
  char out[32] = {};
  std::thread([&] {
    NameThread(name);
    pthread_getname_np(pthread_self(), out, sizeof(out));
  }).join();
  return out;
}

TEST(ThreadTest, AThreadHasItsName) { EXPECT_EQ(NameAfter("worker-3"), "worker-3"); }

TEST(ThreadTest, ALongNameIsCut) {
  EXPECT_EQ(NameAfter("worker-with-a-long-name"), "worker-with-a-l");
}

}  // namespace
}  // namespace waymark::base
