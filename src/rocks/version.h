#pragma once

#include <string>

namespace waymark::rocks {

// The version of RocksDB that runs, such as "7.8.3".
std::string LibraryVersion();

}  // namespace waymark::rocks
