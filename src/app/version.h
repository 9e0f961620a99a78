#pragma once

#include <string>
#include <vector>

namespace waymark::app {

// "waymark 0.1.0 (revision)".
std::string VersionText();
// "0.1.0"
std::string OwnVersion();
// The commit it was built from, shortened; "unknown" where that was not known.
std::string Revision();

struct Library {
  std::string name;
  std::string version;
};
// Those of which the version that runs is asked for (librdkafka, RocksDB) first, then those that it
// was built with.
std::vector<Library> Libraries();

}  // namespace waymark::app
