#include "files/replay.h"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/hash.h"
#include "codec/csv.h"
#include "codec/protobuf.h"
#include "files/csv_input.h"
#include "files/replay_output.h"
#include "files/worker_pool.h"

namespace waymark::files {
namespace {

using base::Timestamp;

// What one worker decoded of a chunk, by partition.
struct Slice {
  struct Accepted {
    std::string_view profile_id;
    std::string_view bytes;
    int64_t number;
    bool id_derived;
  };
  struct Refused {
    codec::Refusal refusal;
    int64_t number;
    std::string_view row;
    std::optional<int64_t> time;
  };
  base::Arena arena{1 << 18};
  std::vector<std::vector<Accepted>> accepted;
  std::vector<Refused> refused;
  int64_t left_out = 0;

  void Clear(size_t partitions) {
    arena.Clear();
    accepted.resize(partitions);
    for (auto& of_partition : accepted) of_partition.clear();
    refused.clear();
    left_out = 0;
  }
};

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

engine::IntakeSettings IntakeFor(engine::IntakeSettings settings, FileFormat format) {
  settings.format =
      format == FileFormat::kProtobuf ? codec::InputFormat::kProtobuf : codec::InputFormat::kJson;
  return settings;
}

// The replay while it runs.
class Replayer {
 public:
  Replayer(const ReplaySettings& settings, const journey::Fold& fold, store::Store& store,
           const std::atomic<bool>& stop, const Progress& progress)
      : settings_(settings),
        fold_(fold),
        store_(store),
        stop_(stop),
        progress_(progress),
        pool_(settings.workers),
        slices_(static_cast<size_t>(pool_.size())),
        faults_(static_cast<size_t>(pool_.size())) {}

  base::Status Prepare() {
    std::set<std::string> names;
    for (const std::string& input : settings_.inputs) {
      std::error_code error;
      input_bytes_ += std::filesystem::file_size(input, error);
      if (error) return {base::StatusCode::kIo, input + ": " + error.message()};
      names_.push_back(BaseName(input));
      if (!names.insert(names_.back()).second) {
        return {base::StatusCode::kConfig, "two inputs are named " + names_.back(),
                "derived ids are made of the file's name: rename one"};
      }
    }
    std::error_code error;
    std::filesystem::create_directories(settings_.output, error);
    if (error) {
      return {base::StatusCode::kIo, settings_.output + ": " + error.message(),
              "name a writable folder by --output"};
    }
    WAYMARK_ASSIGN_OR_RETURN(files_, OutputFiles::Create(settings_));
    for (int p = 0; p < settings_.partitions; ++p) {
      outputs_.push_back(std::make_unique<ReplayOutput>(settings_, base::Partition(p)));
      outputs_.back()->SetDeadLetters(files_.dead_letters.get());
      tasks_.push_back(std::make_unique<engine::Task>(base::Partition(p), fold_, store_,
                                                      *outputs_.back(), settings_.task));
    }
    return {};
  }

  base::Status ReadInputs() {
    for (size_t file = 0; file < settings_.inputs.size(); ++file) {
      WAYMARK_RETURN_IF_ERROR(ReadInput(file));
    }
    return {};
  }

  base::Status Finish(ReplaySummary& summary) {
    Timestamp horizon = Timestamp::min();
    for (const auto& task : tasks_) horizon = std::max(horizon, task->watermark());
    if (settings_.now) horizon = *settings_.now;
    RunTasks([&](engine::Task& task) -> base::Status {
      do {
        task.Begin(Timestamp());
        WAYMARK_RETURN_IF_ERROR(task.EndBatch(horizon, horizon));
        if (task.WantsFlush()) WAYMARK_RETURN_IF_ERROR(task.Flush());
      } while (task.has_timers_left() || task.has_refolds_left());
      if (settings_.all_revisions) {
        task.Begin(Timestamp());
        WAYMARK_RETURN_IF_ERROR(task.WriteSnapshots(true));
      }
      return task.Flush();
    });
    WAYMARK_RETURN_IF_ERROR(FirstFault());
    summary.horizon = horizon;
    summary.left_out = left_out_;
    for (const auto& task : tasks_) summary.totals.Add(task->totals());
    if (settings_.all_revisions) {
      for (const auto& output : outputs_) WAYMARK_RETURN_IF_ERROR(output->Drain(files_));
    } else {
      WAYMARK_RETURN_IF_ERROR(
          WriteCanonical(settings_, fold_, store_, outputs_, files_, summary, stop_));
    }
    if (files_.measures) WAYMARK_RETURN_IF_ERROR(WriteMeasures(tasks_, *files_.measures));
    return files_.Close();
  }

 private:
  base::Status ReadInput(size_t file) {
    const std::string& path = settings_.inputs[file];
    const auto format = settings_.format ? settings_.format : FormatOf(path);
    if (!format) {
      return {base::StatusCode::kConfig, path + ": the name does not tell the format",
              "name it by --format jsonl, csv or protobuf"};
    }
    ChunkReader reader(*format, settings_.chunk_bytes, settings_.intake.limits.bytes_max);
    WAYMARK_RETURN_IF_ERROR(reader.Open(path, file));
    if (*format == FileFormat::kCsv) {
      WAYMARK_ASSIGN_OR_RETURN(mapping_, LoadCsvMapping(settings_.mapping, path));
    }
    MakeIntakes(*format);
    bool first = true;
    while (true) {
      if (stop_) return {base::StatusCode::kCancelled, "interrupted"};
      WAYMARK_ASSIGN_OR_RETURN(auto chunk, reader.Next());
      if (!chunk) break;
      if (*format == FileFormat::kCsv && first) {
        auto status = mapping_->ReadHeader(chunk->rows.front().bytes);
        if (!status.ok()) return status.WithContext(path);
        chunk->rows.erase(chunk->rows.begin());
      }
      first = false;
      WAYMARK_RETURN_IF_ERROR(TakeChunk(*chunk, *format));
      progress_(Share(reader), records_);
    }
    read_bytes_ += std::filesystem::file_size(path);
    return {};
  }

  double Share(const ChunkReader& reader) const {
    const auto read = static_cast<double>(read_bytes_ + reader.consumed());
    return input_bytes_ == 0 ? 1.0 : read / static_cast<double>(input_bytes_);
  }

  void MakeIntakes(FileFormat format) {
    intakes_.clear();
    for (int i = 0; i < pool_.size(); ++i) {
      intakes_.push_back(
          std::make_unique<engine::Intake>(IntakeFor(settings_.intake, format)));
    }
  }

  base::Status TakeChunk(const Chunk& chunk, FileFormat format) {
    for (Slice& slice : slices_) slice.Clear(tasks_.size());
    if (format == FileFormat::kCsv) {
      DecodeRows(chunk, 0, chunk.rows.size(), format, 0);
    } else {
      const size_t share = chunk.rows.size() / slices_.size() + 1;
      pool_.Run([&](int worker) {
        const size_t begin = std::min(share * static_cast<size_t>(worker), chunk.rows.size());
        const size_t end = std::min(begin + share, chunk.rows.size());
        DecodeRows(chunk, begin, end, format, static_cast<size_t>(worker));
      });
    }
    WAYMARK_RETURN_IF_ERROR(WriteRefused(chunk));
    RunTasks([&](engine::Task& task) { return TakeSlices(task, chunk); });
    WAYMARK_RETURN_IF_ERROR(FirstFault());
    records_ += static_cast<int64_t>(chunk.rows.size());
    if (!settings_.all_revisions) return {};
    for (const auto& output : outputs_) WAYMARK_RETURN_IF_ERROR(output->Drain(files_));
    return {};
  }

  engine::RawRecord RecordOf(const Chunk& chunk, const Chunk::Row& row) const {
    engine::RawRecord record;
    record.value = row.bytes;
    record.origin = {names_[chunk.file], 0, row.number};
    record.is_file = true;
    return record;
  }

  void DecodeRows(const Chunk& chunk, size_t begin, size_t end, FileFormat format, size_t worker) {
    Slice& slice = slices_[worker];
    engine::Intake& intake = *intakes_[worker];
    engine::Arrival arrival;
    for (size_t i = begin; i < end; ++i) {
      const Chunk::Row& row = chunk.rows[i];
      const engine::RawRecord record = RecordOf(chunk, row);
      std::optional<codec::Refusal> refusal;
      if (format == FileFormat::kCsv) {
        csv_.Clear();
        refusal = mapping_->Decode(row.bytes, csv_);
        if (refusal) {
          slice.refused.push_back({std::move(*refusal), row.number, row.bytes, std::nullopt});
          continue;
        }
        refusal = intake.TakeDecoded(record, csv_, settings_.now, arrival);
      } else {
        refusal = intake.Take(record, settings_.now, arrival);
      }
      if (refusal) {
        slice.refused.push_back({std::move(*refusal), row.number, row.bytes, intake.last_time()});
        continue;
      }
      if (settings_.until && arrival.interaction->timestamp() > *settings_.until) {
        ++slice.left_out;
        continue;
      }
      const auto partition = static_cast<size_t>(base::Murmur2Partition(
          arrival.profile_id, static_cast<int32_t>(slice.accepted.size())));
      slice.accepted[partition].push_back({slice.arena.Copy(arrival.profile_id),
                                           slice.arena.Copy(arrival.bytes), row.number,
                                           arrival.id_derived});
    }
  }

  // In input order: slices hold neighbouring rows.
  base::Status WriteRefused(const Chunk& chunk) {
    for (const Slice& slice : slices_) {
      left_out_ += slice.left_out;
      for (const Slice::Refused& refused : slice.refused) {
        engine::RawRecord record = RecordOf(chunk, {refused.row, refused.number});
        model::DeadLetter letter = intakes_[0]->LetterOf(record, refused.refusal);
        letter.time = refused.time;
        WAYMARK_RETURN_IF_ERROR(tasks_[0]->Reject(letter));
      }
    }
    return {};
  }

  base::Status TakeSlices(engine::Task& task, const Chunk& chunk) {
    task.Begin(Timestamp());
    const auto partition = static_cast<size_t>(task.partition().value);
    model::Interaction interaction;
    for (const Slice& slice : slices_) {
      for (const Slice::Accepted& accepted : slice.accepted[partition]) {
        WAYMARK_RETURN_IF_ERROR(codec::Decode(accepted.bytes, interaction));
        const engine::Arrival arrival{accepted.profile_id,
                                      &interaction,
                                      accepted.bytes,
                                      {names_[chunk.file], 0, accepted.number},
                                      accepted.id_derived};
        WAYMARK_RETURN_IF_ERROR(task.Accept(arrival));
      }
    }
    const Timestamp at_most = settings_.now.value_or(Timestamp::max());
    WAYMARK_RETURN_IF_ERROR(task.EndBatch(Timestamp::min(), at_most));
    return task.WantsFlush() ? task.Flush() : base::Status();
  }

  // Each task on the worker that its partition belongs to.
  template <class F>
  void RunTasks(F run) {
    pool_.Run([&](int worker) {
      const auto step = static_cast<size_t>(pool_.size());
      for (size_t p = static_cast<size_t>(worker); p < tasks_.size(); p += step) {
        auto status = run(*tasks_[p]);
        if (!status.ok() && faults_[static_cast<size_t>(worker)].ok()) {
          faults_[static_cast<size_t>(worker)] = status;
        }
      }
    });
  }

  base::Status FirstFault() const {
    for (const base::Status& fault : faults_) {
      if (!fault.ok()) return fault;
    }
    return {};
  }

  const ReplaySettings& settings_;
  const journey::Fold& fold_;
  store::Store& store_;
  const std::atomic<bool>& stop_;
  const Progress& progress_;
  WorkerPool pool_;
  std::vector<std::string> names_;
  OutputFiles files_;
  std::vector<std::unique_ptr<ReplayOutput>> outputs_;
  std::vector<std::unique_ptr<engine::Task>> tasks_;
  std::vector<std::unique_ptr<engine::Intake>> intakes_;
  std::unique_ptr<codec::CsvMapping> mapping_;
  model::Interaction csv_;
  std::vector<Slice> slices_;
  std::vector<base::Status> faults_;
  int64_t left_out_ = 0;
  int64_t records_ = 0;
  uint64_t input_bytes_ = 0;
  uint64_t read_bytes_ = 0;
};

}  // namespace

std::optional<FileFormat> FormatOf(const std::string& path) {
  if (HasSuffix(path, ".jsonl") || HasSuffix(path, ".ndjson") || HasSuffix(path, ".json")) {
    return FileFormat::kJsonLines;
  }
  if (HasSuffix(path, ".csv") || HasSuffix(path, ".tsv")) return FileFormat::kCsv;
  if (HasSuffix(path, ".pb")) return FileFormat::kProtobuf;
  return std::nullopt;
}

base::Result<ReplaySummary> Replay(const ReplaySettings& settings, const journey::Fold& fold,
                                   store::Store& store, const base::Clock& clock,
                                   const std::atomic<bool>& stop, const Progress& progress) {
  const auto started = clock.Monotonic();
  const double cpu = CpuSeconds();
  Replayer replayer(settings, fold, store, stop, progress);
  WAYMARK_RETURN_IF_ERROR(replayer.Prepare());
  WAYMARK_RETURN_IF_ERROR(replayer.ReadInputs());
  ReplaySummary summary;
  WAYMARK_RETURN_IF_ERROR(replayer.Finish(summary));
  const auto count = [&](model::SignalKind kind) {
    return summary.totals.signals[static_cast<size_t>(kind)];
  };
  summary.sessions = count(model::SignalKind::kSessionStarted);
  summary.journeys = count(model::SignalKind::kJourneyStarted);
  for (size_t kind = 1; kind < summary.totals.signals.size(); ++kind) {
    const int64_t signals = summary.totals.signals[kind];
    if (signals == 0) continue;
    summary.signals[std::string(model::ToString(static_cast<model::SignalKind>(kind)))] = signals;
  }
  summary.seconds = std::chrono::duration<double>(clock.Monotonic() - started).count();
  summary.cpu_seconds = CpuSeconds() - cpu;
  return summary;
}

}  // namespace waymark::files
