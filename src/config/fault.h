#pragma once

#include <string>

namespace waymark::config {

// One thing wrong with the configuration. Line and column count from 1; line 0 means that `file` is
// no file but another place, such as an environment variable.
struct Fault {
  std::string file;
  int line = 0;
  int column = 0;
  std::string message;  // lowercase, no full stop
  std::string hint;     // what to do; may be empty
  // "file:line:column: message (hint: …)"
  std::string text() const;
  friend bool operator==(const Fault&, const Fault&) = default;
};

}  // namespace waymark::config
