#include "files/replay_output.h"

#include <filesystem>

#include "codec/protobuf.h"
#include "engine/keys.h"

namespace waymark::files {
namespace {

constexpr size_t kWriteBytes = 1 << 20;

template <class T>
void Append(const T& value, OutputFile& file) {
  if (file.is_json()) {
    codec::EncodeJson(value, file.buffer());
  } else {
    codec::Encode(value, file.buffer());
  }
}

template <class T>
base::Status AppendDecoded(std::string_view bytes, OutputFile& file) {
  T value;
  WAYMARK_RETURN_IF_ERROR(codec::Decode(bytes, value));
  Append(value, file);
  return file.WriteRecord();
}

}  // namespace

base::Result<std::unique_ptr<OutputFile>> OutputFile::Create(const ReplaySettings& settings,
                                                             const std::string& name,
                                                             OutputFormat format) {
  auto file = std::make_unique<OutputFile>();
  file->json_ = format == OutputFormat::kJsonLines;
  const std::string path =
      settings.output + "/" + name + (file->json_ ? ".jsonl" : ".pb") + settings.output_suffix;
  WAYMARK_ASSIGN_OR_RETURN(file->writer_, OpenForWriting(path));
  return file;
}

base::Status OutputFile::WriteRecord() {
  ++records_;
  if (json_) {
    pending_.append(buffer_).push_back('\n');
  } else {
    size_t size = buffer_.size();
    for (; size >= 0x80; size >>= 7) pending_.push_back(static_cast<char>(size | 0x80));
    pending_.push_back(static_cast<char>(size));
    pending_.append(buffer_);
  }
  buffer_.clear();
  if (pending_.size() < kWriteBytes) return {};
  WAYMARK_RETURN_IF_ERROR(writer_->Write(pending_));
  pending_.clear();
  return {};
}

base::Status OutputFile::Close() {
  WAYMARK_RETURN_IF_ERROR(writer_->Write(pending_));
  pending_.clear();
  return writer_->Close();
}

base::Result<OutputFiles> OutputFiles::Create(const ReplaySettings& settings) {
  const auto create = [&](const char* name, OutputFormat format) {
    return OutputFile::Create(settings, name, format);
  };
  const OutputFormat format = settings.output_format;
  OutputFiles files;
  WAYMARK_ASSIGN_OR_RETURN(files.steps, create("steps", format));
  WAYMARK_ASSIGN_OR_RETURN(files.signals, create("signals", format));
  WAYMARK_ASSIGN_OR_RETURN(files.journeys, create("journeys", format));
  WAYMARK_ASSIGN_OR_RETURN(files.dead_letters, create("dead-letters", format));
  if (!settings.task.measures.enabled) return files;
  WAYMARK_ASSIGN_OR_RETURN(files.measures, create("measures", OutputFormat::kJsonLines));
  return files;
}

base::Status OutputFiles::Close() {
  WAYMARK_RETURN_IF_ERROR(steps->Close());
  WAYMARK_RETURN_IF_ERROR(signals->Close());
  WAYMARK_RETURN_IF_ERROR(journeys->Close());
  if (measures) WAYMARK_RETURN_IF_ERROR(measures->Close());
  return dead_letters->Close();
}

ReplayOutput::ReplayOutput(const ReplaySettings& settings, base::Partition partition)
    : all_revisions_(settings.all_revisions),
      signals_(settings.output, "signals-" + std::to_string(partition.value),
               settings.sort_bytes_max / static_cast<size_t>(settings.partitions)) {}

base::Status ReplayOutput::Write(engine::OutputTopic topic, base::Partition /*partition*/,
                                 std::string_view /*profile_id*/,
                                 std::optional<std::string_view> value) {
  if (value && all_revisions_) waiting_.push_back({topic, std::string(*value)});
  return {};
}

base::Status ReplayOutput::WriteDeadLetter(base::Partition /*partition*/,
                                           const model::DeadLetter& letter) {
  Append(letter, *dead_letters_);
  return dead_letters_->WriteRecord();
}

// Sorted by (profile, time, id); the value's first byte tells a retraction.
base::Status ReplayOutput::WriteSignal(base::Partition partition, const model::Signal& signal) {
  if (all_revisions_) {
    value_.clear();
    codec::Encode(signal, value_);
    return Write(engine::OutputTopic::kSignals, partition, signal.profile_id, value_);
  }
  key_.assign(engine::kPartitionBytes, '\0');
  engine::AppendText(signal.profile_id, key_);
  engine::AppendNumber(signal.time, key_);
  key_.append(signal.id);
  value_.assign(1, signal.retracted ? '-' : '+');
  codec::EncodeCanonical(signal, value_);
  return signals_.Add(key_, value_);
}

base::Status ReplayOutput::Drain(OutputFiles& files) {
  for (const Waiting& waiting : waiting_) {
    switch (waiting.topic) {
      case engine::OutputTopic::kSteps:
        WAYMARK_RETURN_IF_ERROR(AppendDecoded<model::Step>(waiting.bytes, *files.steps));
        break;
      case engine::OutputTopic::kSignals:
        WAYMARK_RETURN_IF_ERROR(AppendDecoded<model::Signal>(waiting.bytes, *files.signals));
        break;
      case engine::OutputTopic::kMeasures: break;  // written at the end, as they are then
      case engine::OutputTopic::kJourneys:
        WAYMARK_RETURN_IF_ERROR(
            AppendDecoded<model::CustomerJourneys>(waiting.bytes, *files.journeys));
        break;
    }
  }
  waiting_.clear();
  return {};
}

}  // namespace waymark::files
