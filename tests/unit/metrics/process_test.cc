#include "metrics/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace waymark::metrics {
namespace {

using testing::HasSubstr;

double ValueOf(const std::string& text, const std::string& name) {
  const size_t at = text.find("\n" + name + " ");
  EXPECT_NE(at, std::string::npos) << name;
  return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
}

TEST(ProcessMetrics, AreReadFromTheKernel) {
  Registry registry;
  AddProcessMetrics(registry);
  const std::string text = registry.Expose();
  EXPECT_GE(ValueOf(text, "process_cpu_seconds_total"), 0);
  EXPECT_GT(ValueOf(text, "process_resident_memory_bytes"), 100'000);
  EXPECT_GT(ValueOf(text, "process_virtual_memory_bytes"),
            ValueOf(text, "process_resident_memory_bytes"));
  EXPECT_GE(ValueOf(text, "process_threads"), 1);
  EXPECT_GE(ValueOf(text, "process_open_fds"), 3);
  EXPECT_GT(ValueOf(text, "process_start_time_seconds"), 1'500'000'000);
}

class FakeProc : public testing::Test {
 protected:
  FakeProc() {
    std::string pattern = (std::filesystem::temp_directory_path() / "waymarkXXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    std::filesystem::create_directories(folder_ + "/self/fd");
  }
  ~FakeProc() override { std::filesystem::remove_all(folder_); }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name) << text;
  }
  std::string folder_;
};

TEST_F(FakeProc, FieldsAreCountedFromTheLastParenthesis) {
  const double ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  Write("self/stat",
        "7 (way) mark) S 1 2 3 4 5 6 7 8 9 10 " + std::to_string(3 * ::sysconf(_SC_CLK_TCK)) + " " +
            std::to_string(2 * ::sysconf(_SC_CLK_TCK)) + " 16 17 18 19 4 21 " +
            std::to_string(100 * ::sysconf(_SC_CLK_TCK)) + " 5000 6 25\n");
  Write("stat", "cpu 1 2\nbtime 1600000000\n");
  Write("self/limits", "Limit  Soft\nMax open files            1024     4096  files\n");
  Write("self/fd/0", "");
  Write("self/fd/1", "");
  Registry registry;
  AddProcessMetrics(registry, folder_);
  const std::string text = registry.Expose();
  EXPECT_GT(ticks, 0);
  EXPECT_EQ(ValueOf(text, "process_cpu_seconds_total"), 5);
  EXPECT_EQ(ValueOf(text, "process_threads"), 4);
  EXPECT_EQ(ValueOf(text, "process_virtual_memory_bytes"), 5000);
  EXPECT_EQ(ValueOf(text, "process_resident_memory_bytes"),
            6 * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  EXPECT_EQ(ValueOf(text, "process_open_fds"), 2);
  EXPECT_EQ(ValueOf(text, "process_max_fds"), 1024);
  EXPECT_EQ(ValueOf(text, "process_start_time_seconds"), 1'600'000'100);
}

TEST_F(FakeProc, WhatCantBeReadIsLeftOut) {
  Write("self/stat", "nothing here\n");
  std::filesystem::remove_all(folder_ + "/self/fd");
  Registry registry;
  AddProcessMetrics(registry, folder_);
  EXPECT_EQ(registry.Expose(), "");
}

}  // namespace
}  // namespace waymark::metrics
