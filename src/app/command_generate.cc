#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <memory>

#include "app/command.h"
#include "app/generate_sink.h"
#include "app/kafka_setup.h"
#include "app/progress_bar.h"
#include "app/stop.h"
#include "files/byte_reader.h"
#include "generate/generator.h"

namespace waymark::app {
namespace {

struct GenerateOptions {
  KafkaOptions kafka;
  generate::Settings traffic;
  double rate = 0;
  std::string output;
  std::string topic;
  std::string truth;
  bool without_truth = false;
  std::string start;
  std::string span;
  std::string format = "jsonl";
  bool json = false;

  bool to_kafka() const { return output.empty(); }
  ValueFormat value_format() const {
    return format == "protobuf" ? ValueFormat::kProtobuf : ValueFormat::kJson;
  }
};

base::Status CheckTarget(const GenerateOptions& options) {
  const bool kafka = !options.topic.empty() || !options.kafka.brokers.empty();
  if (kafka != options.output.empty()) {
    return {base::StatusCode::kConfig,
            kafka ? "both a file and a topic are named" : "no place to write to is named",
            "give --output FILE, or --brokers HOST:PORT with --topic TOPIC"};
  }
  if (!options.to_kafka() && options.value_format() == ValueFormat::kProtobuf &&
      options.traffic.bad_share > 0) {
    return {base::StatusCode::kConfig, "bad records are JSON and can't stand in a protobuf file",
            "leave --bad out, or use --format jsonl"};
  }
  return {};
}

// The file for the truth; empty: none is written.
std::string TruthFileOf(const GenerateOptions& options) {
  if (options.without_truth || !options.truth.empty()) return options.truth;
  return options.to_kafka() || options.output == "-" ? "" : options.output + ".truth.jsonl";
}

base::Result<generate::Settings> TrafficOf(const GenerateOptions& options,
                                           const config::Settings& settings) {
  generate::Settings traffic = options.traffic;
  if (!options.start.empty()) {
    WAYMARK_ASSIGN_OR_RETURN(traffic.start, ParseTimeOption("--start", options.start));
  }
  if (!options.span.empty()) {
    const auto span = base::ParseDuration(options.span);
    if (!span) {
      return base::Status(base::StatusCode::kConfig,
                          "--span: '" + options.span + "' is no duration",
                          "write it as 365d, 12h or 90m");
    }
    traffic.span = *span;
  }
  if (!options.to_kafka()) traffic.bad_kinds = generate::kFileBadKinds;
  traffic.record_bytes_max = static_cast<uint64_t>(settings.interaction.bytes_max);
  WAYMARK_RETURN_IF_ERROR(generate::Check(traffic));
  return traffic;
}

base::Result<std::unique_ptr<GenerateSink>> OpenSink(const GenerateOptions& options,
                                                     const config::Settings& settings,
                                                     const base::Clock& clock) {
  if (!options.to_kafka()) {
    return MakeFileSink(options.output, options.value_format(), options.rate, clock, StopFlag());
  }
  const std::string& topic =
      options.topic.empty() ? settings.kafka.input_topics.front() : options.topic;
  WAYMARK_ASSIGN_OR_RETURN(auto writer,
                           TopicWriter::Open(settings, topic, options.rate, clock, StopFlag()));
  return MakeTopicSink(std::move(writer), options.value_format());
}

// Writes all items to the sink, and what is true of them to `truth` where there is one.
base::Status WriteItems(generate::Generator& generator, const generate::Settings& traffic,
                        GenerateSink& sink, files::ByteWriter* truth, const base::Clock& clock) {
  ProgressBar bar("generate", clock);
  generate::Item item;
  std::string line;
  constexpr uint64_t kBetweenUpdates = 256;
  while (generator.Next(item)) {
    if (StopFlag()) return {base::StatusCode::kCancelled, "interrupted"};
    if (truth != nullptr) {
      line.clear();
      generate::WriteTruth(item.truth, line);
      line += '\n';
      WAYMARK_RETURN_IF_ERROR(truth->Write(line));
    }
    WAYMARK_RETURN_IF_ERROR(sink.Write(item));
    const generate::Counts& counts = generator.counts();
    if (counts.items() % kBetweenUpdates != 0) continue;
    bar.Update(static_cast<double>(counts.interactions) /
                   static_cast<double>(traffic.interactions),
               static_cast<int64_t>(counts.items()));
  }
  WAYMARK_RETURN_IF_ERROR(sink.Finish());
  return truth == nullptr ? base::Status() : truth->Close();
}

void PrintCounts(const GenerateOptions& options, const generate::Counts& counts, double seconds) {
  // Standard output may be the traffic itself.
  std::FILE* const to = options.output == "-" ? stderr : stdout;
  if (options.json) {
    nlohmann::ordered_json json;
    json["items"] = counts.items();
    json["interactions"] = counts.interactions;
    json["noise"] = counts.noise;
    json["late"] = counts.late;
    json["duplicates"] = counts.duplicates;
    json["bad"] = counts.bad;
    json["seconds"] = seconds;
    std::fprintf(to, "%s\n", json.dump(2).c_str());
    return;
  }
  const auto print = [to](const char* name, uint64_t number) {
    std::fprintf(to, "%-14s %14s\n", name, Grouped(static_cast<int64_t>(number)).c_str());
  };
  print("items", counts.items());
  print("= interactions", counts.interactions);
  print("    noise", counts.noise);
  print("    late", counts.late);
  print("+ duplicates", counts.duplicates);
  print("+ bad", counts.bad);
  const double rate = seconds > 0 ? static_cast<double>(counts.items()) / seconds : 0;
  std::fprintf(to, "%.2f s, %s items/s\n", seconds, Grouped(static_cast<int64_t>(rate)).c_str());
}

base::Status Generate(const GenerateOptions& options) {
  WAYMARK_RETURN_IF_ERROR(CheckTarget(options));
  WAYMARK_ASSIGN_OR_RETURN(const auto configuration, LoadSettings(options.kafka.merged()));
  WAYMARK_ASSIGN_OR_RETURN(const auto traffic, TrafficOf(options, configuration.settings));
  CatchStopSignals();
  const base::SystemClock clock;
  WAYMARK_ASSIGN_OR_RETURN(const auto sink, OpenSink(options, configuration.settings, clock));
  std::unique_ptr<files::ByteWriter> truth;
  if (const std::string path = TruthFileOf(options); !path.empty()) {
    WAYMARK_ASSIGN_OR_RETURN(truth, files::OpenForWriting(path));
  }
  const auto started = clock.Monotonic();
  generate::Generator generator(traffic);
  const base::Status status = WriteItems(generator, traffic, *sink, truth.get(), clock);
  // What a topic has got stays there; of a file nothing is left.
  const bool stays = options.to_kafka() && status.code() == base::StatusCode::kCancelled;
  if (!status.ok() && !stays) return status;
  if (stays) WAYMARK_RETURN_IF_ERROR(sink->Finish());
  PrintCounts(options, generator.counts(),
              std::chrono::duration<double>(clock.Monotonic() - started).count());
  return status;
}

void AddTraffic(CLI::App& command, GenerateOptions& options) {
  generate::Settings& traffic = options.traffic;
  const char* const group = "Traffic";
  command.add_option("--profiles", traffic.profiles, "customers")
      ->capture_default_str()->group(group);
  command.add_option("--interactions", traffic.interactions,
                     "good, distinct interactions; duplicates and bad records come on top")
      ->capture_default_str()->group(group);
  command.add_option("--seed", traffic.seed, "equal seeds make equal traffic")
      ->capture_default_str()->group(group);
  command.add_option("--start", options.start, "first event time (default: 2024-01-01T00:00:00Z)")
      ->type_name("TIME")->group(group);
  command.add_option("--span", options.span, "event time that the traffic covers (default: 365d)")
      ->type_name("DURATION")->group(group);
  const auto share = [&](const char* name, double& value, const char* help) {
    command.add_option(name, value, help)
        ->type_name("SHARE")->capture_default_str()->group(group);
  };
  share("--late", traffic.late_share, "of the interactions, arrive up to 48 h after their time");
  share("--duplicates", traffic.duplicate_share, "copies per interaction, half of them differing");
  share("--bad", traffic.bad_share, "bad records per interaction (none in protobuf files)");
  share("--noise", traffic.noise_share, "of the interactions, say nothing about the stage");
}

void AddTarget(CLI::App& command, GenerateOptions& options) {
  const char* const group = "Target";
  command.add_option("--output", options.output,
                     "write a file, also .gz and .zst; - is standard output")
      ->type_name("FILE")->group(group);
  command.add_option("--topic", options.topic,
                     "write to this topic (default with --brokers: first of kafka.input_topics)")
      ->group(group);
  command.add_option("--format", options.format, "jsonl or protobuf")
      ->check(CLI::IsMember({"jsonl", "protobuf"}))->capture_default_str()->group(group);
  command.add_option("--rate", options.rate, "items a second on the clock; 0: as fast as it goes")
      ->check(CLI::NonNegativeNumber)->capture_default_str()->group(group);
  CLI::Option* const truth =
      command.add_option("--truth", options.truth,
                         "what is true of each item, one line each (default: beside the output, "
                         "FILE.truth.jsonl; to Kafka: none)")
          ->type_name("FILE")->group(group);
  command.add_flag("--no-truth", options.without_truth, "write no truth file")
      ->excludes(truth)->group(group);
}

}  // namespace

void AddGenerate(CLI::App& app, Action& action) {
  auto options = std::make_shared<GenerateOptions>();
  CLI::App* const command = app.add_subcommand(
      "generate", "write realistic customer traffic, with the truth about it beside it");
  AddTraffic(*command, *options);
  AddTarget(*command, *options);
  options->kafka.AddTo(*command);
  command->add_flag("--json", options->json, "print what was written as JSON");
  command->callback([command, options, &action] {
    const bool stated = command->count("--bad") > 0;
    const bool file = !options->output.empty();
    if (file && !stated && options->format == "protobuf") options->traffic.bad_share = 0;
    action = [options] { return Report(Generate(*options)); };
  });
}

}  // namespace waymark::app
