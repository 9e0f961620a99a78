#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "files/byte_reader.h"

namespace waymark::files {

enum class FileFormat { kJsonLines, kCsv, kProtobuf };

// A run of whole records of one file, in order.
struct Chunk {
  struct Row {
    std::string_view bytes;
    int64_t number = 0;  // the line; of protobuf the record; from 1
  };
  size_t file = 0;  // index among the inputs
  std::string text;
  std::vector<Row> rows;  // views into `text`
};

// Cuts input files into chunks of whole records: lines, CSV rows (quotes may hold line breaks), or
// length-delimited protobuf messages. Cut by size alone, so the same input gives the same chunks. A
// record longer than `record_bytes_max` is cut to one byte more, enough to be refused as too large.
class ChunkReader {
 public:
  ChunkReader(FileFormat format, size_t chunk_bytes, size_t record_bytes_max)
      : format_(format), chunk_bytes_(chunk_bytes), record_bytes_max_(record_bytes_max) {}

  base::Status Open(const std::string& path, size_t file);
  // Nothing at the end of the file.
  base::Result<std::optional<Chunk>> Next();
  uint64_t consumed() const { return reader_ ? reader_->consumed() : 0; }

 private:
  size_t SplitLines(Chunk& chunk, bool at_end);
  size_t SplitMessages(Chunk& chunk, bool at_end);
  void AddRow(Chunk& chunk, size_t begin, size_t end);

  FileFormat format_;
  size_t chunk_bytes_;
  size_t record_bytes_max_;
  std::string path_;
  size_t file_ = 0;
  std::unique_ptr<ByteReader> reader_;
  std::string rest_;       // the beginning of a record whose end is not read yet
  bool skipping_ = false;  // the rest of an oversized record
  bool skipping_quoted_ = false;  // which was left inside quotes
  uint64_t skip_bytes_ = 0;
  int64_t number_ = 0;     // lines or records passed
};

}  // namespace waymark::files
