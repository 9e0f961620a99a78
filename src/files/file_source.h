#pragma once

#include <array>
#include <memory>
#include <string>

#include "base/status.h"
#include "files/canonical_view.h"
#include "files/chunk_reader.h"

namespace waymark::files {

// The outputs in a folder (steps.jsonl, signals.pb.zst …), or the one output in a file, whose name
// tells its kind. Faults are kConfig where the path names no output, kIo where it cannot be read.
class FileSource final : public OutputSource {
 public:
  static base::Result<std::unique_ptr<OutputSource>> Open(const std::string& path);

  bool Has(OutputKind kind) const override { return !PathOf(kind).empty(); }
  base::Status Read(OutputKind kind, const RecordVisitor& visit) override;
  double share() const override;

 private:
  base::Status AddFolder(const std::string& path);
  base::Status AddFile(const std::string& path);
  const std::string& PathOf(OutputKind kind) const { return paths_[static_cast<size_t>(kind)]; }

  std::array<std::string, kOutputKinds> paths_;  // empty: not there
  std::unique_ptr<ChunkReader> reader_;
  uint64_t bytes_ = 0;  // of the file being read
};

}  // namespace waymark::files
