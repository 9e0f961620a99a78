#include "app/input_reader.h"

#include <algorithm>
#include <filesystem>

#include "files/csv_input.h"
#include "files/replay.h"

namespace waymark::app {
namespace {
constexpr size_t kChunkBytes = 1 << 20;
}  // namespace

base::Result<std::unique_ptr<InputReader>> InputReader::Open(
    const std::vector<std::string>& inputs, Settings settings) {
  std::unique_ptr<InputReader> reader(new InputReader(std::move(settings)));
  for (const std::string& path : inputs) WAYMARK_RETURN_IF_ERROR(reader->Add(path));
  return reader;
}

base::Status InputReader::Add(const std::string& path) {
  std::error_code error;
  const uint64_t bytes = std::filesystem::file_size(path, error);
  if (error) return {base::StatusCode::kIo, path + ": " + error.message()};
  const auto format = settings_.format ? settings_.format : files::FormatOf(path);
  if (!format) {
    return {base::StatusCode::kConfig, path + ": the name does not tell the format",
            "name it by --format jsonl, csv or protobuf"};
  }
  for (const Input& other : inputs_) {
    if (files::BaseName(other.path) != files::BaseName(path)) continue;
    return {base::StatusCode::kConfig, "two inputs are named " + files::BaseName(path),
            "derived ids are made of the file's name: rename one"};
  }
  if (*format == files::FileFormat::kCsv) {
    WAYMARK_RETURN_IF_ERROR(files::LoadCsvMapping(settings_.mapping, path).status());
  }
  inputs_.push_back({path, *format, bytes});
  bytes_ += bytes;
  return {};
}

base::Status InputReader::Read(const Take& take, const Progress& progress) {
  for (size_t file = 0; file < inputs_.size(); ++file) {
    WAYMARK_RETURN_IF_ERROR(ReadInput(file, take, progress));
    read_ += inputs_[file].bytes;
  }
  return {};
}

base::Status InputReader::ReadInput(size_t file, const Take& take, const Progress& progress) {
  const Input& input = inputs_[file];
  name_ = files::BaseName(input.path);
  engine::IntakeSettings intake = settings_.intake;
  intake.format = input.format == files::FileFormat::kProtobuf ? codec::InputFormat::kProtobuf
                                                               : codec::InputFormat::kJson;
  intake_ = std::make_unique<engine::Intake>(intake);
  mapping_.reset();
  bool header_next = input.format == files::FileFormat::kCsv;
  if (header_next) {
    WAYMARK_ASSIGN_OR_RETURN(mapping_, files::LoadCsvMapping(settings_.mapping, input.path));
  }
  files::ChunkReader reader(input.format, kChunkBytes, intake.limits.bytes_max);
  WAYMARK_RETURN_IF_ERROR(reader.Open(input.path, file));
  while (true) {
    WAYMARK_ASSIGN_OR_RETURN(auto chunk, reader.Next());
    if (!chunk) return {};
    if (header_next) {
      const auto status = mapping_->ReadHeader(chunk->rows.front().bytes);
      if (!status.ok()) return status.WithContext(input.path);
      chunk->rows.erase(chunk->rows.begin());
      header_next = false;
    }
    for (const files::Chunk::Row& row : chunk->rows) {
      WAYMARK_RETURN_IF_ERROR(TakeRow(row, take));
    }
    const uint64_t read = read_ + reader.consumed();
    progress(static_cast<double>(read) / static_cast<double>(std::max<uint64_t>(bytes_, 1)));
  }
}

base::Status InputReader::TakeRow(const files::Chunk::Row& row, const Take& take) {
  engine::RawRecord record;
  record.value = row.bytes;
  record.origin = {name_, 0, row.number};
  record.is_file = true;
  InputRecord input;
  input.row = row.bytes;
  engine::Arrival arrival;
  std::optional<codec::Refusal> refusal;
  if (mapping_) {
    mapped_.Clear();
    refusal = mapping_->Decode(row.bytes, mapped_);
    if (!refusal) {
      input.mapped = &mapped_;
      refusal = intake_->TakeDecoded(record, mapped_, std::nullopt, arrival);
    }
  } else {
    refusal = intake_->Take(record, std::nullopt, arrival);
  }
  if (refusal) {
    input.refusal = &*refusal;
  } else {
    input.arrival = &arrival;
  }
  return take(input);
}

}  // namespace waymark::app
