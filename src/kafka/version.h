#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace waymark::kafka {

// The version of librdkafka that runs, such as "2.0.2".
std::string LibraryVersion();

// What is known to be wrong with a version (as librdkafka counts: 0x020002ff) and concerns us; one
// sentence each, without full stop.
std::vector<std::string_view> KnownFaults(int version);
// Of the library that runs.
std::vector<std::string_view> KnownFaults();

}  // namespace waymark::kafka
