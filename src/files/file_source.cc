#include "files/file_source.h"

#include <algorithm>
#include <filesystem>

#include "files/byte_reader.h"
#include "files/replay.h"

namespace waymark::files {
namespace {

constexpr size_t kChunkBytes = 4 << 20;
// No output record comes near this; a longer one is another kind of file.
constexpr size_t kRecordBytesMax = 64 << 20;

}  // namespace

base::Result<std::unique_ptr<OutputSource>> FileSource::Open(const std::string& path) {
  auto source = std::make_unique<FileSource>();
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    WAYMARK_RETURN_IF_ERROR(source->AddFolder(path));
  } else if (std::filesystem::exists(path, error)) {
    WAYMARK_RETURN_IF_ERROR(source->AddFile(path));
  } else {
    return base::Status(base::StatusCode::kConfig, path + ": no such file or folder",
                        "name an output folder, a file of it, or kafka://BROKERS/PREFIX");
  }
  return std::unique_ptr<OutputSource>(std::move(source));
}

base::Status FileSource::AddFolder(const std::string& path) {
  bool any = false;
  for (int k = 0; k < kOutputKinds; ++k) {
    std::string& found = paths_[static_cast<size_t>(k)];
    const std::string stem = path + "/" + std::string(ToString(static_cast<OutputKind>(k)));
    for (const std::string_view format : {".jsonl", ".pb"}) {
      for (const std::string_view packed : {"", ".gz", ".zst"}) {
        const std::string candidate = stem + std::string(format) + std::string(packed);
        if (!std::filesystem::exists(candidate)) continue;
        if (!found.empty()) {
          return {base::StatusCode::kConfig, found + " and " + candidate + ": one too many",
                  "name the file that counts, or remove the other"};
        }
        found = candidate;
        any = true;
      }
    }
  }
  if (any) return {};
  return {base::StatusCode::kConfig, path + ": the folder holds no output",
          "it should hold steps, signals, journeys or dead-letters as .jsonl or .pb"};
}

base::Status FileSource::AddFile(const std::string& path) {
  const auto format = FormatOf(path);
  if (!format || *format == FileFormat::kCsv) {
    return {base::StatusCode::kConfig, path + ": the name tells no format of an output",
            "it should end in .jsonl or .pb, packed also in .gz or .zst"};
  }
  const std::string name = BaseName(path);
  for (int k = 0; k < kOutputKinds; ++k) {
    if (name.find(ToString(static_cast<OutputKind>(k))) == std::string::npos) continue;
    paths_[static_cast<size_t>(k)] = path;
    return {};
  }
  return {base::StatusCode::kConfig, path + ": the name tells no kind of output",
          "it should hold one of steps, signals, journeys, dead-letters"};
}

base::Status FileSource::Read(OutputKind kind, const RecordVisitor& visit) {
  const std::string& path = PathOf(kind);
  const FileFormat format = FormatOf(path).value_or(FileFormat::kJsonLines);
  reader_ = std::make_unique<ChunkReader>(format, kChunkBytes, kRecordBytesMax);
  WAYMARK_RETURN_IF_ERROR(reader_->Open(path, 0));
  std::error_code error;
  bytes_ = std::filesystem::file_size(path, error);
  OutputRecord record;
  record.form = format == FileFormat::kProtobuf ? OutputRecord::Form::kProtobuf
                                                : OutputRecord::Form::kJson;
  while (true) {
    WAYMARK_ASSIGN_OR_RETURN(const auto chunk, reader_->Next());
    if (!chunk) return {};
    for (const Chunk::Row& row : chunk->rows) {
      record.value = row.bytes;
      if (auto status = visit(record); !status.ok()) return status.WithContext(path);
    }
  }
}

double FileSource::share() const {
  if (!reader_ || bytes_ == 0) return 0;
  return std::min(1.0, static_cast<double>(reader_->consumed()) / static_cast<double>(bytes_));
}

}  // namespace waymark::files
