#include "app/standard_output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace waymark::app {
namespace {

base::Status Fault() {
  return {base::StatusCode::kIo, std::string("standard output: ") + std::strerror(errno)};
}

}  // namespace

base::Status StandardOutput::Write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size()) return {};
  return Fault();
}

base::Status StandardOutput::Close() {
  return std::fflush(stdout) == 0 ? base::Status() : Fault();
}

}  // namespace waymark::app
