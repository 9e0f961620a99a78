#include "files/chunk_reader.h"

#include <algorithm>
#include <cstring>

namespace waymark::files {
namespace {

// The end of the line that goes on at `begin` (its '\n'); npos: not in the text. Of CSV a line
// break inside quotes does not end it; `quoted` tells and keeps whether `begin` lies inside some.
size_t EndOfRow(std::string_view text, size_t begin, bool quotes, bool& quoted, int64_t& breaks) {
  breaks = 0;
  if (!quotes) return text.find('\n', begin);
  for (size_t i = begin; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (text[i] != '\n') continue;
    if (!quoted) return i;
    ++breaks;
  }
  return std::string_view::npos;
}

// A varint's value and size; size 0: not whole, more than 10: malformed.
struct Varint {
  uint64_t value = 0;
  size_t size = 0;
};
Varint ReadVarint(std::string_view text) {
  Varint out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i == 10) return {0, 11};
    const auto byte = static_cast<uint8_t>(text[i]);
    out.value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) == 0) return {out.value, i + 1};
  }
  return {};
}

}  // namespace

base::Status ChunkReader::Open(const std::string& path, size_t file) {
  WAYMARK_ASSIGN_OR_RETURN(reader_, OpenForReading(path));
  path_ = path;
  file_ = file;
  rest_.clear();
  skipping_ = false;
  skip_bytes_ = 0;
  number_ = 0;
  return {};
}

base::Result<std::optional<Chunk>> ChunkReader::Next() {
  while (true) {
    Chunk chunk;
    chunk.file = file_;
    chunk.text = std::move(rest_);
    rest_.clear();
    // Rows are views: only text outside the string object keeps its place when the chunk moves.
    chunk.text.reserve(std::max(chunk_bytes_, sizeof(std::string)));
    WAYMARK_ASSIGN_OR_RETURN(const bool more, reader_->Read(chunk_bytes_, chunk.text));
    if (chunk.text.empty()) return std::optional<Chunk>();
    const size_t taken = format_ == FileFormat::kProtobuf ? SplitMessages(chunk, !more)
                                                          : SplitLines(chunk, !more);
    if (taken == std::string::npos) {
      return base::Status(base::StatusCode::kIo,
                          path_ + ": record " + std::to_string(number_ + 1) +
                              " is not a length-delimited protobuf message",
                          "name the format by --format");
    }
    rest_.assign(chunk.text, taken);
    if (!chunk.rows.empty()) return std::optional<Chunk>(std::move(chunk));
    if (!more && rest_.empty()) return std::optional<Chunk>();
  }
}

void ChunkReader::AddRow(Chunk& chunk, size_t begin, size_t end) {
  std::string_view row(chunk.text);
  row = row.substr(begin, end - begin);
  if (format_ != FileFormat::kProtobuf && row.ends_with('\r')) row.remove_suffix(1);
  if (format_ != FileFormat::kProtobuf && row.empty()) return;
  chunk.rows.push_back({row.substr(0, record_bytes_max_ + 1), number_});
}

size_t ChunkReader::SplitLines(Chunk& chunk, bool at_end) {
  const std::string_view text = chunk.text;
  size_t begin = 0;
  while (begin < text.size()) {
    int64_t breaks = 0;
    bool quoted = skipping_ && skipping_quoted_;
    const size_t end = EndOfRow(text, begin, format_ == FileFormat::kCsv, quoted, breaks);
    const bool whole = end != std::string_view::npos;
    const size_t length = (whole ? end : text.size()) - begin;
    if (!skipping_) {
      // The byte after the longest record may be its '\r', which does not count.
      if (!whole && !at_end && length <= record_bytes_max_ + 1) return begin;
      ++number_;
      AddRow(chunk, begin, begin + length);
    }
    number_ += breaks;
    skipping_ = !whole && !at_end;
    skipping_quoted_ = quoted;
    begin = whole ? end + 1 : text.size();
  }
  return begin;
}

size_t ChunkReader::SplitMessages(Chunk& chunk, bool at_end) {
  const std::string_view text = chunk.text;
  size_t begin = 0;
  while (begin < text.size()) {
    if (skip_bytes_ > 0) {
      const size_t skipped = static_cast<size_t>(
          std::min<uint64_t>(skip_bytes_, text.size() - begin));
      skip_bytes_ -= skipped;
      begin += skipped;
      continue;
    }
    const Varint size = ReadVarint(text.substr(begin));
    if (size.size > 10 || (size.size == 0 && at_end)) return std::string::npos;
    if (size.size == 0) return begin;
    const size_t from = begin + size.size;
    const uint64_t here = text.size() - from;
    if (here < size.value && size.value <= record_bytes_max_) {
      if (at_end) return std::string::npos;
      return begin;
    }
    // What is too large is cut as soon as enough of it is here to be refused.
    if (here < size.value && here <= record_bytes_max_) {
      if (at_end) return std::string::npos;
      return begin;
    }
    const size_t length = static_cast<size_t>(std::min<uint64_t>(size.value, here));
    ++number_;
    AddRow(chunk, from, from + length);
    skip_bytes_ = size.value - length;
    begin = from + length;
  }
  return begin;
}

}  // namespace waymark::files
