#include "config/memory_limit.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace waymark::config {
namespace {

constexpr int64_t kGiB = 1 << 30;

// A folder that stands for the root of a machine with 8 GiB.
class MemoryLimitTest : public testing::Test {
 protected:
  MemoryLimitTest() {
    std::string name = testing::TempDir() + "memory-XXXXXX";
    root_ = mkdtemp(name.data());
    Write("proc/meminfo", "MemTotal:        8388608 kB\nMemFree:          100 kB\n");
  }
  ~MemoryLimitTest() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& file, const std::string& text) {
    std::filesystem::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  int64_t Limit() { return MemoryLimit(root_); }

  std::filesystem::path root_;
};

TEST_F(MemoryLimitTest, IsTheMachinesMemory) { EXPECT_EQ(Limit(), 8 * kGiB); }

TEST_F(MemoryLimitTest, NothingSays) {
  std::filesystem::remove_all(root_ / "proc");
  EXPECT_EQ(Limit(), 0);
}

TEST_F(MemoryLimitTest, IsTheContainers) {
  Write("proc/self/cgroup", "0::/\n");
  Write("sys/fs/cgroup/memory.max", "2147483648\n");
  EXPECT_EQ(Limit(), 2 * kGiB);
}

TEST_F(MemoryLimitTest, AGroupWithoutLimitHasThatOfTheOneAboveIt) {
  Write("proc/self/cgroup", "0::/system.slice/waymark.service\n");
  Write("sys/fs/cgroup/system.slice/waymark.service/memory.max", "max\n");
  Write("sys/fs/cgroup/system.slice/memory.max", "3221225472\n");
  EXPECT_EQ(Limit(), 3 * kGiB);
}

TEST_F(MemoryLimitTest, KnowsTheFirstVersionOfGroups) {
  Write("proc/self/cgroup", "5:cpu,cpuacct:/a\n4:memory:/docker/1\n0::/\n");
  Write("sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes", "1073741824\n");
  Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  Write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "1\n");
  EXPECT_EQ(Limit(), kGiB);
}

TEST_F(MemoryLimitTest, MoreThanTheMachineHasIsNoLimit) {
  Write("proc/self/cgroup", "0::/\n");
  Write("sys/fs/cgroup/memory.max", "1099511627776\n");
  EXPECT_EQ(Limit(), 8 * kGiB);
}

TEST(DefaultCacheBytesTest, IsAQuarterAndNeverNone) {
  EXPECT_EQ(DefaultCacheBytes(8 * kGiB), 2 * kGiB);
  EXPECT_EQ(DefaultCacheBytes(64 << 20), 64 << 20);
  EXPECT_EQ(DefaultCacheBytes(0), 64 << 20);
}

TEST(MemoryLimitOfThisMachineTest, IsKnown) { EXPECT_GT(MemoryLimit(), 0); }

}  // namespace
}  // namespace waymark::config
