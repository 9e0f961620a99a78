#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

#include "app/command.h"
#include "app/kafka_setup.h"
#include "app/progress_bar.h"
#include "base/counted.h"
#include "kafka/admin.h"

namespace waymark::app {
namespace {

constexpr int32_t kPartitionsDefault = 6;
constexpr base::Millis kPatience = std::chrono::seconds(30);

struct TopicsOptions {
  KafkaOptions kafka;
  std::string prefix;
  std::vector<std::string> inputs;
  int32_t partitions = 0;
  int16_t replication = -1;
  bool json = false;
};

base::Result<config::Configuration> SettingsOf(const TopicsOptions& options) {
  CommonOptions common = options.kafka.merged();
  if (!options.prefix.empty()) common.assignments.push_back("kafka.prefix=" + options.prefix);
  std::string inputs;
  for (const std::string& input : options.inputs) inputs += (inputs.empty() ? "" : ",") + input;
  if (!inputs.empty()) common.assignments.push_back("kafka.input_topics=" + inputs);
  return LoadSettings(common);
}

// What Waymark wants of its topics; the number of partitions is left open but for the models.
std::vector<stream::TopicSpec> SpecsOf(const config::Settings& settings, int16_t replication) {
  const std::string bytes_max = std::to_string(MessageBytesMax(settings));
  std::vector<stream::TopicSpec> specs;
  const auto add = [&](const std::string& name, const char* policy) -> stream::TopicSpec& {
    stream::TopicSpec& spec = specs.emplace_back();
    spec.name = name;
    spec.replication = replication;
    spec.config = {{"cleanup.policy", policy}, {"max.message.bytes", bytes_max}};
    return spec;
  };
  for (const std::string& input : settings.kafka.input_topics) add(input, "delete");
  const std::string& prefix = settings.kafka.prefix;
  const base::Millis keep = settings.timeline.retention + kStepsMargin;
  add(prefix + ".steps", "delete").config["retention.ms"] = std::to_string(keep.count());
  add(prefix + ".signals", "delete");
  add(prefix + ".journeys", "compact");
  add(prefix + ".dead-letters", "delete");
  if (settings.measures.enabled) {
    // Restores read all of it: what was said again should go soon.
    auto& config = add(prefix + ".measures", "compact").config;
    config["segment.ms"] = "600000";
    config["segment.bytes"] = std::to_string(64 << 20);
    config["min.cleanable.dirty.ratio"] = "0.2";
  }
  // One order of all versions for all instances.
  add(prefix + ".models", "compact").partitions = 1;
  return specs;
}

using Found = std::vector<std::optional<stream::TopicInfo>>;

// Those that there are already, and the topics that are wanted.
struct State {
  std::vector<stream::TopicSpec> specs;
  Found found;
};

base::Result<State> LookAround(const TopicsOptions& options, const config::Settings& settings,
                               stream::Admin& admin) {
  State state{SpecsOf(settings, options.replication), {}};
  std::vector<std::string> names;
  for (const stream::TopicSpec& spec : state.specs) names.push_back(spec.name);
  WAYMARK_ASSIGN_OR_RETURN(state.found, admin.Describe(names, kPatience));
  return state;
}

// As stated, else as the topics that exist, else the default.
int32_t PartitionsFor(const TopicsOptions& options, const State& state) {
  if (options.partitions > 0) return options.partitions;
  for (size_t i = 0; i < state.specs.size(); ++i) {
    if (state.found[i] && state.specs[i].partitions == 0) return state.found[i]->partitions;
  }
  return kPartitionsDefault;
}

int32_t WantedOf(const stream::TopicSpec& spec, int32_t partitions) {
  return spec.partitions > 0 ? spec.partitions : partitions;
}

// "setting is VALUE, not VALUE" for each that differs from what is wanted.
std::vector<std::string> Differences(const stream::TopicSpec& spec,
                                     const stream::TopicInfo& topic) {
  std::vector<std::string> out;
  for (const auto& [name, wanted] : spec.config) {
    const auto is = topic.config.find(name);
    if (is == topic.config.end() || is->second == wanted) continue;
    out.push_back(name + " is " + is->second + ", wanted " + wanted);
  }
  return out;
}

base::Status CheckPartitions(const State& state, int32_t partitions) {
  std::string faults;
  for (size_t i = 0; i < state.specs.size(); ++i) {
    const auto& topic = state.found[i];
    const int32_t wanted = WantedOf(state.specs[i], partitions);
    if (!topic || topic->partitions == wanted) continue;
    faults += (faults.empty() ? "topic " : "\ntopic ") + topic->name + " has " +
              base::Counted(topic->partitions, "partition") + ", not " + std::to_string(wanted);
  }
  if (faults.empty()) return {};
  return {base::StatusCode::kConfig, faults,
          "inputs and outputs must have the same number, models one: state it by --partitions, or "
          "choose another --prefix"};
}

base::Result<std::unique_ptr<stream::Admin>> OpenAdmin(const config::Settings& settings) {
  const kafka::ClientSettings client = ClientSettingsOf(settings);
  WAYMARK_RETURN_IF_ERROR(Connect(client, settings));
  return kafka::Admin::Make(client);
}

void PrintCreated(const State& state, const std::vector<bool>& created, int32_t partitions,
                  bool json) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  size_t next = 0;
  for (size_t i = 0; i < state.specs.size(); ++i) {
    const std::string& name = state.specs[i].name;
    const bool is_new = !state.found[i] && created[next++];
    const auto differences = state.found[i] ? Differences(state.specs[i], *state.found[i])
                                            : std::vector<std::string>();
    const int32_t count = WantedOf(state.specs[i], partitions);
    out.push_back({{"topic", name},
                   {"partitions", count},
                   {"created", is_new},
                   {"differences", differences}});
    if (json) continue;
    std::printf("%-8s %s, %s\n", is_new ? "created" : "exists", name.c_str(),
                base::Counted(count, "partition").c_str());
    for (const std::string& text : differences) std::printf("         %s\n", text.c_str());
  }
  if (json) std::printf("%s\n", out.dump(2).c_str());
}

base::Status Create(const TopicsOptions& options) {
  WAYMARK_ASSIGN_OR_RETURN(const auto configuration, SettingsOf(options));
  WAYMARK_ASSIGN_OR_RETURN(const auto admin, OpenAdmin(configuration.settings));
  WAYMARK_ASSIGN_OR_RETURN(const State state,
                           LookAround(options, configuration.settings, *admin));
  const int32_t partitions = PartitionsFor(options, state);
  WAYMARK_RETURN_IF_ERROR(CheckPartitions(state, partitions));
  std::vector<stream::TopicSpec> missing;
  for (size_t i = 0; i < state.specs.size(); ++i) {
    if (state.found[i]) continue;
    missing.push_back(state.specs[i]);
    missing.back().partitions = WantedOf(state.specs[i], partitions);
  }
  WAYMARK_ASSIGN_OR_RETURN(const auto created, admin->Create(missing, kPatience));
  PrintCreated(state, created, partitions, options.json);
  return {};
}

void PrintDescribed(const State& state) {
  size_t width = 5;
  for (const stream::TopicSpec& spec : state.specs) width = std::max(width, spec.name.size());
  const int w = static_cast<int>(width);
  std::printf("%-*s  partitions  replication  settings\n", w, "topic");
  for (size_t i = 0; i < state.specs.size(); ++i) {
    if (!state.found[i]) {
      std::printf("%-*s  missing\n", w, state.specs[i].name.c_str());
      continue;
    }
    const stream::TopicInfo& topic = *state.found[i];
    std::string config;
    for (const auto& [name, value] : topic.config) {
      config += (config.empty() ? "" : " ") + name + "=" + value;
    }
    std::printf("%-*s  %10d  %11d  %s\n", w, topic.name.c_str(), topic.partitions,
                topic.replication, config.c_str());
    for (const std::string& text : Differences(state.specs[i], topic)) {
      std::printf("%-*s  differs: %s\n", w, "", text.c_str());
    }
  }
}

void PrintDescribedJson(const State& state) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (size_t i = 0; i < state.specs.size(); ++i) {
    nlohmann::ordered_json& entry = json.emplace_back();
    entry["topic"] = state.specs[i].name;
    entry["exists"] = state.found[i].has_value();
    if (!state.found[i]) continue;
    entry["partitions"] = state.found[i]->partitions;
    entry["replication"] = state.found[i]->replication;
    entry["config"] = state.found[i]->config;
    entry["differences"] = Differences(state.specs[i], *state.found[i]);
  }
  std::printf("%s\n", json.dump(2).c_str());
}

base::Status Describe(const TopicsOptions& options) {
  WAYMARK_ASSIGN_OR_RETURN(const auto configuration, SettingsOf(options));
  WAYMARK_ASSIGN_OR_RETURN(const auto admin, OpenAdmin(configuration.settings));
  WAYMARK_ASSIGN_OR_RETURN(const State state,
                           LookAround(options, configuration.settings, *admin));
  options.json ? PrintDescribedJson(state) : PrintDescribed(state);
  return {};
}

void AddCommon(CLI::App& command, TopicsOptions& options) {
  command.add_option("--prefix", options.prefix, "of the outputs (default: kafka.prefix)");
  command.add_option("--input", options.inputs, "input topics (default: kafka.input_topics)")
      ->type_name("TOPIC");
  options.kafka.AddTo(command);
  command.add_flag("--json", options.json, "as JSON");
}

}  // namespace

void AddTopics(CLI::App& app, Action& action) {
  CLI::App* const command =
      app.add_subcommand("topics", "create or look at the topics that Waymark works on");
  command->require_subcommand(1);
  auto options = std::make_shared<TopicsOptions>();
  CLI::App* const create = command->add_subcommand(
      "create",
      "create what is missing: inputs, PREFIX.steps, PREFIX.signals, PREFIX.journeys, "
      "PREFIX.dead-letters, all with the same number of partitions, and PREFIX.models with one");
  AddCommon(*create, *options);
  create->add_option("--partitions", options->partitions,
                     "of each topic (default: as topics that exist, else 6)")
      ->check(CLI::Range(1, 100'000));
  create->add_option("--replication", options->replication,
                     "copies of each partition (default: the broker's)")
      ->check(CLI::Range(1, 1'000));
  create->callback([options, &action] {
    action = [options] { return Report(Create(*options)); };
  });
  CLI::App* const describe =
      command->add_subcommand("describe", "print partitions, replication and settings of each");
  AddCommon(*describe, *options);
  describe->callback([options, &action] {
    action = [options] { return Report(Describe(*options)); };
  });
}

}  // namespace waymark::app
