#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/status.h"

namespace waymark::files {

// Bytes of a file in order, unpacked where its name ends in .gz or .zst. Faults carry kIo.
class ByteReader {
 public:
  virtual ~ByteReader() = default;
  // Appends at most `size` further bytes; false at the end.
  virtual base::Result<bool> Read(size_t size, std::string& out) = 0;
  // Bytes of the file itself taken so far, for progress.
  virtual uint64_t consumed() const = 0;
};

base::Result<std::unique_ptr<ByteReader>> OpenForReading(const std::string& path);

// The whole file, unpacked; refused beyond `limit` bytes.
base::Result<std::string> ReadFile(const std::string& path, size_t limit);

// Writes a file, packed where its name ends in .gz or .zst. The file appears under its name only at
// Close(): what is interrupted leaves nothing that looks whole.
class ByteWriter {
 public:
  virtual ~ByteWriter() = default;
  virtual base::Status Write(std::string_view bytes) = 0;
  virtual base::Status Close() = 0;
};

base::Result<std::unique_ptr<ByteWriter>> OpenForWriting(const std::string& path);

// "events.csv.gz" of "data/events.csv.gz".
std::string BaseName(const std::string& path);
// True where the name ends in the suffix, a further .gz or .zst left out of account.
bool HasSuffix(const std::string& path, std::string_view suffix);

}  // namespace waymark::files
