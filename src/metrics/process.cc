#include "metrics/process.h"

#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

namespace waymark::metrics {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

// Fields of /proc/PID/stat as numbered in proc(5).
constexpr int kUserTime = 14;
constexpr int kSystemTime = 15;
constexpr int kThreads = 20;
constexpr int kStartTime = 22;
constexpr int kVirtualBytes = 23;
constexpr int kResidentPages = 24;

// The first field that is counted is the state, number 3: the name before it may hold blanks and
// parentheses.
double StatField(const std::string& folder, int number) {
  std::ifstream in(folder + "/self/stat");
  std::string line;
  std::getline(in, line);
  const size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return kUnknown;
  std::istringstream fields(line.substr(name_end + 1));
  std::string field;
  for (int i = 3; i <= number; ++i) {
    if (!(fields >> field)) return kUnknown;
  }
  return std::strtod(field.c_str(), nullptr);
}

// The number after `name` at the start of a line.
double NamedNumber(const std::string& file, const std::string& name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(name)) {
      const std::string rest = line.substr(name.size());
      char* end = nullptr;
      const double value = std::strtod(rest.c_str(), &end);
      return end == rest.c_str() ? kUnknown : value;
    }
  }
  return kUnknown;
}

double Ticks() { return static_cast<double>(::sysconf(_SC_CLK_TCK)); }
double PageBytes() { return static_cast<double>(::sysconf(_SC_PAGESIZE)); }

double CountEntries(const std::string& folder) {
  std::error_code error;
  double count = 0;
  auto entry = std::filesystem::directory_iterator(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) ++count;
  return error ? kUnknown : count;
}

}  // namespace

void AddProcessMetrics(Registry& registry, const std::string& folder) {
  registry.AddCollected(Type::kCounter,
                        {.name = "process_cpu_seconds_total",
                         .unit = "seconds",
                         .help = "User and system processor time spent."},
                        [folder] {
                          return (StatField(folder, kUserTime) + StatField(folder, kSystemTime)) /
                                 Ticks();
                        });
  registry.AddCollected(
      Type::kGauge,
      {.name = "process_resident_memory_bytes", .unit = "bytes", .help = "Resident memory."},
      [folder] { return StatField(folder, kResidentPages) * PageBytes(); });
  registry.AddCollected(
      Type::kGauge,
      {.name = "process_virtual_memory_bytes", .unit = "bytes", .help = "Virtual memory."},
      [folder] { return StatField(folder, kVirtualBytes); });
  registry.AddCollected(
      Type::kGauge, {.name = "process_threads", .unit = "threads", .help = "Threads running."},
      [folder] { return StatField(folder, kThreads); });
  registry.AddCollected(
      Type::kGauge,
      {.name = "process_open_fds", .unit = "descriptors", .help = "Open file descriptors."},
      [folder] { return CountEntries(folder + "/self/fd"); });
  registry.AddCollected(
      Type::kGauge,
      {.name = "process_max_fds",
       .unit = "descriptors",
       .help = "Most file descriptors that may be open."},
      [folder] { return NamedNumber(folder + "/self/limits", "Max open files"); });
  registry.AddCollected(Type::kGauge,
                        {.name = "process_start_time_seconds",
                         .unit = "seconds",
                         .help = "Start of the process, seconds since 1970."},
                        [folder] {
                          return NamedNumber(folder + "/stat", "btime") +
                                 StatField(folder, kStartTime) / Ticks();
                        });
}

}  // namespace waymark::metrics
