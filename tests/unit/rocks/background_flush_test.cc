#include "rocks/background_flush.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <thread>

namespace waymark::rocks {
namespace {

TEST(BackgroundFlush, TheCallerDoesNotWait) {
  std::promise<void> may_go_on;
  std::promise<void> done;
  {
    BackgroundFlush flush([&]() -> base::Status {
      may_go_on.get_future().wait();
      done.set_value();
      return {};
    });
    ASSERT_TRUE(flush.Request().ok());
    may_go_on.set_value();
    EXPECT_EQ(done.get_future().wait_for(std::chrono::seconds(60)), std::future_status::ready);
  }
}

TEST(BackgroundFlush, WhatWasAskedForIsDoneBeforeItEnds) {
  for (int i = 0; i < 100; ++i) {
    std::atomic<int> flushes{0};
    {
      BackgroundFlush flush([&]() -> base::Status {
        ++flushes;
        return {};
      });
      ASSERT_TRUE(flush.Request().ok());
      ASSERT_TRUE(flush.Request().ok());
    }
    EXPECT_GE(flushes, 1);
    EXPECT_LE(flushes, 2);
  }
}

TEST(BackgroundFlush, NoneIsBegunWithoutARequest) {
  bool flushed = false;
  {
    BackgroundFlush flush([&]() -> base::Status {
      flushed = true;
      return {};
    });
  }
  EXPECT_FALSE(flushed);
}

TEST(BackgroundFlush, AFaultIsToldByALaterRequest) {
  std::atomic<int> flushes{0};
  BackgroundFlush flush([&]() -> base::Status {
    ++flushes;
    return {base::StatusCode::kStore, "the disk is full"};
  });
  base::Status status;
  for (int i = 0; status.ok() && i < 60'000; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    status = flush.Request();
  }
  EXPECT_EQ(status.message(), "the disk is full");
  EXPECT_EQ(flushes, 1);
}

}  // namespace
}  // namespace waymark::rocks
