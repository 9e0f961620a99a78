#pragma once

#include <memory>
#include <string>
#include <vector>

#include "codec/json.h"
#include "engine/output.h"
#include "engine/task.h"
#include "files/byte_reader.h"
#include "files/replay.h"
#include "files/row_sorter.h"

namespace waymark::files {

// One of the output files, in either format. Used by one thread.
class OutputFile {
 public:
  static base::Result<std::unique_ptr<OutputFile>> Create(const ReplaySettings& settings,
                                                          const std::string& name,
                                                          OutputFormat format);
  // Writes what buffer() holds: one record.
  base::Status WriteRecord();
  std::string& buffer() { return buffer_; }
  bool is_json() const { return json_; }
  base::Status Close();
  int64_t records() const { return records_; }

 private:
  std::unique_ptr<ByteWriter> writer_;
  bool json_ = true;
  std::string buffer_;   // of the record being made
  std::string pending_;  // records not yet handed to the writer
  int64_t records_ = 0;
};

// The files of a replay.
struct OutputFiles {
  std::unique_ptr<OutputFile> steps;
  std::unique_ptr<OutputFile> signals;
  std::unique_ptr<OutputFile> journeys;
  std::unique_ptr<OutputFile> dead_letters;
  std::unique_ptr<OutputFile> measures;  // lines of JSON; null where none are kept

  static base::Result<OutputFiles> Create(const ReplaySettings& settings);
  base::Status Close();
};

// What one partition's task writes during a replay. Canonical: signals go to a sorter, steps and
// journeys are read from the store at the end. All revisions: records wait for the end of the
// chunk.
class ReplayOutput final : public engine::Output {
 public:
  ReplayOutput(const ReplaySettings& settings, base::Partition partition);

  base::Status Write(engine::OutputTopic topic, base::Partition partition,
                     std::string_view profile_id,
                     std::optional<std::string_view> value) override;
  base::Status WriteSignal(base::Partition partition, const model::Signal& signal) override;
  base::Status WriteDeadLetter(base::Partition partition, const model::DeadLetter& letter) override;

  // Moves the records of the chunk to the files (all revisions only).
  base::Status Drain(OutputFiles& files);
  // Where dead letters go at once; set before each chunk's refused records are handed over.
  void SetDeadLetters(OutputFile* file) { dead_letters_ = file; }
  RowSorter& signals() { return signals_; }

 private:
  const bool all_revisions_;
  RowSorter signals_;
  OutputFile* dead_letters_ = nullptr;
  struct Waiting {
    engine::OutputTopic topic;
    std::string bytes;
  };
  std::vector<Waiting> waiting_;
  std::string key_;
  std::string value_;
};

// Writes the cells of measures, those of all partitions added up, by the bytes of their keys.
base::Status WriteMeasures(const std::vector<std::unique_ptr<engine::Task>>& tasks,
                           OutputFile& file);

// Writes the canonical view: every partition's rows, merged by profile.
base::Status WriteCanonical(const ReplaySettings& settings, const journey::Fold& fold,
                            const store::Store& store,
                            std::vector<std::unique_ptr<ReplayOutput>>& partitions,
                            OutputFiles& files, ReplaySummary& summary,
                            const std::atomic<bool>& stop);

}  // namespace waymark::files
