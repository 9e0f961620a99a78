#pragma once

#include <string>

#include "base/status.h"

namespace waymark::app {

// A folder for sorted runs that do not fit into memory, removed with what is in it.
class RunFolder {
 public:
  // waymark-NAME-PID below `parent`.
  RunFolder(const std::string& parent, const std::string& name);
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  base::Status Make() const;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace waymark::app
