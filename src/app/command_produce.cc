#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <memory>

#include "app/command.h"
#include "app/input_reader.h"
#include "app/kafka_setup.h"
#include "app/progress_bar.h"
#include "app/stop.h"
#include "app/topic_writer.h"
#include "codec/json.h"
#include "codec/protobuf.h"

namespace waymark::app {
namespace {

struct ProduceOptions {
  KafkaOptions kafka;
  std::vector<std::string> inputs;
  std::string topic;
  std::string format;
  std::string mapping;
  std::string value;  // empty: what the service reads
  double rate = 0;
  bool json = false;
};

struct ProduceCounts {
  int64_t interactions = 0;
  int64_t ids_derived = 0;
  std::array<int64_t, model::kDeadLetterReasons> refused{};
  int64_t differing = 0;  // that `run` treats otherwise than a replay of the file does
  int64_t refused_total() const {
    int64_t sum = 0;
    for (const int64_t count : refused) sum += count;
    return sum;
  }
};

// What a replay would accept goes out whole, with its customer and id. What it would refuse goes
// out without a key as it is, or as what its row was mapped to, so that `run` refuses it for the
// same reason.
class Producing {
 public:
  Producing(TopicWriter& writer, bool json, const engine::IntakeSettings& intake)
      : writer_(writer), json_(json), bytes_max_(intake.limits.bytes_max), service_(intake) {}

  base::Status Take(const InputRecord& record) {
    return record.arrival != nullptr ? Accept(*record.arrival) : Refuse(record);
  }
  const ProduceCounts& counts() const { return counts_; }

 private:
  base::Status Accept(const engine::Arrival& arrival) {
    const std::string_view value = json_ ? Encoded(*arrival.interaction) : arrival.bytes;
    WAYMARK_RETURN_IF_ERROR(writer_.Send(arrival.profile_id, value));
    ++counts_.interactions;
    counts_.ids_derived += arrival.id_derived ? 1 : 0;
    // The id, or another form, may push it over the limit.
    counts_.differing += value.size() > bytes_max_ ? 1 : 0;
    return {};
  }

  base::Status Refuse(const InputRecord& record) {
    const std::string_view value =
        record.mapped != nullptr ? Encoded(*record.mapped) : record.row;
    WAYMARK_RETURN_IF_ERROR(writer_.Send({}, value));
    const model::DeadLetterReason reason = record.refusal->reason;
    ++counts_.refused[static_cast<size_t>(reason)];
    counts_.differing += ReasonAtService(value) == reason ? 0 : 1;
    return {};
  }

  std::string_view Encoded(const model::Interaction& interaction) {
    encoded_.clear();
    if (json_) {
      codec::EncodeJson(interaction, encoded_);
    } else {
      codec::Encode(interaction, encoded_);
    }
    return encoded_;
  }

  // Why the service would refuse a record without key; nothing where it would not.
  std::optional<model::DeadLetterReason> ReasonAtService(std::string_view value) {
    engine::RawRecord record;
    record.value = value;
    engine::Arrival arrival;
    const auto refusal = service_.Take(record, std::nullopt, arrival);
    return refusal ? std::optional(refusal->reason) : std::nullopt;
  }

  TopicWriter& writer_;
  bool json_;
  size_t bytes_max_;
  engine::Intake service_;
  std::string encoded_;
  ProduceCounts counts_;
};

void PrintJson(const ProduceCounts& counts, double seconds) {
  nlohmann::ordered_json json;
  json["records"] = counts.interactions + counts.refused_total();
  json["interactions"] = counts.interactions;
  json["ids_derived"] = counts.ids_derived;
  nlohmann::ordered_json& refused = json["refused"] = nlohmann::ordered_json::object();
  for (size_t i = 0; i < counts.refused.size(); ++i) {
    if (counts.refused[i] == 0) continue;
    refused[std::string(model::ToString(static_cast<model::DeadLetterReason>(i)))] =
        counts.refused[i];
  }
  json["differing"] = counts.differing;
  json["seconds"] = seconds;
  std::printf("%s\n", json.dump(2).c_str());
}

void PrintText(const ProduceCounts& counts, double seconds) {
  const auto print = [](const char* name, int64_t number) {
    std::printf("%-16s %14s\n", name, Grouped(number).c_str());
  };
  const int64_t records = counts.interactions + counts.refused_total();
  print("records", records);
  print("= interactions", counts.interactions);
  print("+ to be refused", counts.refused_total());
  for (size_t i = 0; i < counts.refused.size(); ++i) {
    if (counts.refused[i] == 0) continue;
    const std::string reason(model::ToString(static_cast<model::DeadLetterReason>(i)));
    std::printf("    %-24s %s\n", reason.c_str(), Grouped(counts.refused[i]).c_str());
  }
  print("ids derived", counts.ids_derived);
  const double rate = seconds > 0 ? static_cast<double>(records) / seconds : 0;
  std::printf("%.2f s, %s records/s\n", seconds, Grouped(static_cast<int64_t>(rate)).c_str());
  if (counts.differing == 0) return;
  std::printf("%s of them will be refused by `waymark run` for another reason than by a replay\n",
              Grouped(counts.differing).c_str());
}

base::Result<bool> WritesJson(const ProduceOptions& options, const config::Settings& settings) {
  const bool service_json = settings.input.format == config::InputFormat::kJson;
  const bool json = options.value.empty() ? service_json : options.value == "json";
  if (settings.input.format == config::InputFormat::kAuto || json == service_json) return json;
  return base::Status(base::StatusCode::kConfig,
                      "--value " + options.value + " is not what input.format says",
                      "leave --value out, or set input.format to auto");
}

InputReader::Settings ReaderSettings(const ProduceOptions& options,
                                     const config::Settings& settings) {
  InputReader::Settings reader;
  if (options.format == "jsonl") reader.format = files::FileFormat::kJsonLines;
  if (options.format == "csv") reader.format = files::FileFormat::kCsv;
  if (options.format == "protobuf") reader.format = files::FileFormat::kProtobuf;
  reader.mapping = options.mapping;
  reader.intake = IntakeSettingsOf(settings);
  return reader;
}

base::Status Produce(const ProduceOptions& options) {
  WAYMARK_ASSIGN_OR_RETURN(const auto configuration, LoadSettings(options.kafka.merged()));
  const config::Settings& settings = configuration.settings;
  WAYMARK_ASSIGN_OR_RETURN(const bool json, WritesJson(options, settings));
  WAYMARK_ASSIGN_OR_RETURN(
      const auto reader, InputReader::Open(options.inputs, ReaderSettings(options, settings)));
  CatchStopSignals();
  const base::SystemClock clock;
  const std::string& topic =
      options.topic.empty() ? settings.kafka.input_topics.front() : options.topic;
  WAYMARK_ASSIGN_OR_RETURN(const auto writer,
                           TopicWriter::Open(settings, topic, options.rate, clock, StopFlag()));
  Producing producing(*writer, json, IntakeSettingsOf(settings));
  const auto started = clock.Monotonic();
  base::Status status;
  {
    ProgressBar bar("produce", clock);
    status = reader->Read([&](const InputRecord& record) { return producing.Take(record); },
                          [&](double share) { bar.Update(share, writer->sent()); });
  }
  // What was sent before an interruption counts, and is told.
  if (!status.ok() && status.code() != base::StatusCode::kCancelled) return status;
  WAYMARK_RETURN_IF_ERROR(writer->Finish());
  const double seconds = std::chrono::duration<double>(clock.Monotonic() - started).count();
  options.json ? PrintJson(producing.counts(), seconds) : PrintText(producing.counts(), seconds);
  return status;
}

}  // namespace

void AddProduce(CLI::App& app, Action& action) {
  auto options = std::make_shared<ProduceOptions>();
  CLI::App* const command = app.add_subcommand(
      "produce",
      "write files into a topic, so that `waymark run` finds the same as a replay of them");
  command->add_option("--input", options->inputs, "files of interactions, also .gz and .zst")
      ->required()
      ->type_name("FILE");
  command->add_option("--topic", options->topic, "default: first of kafka.input_topics");
  command->add_option("--rate", options->rate, "records a second; 0: as fast as it goes")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--format", options->format, "of the input (default: by the file's name)")
      ->check(CLI::IsMember({"jsonl", "csv", "protobuf"}));
  command->add_option("--mapping", options->mapping,
                      "how rows of a delimited file become interactions")
      ->type_name("FILE");
  command->add_option("--value", options->value,
                      "json or protobuf (default: protobuf, unless input.format is json)")
      ->check(CLI::IsMember({"json", "protobuf"}));
  options->kafka.AddTo(*command);
  command->add_flag("--json", options->json, "print what was written as JSON");
  command->callback([options, &action] {
    action = [options] { return Report(Produce(*options)); };
  });
}

}  // namespace waymark::app
