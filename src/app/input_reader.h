#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "codec/csv.h"
#include "engine/intake.h"
#include "files/chunk_reader.h"

namespace waymark::app {

// A record of an input file as a replay would take it. Views live during the call that hands it
// over.
struct InputRecord {
  std::string_view row;  // its bytes, cut off where it is too large
  const engine::Arrival* arrival = nullptr;  // of an accepted record
  const codec::Refusal* refusal = nullptr;   // of a refused one
  // What a refused row of a delimited file was mapped to, where it could be mapped.
  const model::Interaction* mapped = nullptr;
};

// Reads files as a replay does: formats, mappings, checks, customers and derived ids are the same.
// One thread.
class InputReader {
 public:
  struct Settings {
    std::optional<files::FileFormat> format;  // nothing: by the file's name
    std::string mapping;
    engine::IntakeSettings intake;
  };
  // Takes a record; what it returns other than ok ends the reading.
  using Take = std::function<base::Status(const InputRecord&)>;
  // Told the share of the input that is read (0 to 1), now and then.
  using Progress = std::function<void(double share)>;

  // Faults of names, formats and mappings of all inputs, before anything is read.
  static base::Result<std::unique_ptr<InputReader>> Open(const std::vector<std::string>& inputs,
                                                         Settings settings);

  base::Status Read(const Take& take, const Progress& progress);

 private:
  struct Input {
    std::string path;
    files::FileFormat format = files::FileFormat::kJsonLines;
    uint64_t bytes = 0;
  };
  explicit InputReader(Settings settings) : settings_(std::move(settings)) {}
  base::Status Add(const std::string& path);
  base::Status ReadInput(size_t file, const Take& take, const Progress& progress);
  base::Status TakeRow(const files::Chunk::Row& row, const Take& take);

  Settings settings_;
  std::vector<Input> inputs_;
  uint64_t bytes_ = 0;
  uint64_t read_ = 0;
  std::string name_;
  std::unique_ptr<engine::Intake> intake_;
  std::unique_ptr<codec::CsvMapping> mapping_;  // of a delimited input
  model::Interaction mapped_;
};

}  // namespace waymark::app
