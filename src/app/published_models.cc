#include "app/published_models.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "app/kafka_setup.h"
#include "app/version.h"
#include "base/counted.h"
#include "base/log.h"
#include "engine/stored_models.h"
#include "engine/stream_output.h"
#include "kafka/admin.h"
#include "kafka/log_reader.h"
#include "kafka/producer.h"

namespace waymark::app {
namespace {

std::string HostName() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return host.data();
}

base::Status RequireModelsTopic(const config::Settings& settings) {
  const std::string name = ModelsTopicName(settings);
  const kafka::ClientSettings client = ClientSettingsOf(settings);
  WAYMARK_ASSIGN_OR_RETURN(const auto admin, kafka::Admin::Make(client));
  WAYMARK_ASSIGN_OR_RETURN(const auto found,
                           admin->Describe({name}, settings.kafka.connect_timeout));
  if (found.front()) return {};
  return {base::StatusCode::kConfig, "there is no topic " + name + " on " + client.brokers,
          "make it by `waymark topics create`, or check kafka.prefix"};
}

void TellPublished(const engine::PublishPlan& plan, const model::DefinitionSet& files,
                   const std::string& topic) {
  for (const size_t i : plan.order) {
    const model::JourneyModel& m = files.definitions[i].model;
    WAYMARK_INFO("model {} ({}) was published to {}", model::DefinitionKey(m), m.file, topic);
  }
}

}  // namespace

std::string ModelsTopicName(const config::Settings& settings) {
  return engine::TopicNames(settings.kafka.prefix).models;
}

engine::PublishClients ModelClients(const config::Settings& settings) {
  kafka::ClientSettings client = ClientSettingsOf(settings);
  client.client_id = "waymark-models";
  engine::PublishClients clients;
  clients.make_reader = [client] { return kafka::LogReader::Make(client); };
  client.transactional_id = engine::PublisherId(ModelsTopicName(settings));
  client.transaction_timeout = settings.kafka.transaction_timeout;
  clients.make_producer = [client] { return kafka::TransactionalProducer::Make(client); };
  return clients;
}

engine::PublishSettings PublishSettingsOf(const config::Settings& settings,
                                          const base::Clock& clock) {
  engine::PublishSettings publish;
  publish.publisher = VersionText() + " on " + HostName();
  publish.now = clock.Now();
  publish.timeout = settings.kafka.connect_timeout;
  return publish;
}

base::Result<engine::ModelsTopic> ReadModelsTopic(const config::Settings& settings) {
  WAYMARK_RETURN_IF_ERROR(Connect(ClientSettingsOf(settings), settings));
  WAYMARK_RETURN_IF_ERROR(RequireModelsTopic(settings));
  engine::ModelsTopic topic(ModelsTopicName(settings));
  WAYMARK_ASSIGN_OR_RETURN(const auto reader, ModelClients(settings).make_reader());
  WAYMARK_RETURN_IF_ERROR(topic.ReadToEnd(*reader, settings.kafka.connect_timeout));
  return topic;
}

base::Status RefusedStatus(const std::vector<model::Fault>& faults) {
  std::string text;
  for (const model::Fault& fault : faults) text += (text.empty() ? "" : "\n") + fault.text();
  return {base::StatusCode::kConfig, text};
}

base::Result<model::DefinitionSet> LoadModelFiles(const CommonOptions& options,
                                                  const config::Settings& settings) {
  const std::vector<std::string> paths = ModelPathsOf(options, settings);
  model::DefinitionSet files = model::LoadDefinitions(paths);
  // What is wrong between the files alone needs no topic to be found.
  engine::PublishPlan plan = engine::PlanPublish(engine::ModelsTopic(""), files);
  if (!plan.IsRefused()) return files;
  const base::Status refused = RefusedStatus(plan.faults);
  const bool is_there = std::all_of(paths.begin(), paths.end(), [](const std::string& path) {
    return std::filesystem::exists(path);
  });
  return base::Status(refused.code(), refused.message(),
                      is_there ? "" : "name the folder by --models or models.directory");
}

std::shared_ptr<const model::Interventions> InterventionsOf(const model::DefinitionSet& files) {
  std::vector<model::JourneyModel> models;
  for (const model::ModelDefinition& each : files.definitions) models.push_back(each.model);
  return std::make_shared<const model::Interventions>(model::CollectInterventions(models));
}

base::Result<engine::ModelsTopic> PublishModelFiles(const model::DefinitionSet& files,
                                                    const config::Settings& settings,
                                                    const base::Clock& clock) {
  WAYMARK_RETURN_IF_ERROR(RequireModelsTopic(settings));
  engine::ModelsTopic topic(ModelsTopicName(settings));
  WAYMARK_ASSIGN_OR_RETURN(
      const engine::PublishPlan plan,
      engine::PublishModels(ModelClients(settings), files, PublishSettingsOf(settings, clock),
                            topic));
  if (plan.IsRefused()) return RefusedStatus(plan.faults);
  TellPublished(plan, files, topic.name());
  WAYMARK_INFO("{} of {} in {}", base::Counted(topic.models().size(), "version"),
               topic.models().size() == 1 ? "a model" : "models", topic.name());
  return topic;
}

base::Result<journey::ModelVersions> VersionsOf(
    const engine::ModelsTopic& topic, const std::optional<model::CustomerModel>& customer) {
  journey::ModelVersions versions(customer);
  WAYMARK_RETURN_IF_ERROR(AddVersions(topic.models(), versions));
  return versions;
}

base::Result<Models> ModelsOfState(const store::Store& store, const CommonOptions& options,
                                   const config::Settings& settings) {
  WAYMARK_ASSIGN_OR_RETURN(const auto stored, engine::StoredModels(store));
  if (stored.empty()) return LoadModels(options, settings);
  const std::vector<std::string> paths = ModelPathsOf(options, settings);
  journey::ModelVersions versions(model::LoadModels(paths).customer);
  for (const std::string& json : stored) {
    const auto added = versions.Add(json, "the state's models");
    if (!added.faults.empty()) return RefusedStatus(added.faults);
  }
  Models models;
  models.compiled = versions.models();
  models.fold = std::make_shared<const journey::Fold>(models.compiled, FoldSettingsOf(settings));
  return models;
}

base::Status AddVersions(std::span<const engine::PublishedModel> models,
                         journey::ModelVersions& versions) {
  for (const engine::PublishedModel& m : models) {
    const auto added = versions.Add(m.definition.model);
    if (!added.faults.empty()) {
      return {base::StatusCode::kConfig, RefusedStatus(added.faults).message(),
              "a newer version of waymark may have published it: run that one on every instance"};
    }
  }
  return {};
}

}  // namespace waymark::app
