#include "app/version.h"

#include <algorithm>
#include <string_view>

#include "app/build_info.h"
#include "kafka/version.h"
#include "rocks/version.h"

namespace waymark::app {

std::string VersionText() { return "waymark " + OwnVersion() + " (" + Revision() + ")"; }
std::string OwnVersion() { return WAYMARK_VERSION; }
std::string Revision() { return WAYMARK_REVISION; }

std::vector<Library> Libraries() {
  std::vector<Library> libraries = {{"librdkafka", kafka::LibraryVersion()},
                                    {"RocksDB", rocks::LibraryVersion()}};
  std::string_view rest = WAYMARK_LIBRARIES;
  while (!rest.empty()) {
    const std::string_view entry = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
    const size_t split = entry.find(' ');
    const std::string_view version = entry.substr(split + 1);
    if (version.empty()) continue;
    libraries.push_back({std::string(entry.substr(0, split)), std::string(version)});
  }
  return libraries;
}

}  // namespace waymark::app
