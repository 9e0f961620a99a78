#pragma once

#include "files/byte_reader.h"

namespace waymark::app {

// What goes to standard output instead of a file.
class StandardOutput final : public files::ByteWriter {
 public:
  base::Status Write(std::string_view bytes) override;
  base::Status Close() override;
};

}  // namespace waymark::app
