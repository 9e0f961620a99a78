#pragma once

#include <memory>
#include <string>

#include "files/byte_reader.h"

namespace waymark::exports {

// Text that goes to a file in large pieces.
class TextOutput {
 public:
  explicit TextOutput(std::unique_ptr<files::ByteWriter> writer) : writer_(std::move(writer)) {}
  // What is to be written is appended here; then Pass() is called.
  std::string& text() { return text_; }
  base::Status Pass();
  base::Status Close();

 private:
  std::unique_ptr<files::ByteWriter> writer_;
  std::string text_;
};

}  // namespace waymark::exports
