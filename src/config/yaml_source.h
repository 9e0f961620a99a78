#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/fault.h"
#include "config/value.h"

namespace waymark::config {

// A leaf of the file: the dotted key, what was given (no text and no list where nothing follows the
// key), and where the key stands.
struct YamlEntry {
  std::string key;
  Given given;
  int line = 0;
  int column = 0;
};

struct YamlEntries {
  std::vector<YamlEntry> entries;
  std::vector<Fault> faults;
};

// Flattens a YAML file: `session: {gap: 30m}` and `session.gap: 30m` mean the same. At most 1 MiB, 8 levels deep, one document; a key may stand only once.
YamlEntries ReadYaml(std::string_view text, const std::string& file);

}  // namespace waymark::config
