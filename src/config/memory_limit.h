#pragma once

#include <cstdint>
#include <filesystem>

namespace waymark::config {

// The memory that this process may use, in bytes: the machine's, or less where its control group
// (cgroups 1 and 2) or one above it is limited, as that of a container is. 0 where nothing says.
int64_t MemoryLimit(const std::filesystem::path& root = "/");

// What `cache.bytes_max: 0` stands for: a quarter of that memory, and 64 MiB at least.
int64_t DefaultCacheBytes(int64_t memory_limit);

}  // namespace waymark::config
