#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <memory>

#include "app/command.h"
#include "app/journey_text.h"
#include "app/kafka_setup.h"
#include "app/published_models.h"
#include "app/table.h"
#include "base/counted.h"

namespace waymark::app {
namespace {

using Json = nlohmann::ordered_json;

struct TopicOptions {
  KafkaOptions kafka;
  std::string prefix;
  bool json = false;

  void AddTo(CLI::App& command) {
    kafka.AddTo(command);
    command.add_option("--prefix", prefix, "of the topic (default: kafka.prefix)");
    command.add_flag("--json", json, "machine-readable");
  }
  base::Result<config::Configuration> Settings() const {
    CommonOptions common = kafka.merged();
    if (!prefix.empty()) common.assignments.push_back("kafka.prefix=" + prefix);
    return LoadSettings(common);
  }
};

struct PublishOptions {
  TopicOptions topic;
  std::vector<std::string> paths;
  bool dry_run = false;
};

// "always" where it takes effect whatever the time.
std::string EffectiveFrom(const model::JourneyModel& model) {
  return model.effective_from == base::Timestamp::min()
             ? "always"
             : base::FormatRfc3339(model.effective_from);
}

Json JsonOf(const model::JourneyModel& model) {
  Json json = {{"family", model.family}, {"model", model.name}, {"version", model.version}};
  json["effective_from"] =
      model.effective_from == base::Timestamp::min() ? Json() : Json(EffectiveFrom(model));
  json["fate"] = model::ToString(model.fate);
  return json;
}

void Print(const Json& json) {
  std::printf("%s\n", json.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
}

Json PlanJson(const engine::PublishPlan& plan, const model::DefinitionSet& files,
              const std::string& topic, bool dry_run) {
  Json json;
  json["topic"] = topic;
  json["dry_run"] = dry_run;
  json["refused"] = plan.IsRefused();
  Json& models = json["models"] = Json::array();
  for (size_t i = 0; i < files.definitions.size(); ++i) {
    Json entry = JsonOf(files.definitions[i].model);
    entry["outcome"] = engine::ToString(plan.outcomes[i]);
    entry["file"] = files.definitions[i].model.file;
    models.push_back(std::move(entry));
  }
  Json& faults = json["faults"] = Json::array();
  for (const model::Fault& fault : plan.faults) {
    faults.push_back({{"file", fault.file},
                      {"line", fault.place.line},
                      {"column", fault.place.column},
                      {"message", fault.message},
                      {"hint", fault.hint}});
  }
  return json;
}

void PrintPlan(const engine::PublishPlan& plan, const model::DefinitionSet& files,
               const std::string& topic, bool dry_run) {
  Table table({"family", "model", "version", "effective from", "fate", "outcome", "file"});
  for (size_t i = 0; i < files.definitions.size(); ++i) {
    const model::JourneyModel& m = files.definitions[i].model;
    table.Add({m.family, m.name, std::to_string(m.version), EffectiveFrom(m),
               std::string(model::ToString(m.fate)),
               std::string(engine::ToString(plan.outcomes[i])), m.file});
  }
  std::printf("%s", table.Text(TerminalWidth()).c_str());
  if (files.customer) {
    std::printf("%s is no model and is not published: give it to every instance\n",
                files.customer->file.c_str());
  }
  for (const model::Fault& fault : plan.faults) std::fprintf(stderr, "%s\n", fault.text().c_str());
  if (plan.IsRefused()) {
    std::fprintf(stderr, "%s, nothing was published\n",
                 base::Counted(plan.faults.size(), "fault").c_str());
    return;
  }
  const size_t fresh = plan.CountOf(engine::PublishOutcome::kNew);
  std::printf("%s %s published to %s\n", base::Counted(fresh, "version").c_str(),
              dry_run ? "would be" : fresh == 1 ? "was" : "were", topic.c_str());
}

int RunPublish(const PublishOptions& options) {
  const auto configuration = options.topic.Settings();
  if (!configuration.ok()) return Report(configuration.status());
  const config::Settings& settings = configuration->settings;
  const model::DefinitionSet files = model::LoadDefinitions(options.paths);
  auto topic = ReadModelsTopic(settings);
  if (!topic.ok()) return Report(topic.status());
  const base::SystemClock clock;
  engine::PublishSettings publish = PublishSettingsOf(settings, clock);
  publish.dry_run = options.dry_run;
  const auto plan = engine::PublishModels(ModelClients(settings), files, publish, *topic);
  if (!plan.ok()) return Report(plan.status());
  if (options.topic.json) {
    Print(PlanJson(*plan, files, topic->name(), options.dry_run));
  } else {
    PrintPlan(*plan, files, topic->name(), options.dry_run);
  }
  return plan->IsRefused() ? kExitUsage : kExitFine;
}

int RunList(const TopicOptions& options) {
  const auto configuration = options.Settings();
  if (!configuration.ok()) return Report(configuration.status());
  const auto topic = ReadModelsTopic(configuration->settings);
  if (!topic.ok()) return Report(topic.status());
  Json list = Json::array();
  Table table({"family", "model", "version", "effective from", "fate", "published", "by"});
  for (const engine::PublishedModel& m : topic->models()) {
    const model::JourneyModel& definition = m.definition.model;
    Json entry = JsonOf(definition);
    entry["published"] = TimeText(m.published.ms);
    entry["publisher"] = m.publisher;
    entry["offset"] = m.offset.value;
    list.push_back(std::move(entry));
    table.Add({definition.family, definition.name, std::to_string(definition.version),
               EffectiveFrom(definition), std::string(model::ToString(definition.fate)),
               TimeText(m.published.ms), m.publisher});
  }
  if (options.json) {
    Print(list);
  } else {
    std::printf("%s", table.Text(TerminalWidth()).c_str());
  }
  return kExitFine;
}

int RunShow(const TopicOptions& options, const std::string& key) {
  const auto configuration = options.Settings();
  if (!configuration.ok()) return Report(configuration.status());
  const auto topic = ReadModelsTopic(configuration->settings);
  if (!topic.ok()) return Report(topic.status());
  const engine::PublishedModel* const found = topic->Find(key);
  if (found == nullptr) {
    Report({base::StatusCode::kNotFound, "no model '" + key + "' in " + topic->name(),
            "`waymark model list` names those that were published, as FAMILY/MODEL/VERSION"});
    return kExitFaults;
  }
  const std::string& json = found->definition.json;
  std::printf("%s", options.json ? json.c_str() : model::DefinitionYaml(json).c_str());
  return kExitFine;
}

}  // namespace

void AddModelPublish(CLI::App& model, Action& action) {
  auto publish = std::make_shared<PublishOptions>();
  CLI::App* const publish_command = model.add_subcommand(
      "publish", "check models together with those that were published, and publish what is new");
  publish_command->add_option("MODELS", publish->paths, "folders of journey models, or files")
      ->required()
      ->type_name("PATH");
  publish->topic.AddTo(*publish_command);
  publish_command->add_flag("--dry-run", publish->dry_run, "only say what would be done");
  publish_command->callback(
      [publish, &action] { action = [publish] { return RunPublish(*publish); }; });

  auto list = std::make_shared<TopicOptions>();
  CLI::App* const list_command =
      model.add_subcommand("list", "the versions that were published, in their order");
  list->AddTo(*list_command);
  list_command->callback([list, &action] { action = [list] { return RunList(*list); }; });

  auto show = std::make_shared<TopicOptions>();
  auto key = std::make_shared<std::string>();
  CLI::App* const show_command =
      model.add_subcommand("show", "print a published version as a model file");
  show_command->add_option("VERSION", *key, "which one")
      ->required()
      ->type_name("FAMILY/MODEL/VERSION");
  show->AddTo(*show_command);
  show_command->callback(
      [show, key, &action] { action = [show, key] { return RunShow(*show, *key); }; });
}

}  // namespace waymark::app
