#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "base/status.h"

namespace waymark::peers {

// Says why on stderr and ends the process.
[[noreturn]] void Fail(const std::string& why);

inline void Must(const base::Status& status) {
  if (!status.ok()) Fail(status.text());
}

// Arguments of the form NAME=VALUE.
class Options {
 public:
  Options(int count, char** arguments, int first);

  std::string Text(const std::string& name);  // required
  std::string Text(const std::string& name, const std::string& fallback);
  int64_t Number(const std::string& name, int64_t fallback);
  double Real(const std::string& name, double fallback);
  // Fails where an argument was given that nobody asked for.
  void Finish() const;

 private:
  std::map<std::string, std::string> values_;
  std::set<std::string> asked_;
};

}  // namespace waymark::peers
