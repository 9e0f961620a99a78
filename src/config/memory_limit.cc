#include "config/memory_limit.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <string>

namespace waymark::config {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kNone = std::numeric_limits<int64_t>::max();

// The number that a file holds; nothing where there is none, as with "max".
std::optional<int64_t> NumberIn(const fs::path& file) {
  std::ifstream in(file);
  int64_t number = 0;
  return in >> number ? std::optional(number) : std::nullopt;
}

int64_t MachineMemory(const fs::path& root) {
  std::ifstream in(root / "proc/meminfo");
  std::string name;
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    int64_t kibibytes = 0;
    if (fields >> name >> kibibytes && name == "MemTotal:") return kibibytes << 10;
  }
  return kNone;
}

// The least of a group and those above it, each with a file of this name.
int64_t LeastUpwards(const fs::path& top, fs::path group, const char* name) {
  int64_t least = kNone;
  for (;; group = group.parent_path()) {
    least = std::min(least, NumberIn(top / group / name).value_or(kNone));
    if (group.empty()) return least;
  }
}

// Of a line of /proc/self/cgroup: "number:controllers:/path".
int64_t LimitOfGroup(const fs::path& root, const std::string& line) {
  const size_t first = line.find(':');
  const size_t second = line.find(':', first + 1);
  if (first == std::string::npos || second == std::string::npos) return kNone;
  const std::string controllers = line.substr(first + 1, second - first - 1);
  const fs::path group = fs::path(line.substr(second + 1)).relative_path();
  if (controllers.empty()) return LeastUpwards(root / "sys/fs/cgroup", group, "memory.max");
  if (("," + controllers + ",").find(",memory,") == std::string::npos) return kNone;
  return LeastUpwards(root / "sys/fs/cgroup/memory", group, "memory.limit_in_bytes");
}

}  // namespace

int64_t MemoryLimit(const fs::path& root) {
  int64_t least = MachineMemory(root);
  std::ifstream in(root / "proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    least = std::min(least, LimitOfGroup(root, line));
  }
  return least == kNone ? 0 : least;
}

int64_t DefaultCacheBytes(int64_t memory_limit) {
  return std::max<int64_t>(memory_limit / 4, 64 << 20);
}

}  // namespace waymark::config
