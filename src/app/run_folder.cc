#include "app/run_folder.h"

#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace waymark::app {

RunFolder::RunFolder(const std::string& parent, const std::string& name)
    : path_((std::filesystem::path(parent) / ("waymark-" + name + "-" + std::to_string(getpid())))
                .string()) {}

RunFolder::~RunFolder() {
  std::error_code ignored;  // What cannot be removed does no harm.
  std::filesystem::remove_all(path_, ignored);
}

base::Status RunFolder::Make() const {
  std::error_code error;
  std::filesystem::create_directories(path_, error);
  if (!error) return {};
  return {base::StatusCode::kIo, path_ + ": " + error.message(),
          "name a writable folder by --temporary"};
}

}  // namespace waymark::app
