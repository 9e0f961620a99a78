#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "config/declaration.h"
#include "config/fault.h"
#include "config/reference.h"
#include "config/settings.h"

namespace waymark::config {

// Where settings come from, in rising priority: defaults, the file, the environment
// (WAYMARK_SESSION_GAP for session.gap), assignments of the command line ("session.gap=30m").
struct Sources {
  std::string file;  // its name, for messages and for the folder of relative secret files
  std::string yaml;  // its text; empty: no file
  Environment environment;
  std::vector<std::string> assignments;
};

enum class Source { kDefault, kFile, kEnvironment, kCommandLine };

// Where an effective value was written.
struct Origin {
  Source source = Source::kDefault;
  std::string name;  // the file, the variable; empty otherwise
  int line = 0;
  int column = 0;
  // "default", "waymark.yaml:3:8", "environment WAYMARK_SESSION_GAP", "command line"
  std::string text() const;
};

struct EffectiveValue {
  std::string name;
  std::string text;  // "(secret)" in place of a secret
  Origin origin;
};

// The outcome of loading. With faults, `settings` must not be used.
struct Configuration {
  Settings settings;
  std::vector<EffectiveValue> effective;  // by section as declared, then what is passed through
  std::vector<Fault> faults;
  std::vector<std::string> warnings;

  // All faults in one Status of code kConfig, a line each; ok where there are none.
  base::Status status() const;
};

// Reads the file (empty: none) and takes the process' environment. Fails with kConfig where the
// file can't be read.
base::Result<Sources> ReadSources(const std::string& file, std::vector<std::string> assignments);

// Puts the sources together and checks everything; never stops at the first fault. Pure, but for
// files that secrets refer to. `declarations` is for tests.
Configuration Load(const Sources& sources,
                   std::span<const Declaration> declarations = Declarations());

// "WAYMARK_SESSION_GAP" for "session.gap".
std::string VariableName(std::string_view setting);

}  // namespace waymark::config
