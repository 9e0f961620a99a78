#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/setup.h"
#include "base/time.h"
#include "config/settings.h"
#include "engine/models_publish.h"
#include "engine/models_topic.h"
#include "journey/model_versions.h"

namespace waymark::app {

engine::PublishClients ModelClients(const config::Settings& settings);
engine::PublishSettings PublishSettingsOf(const config::Settings& settings,
                                          const base::Clock& clock);
std::string ModelsTopicName(const config::Settings& settings);

// The topic, read to its end. kConfig with a hint where there is none.
base::Result<engine::ModelsTopic> ReadModelsTopic(const config::Settings& settings);

// The models of these folders and files; all their faults in one Status.
base::Result<model::DefinitionSet> LoadModelFiles(const CommonOptions& options,
                                                  const config::Settings& settings);
// What is wrong, a line each, as `waymark check` says it.
base::Status RefusedStatus(const std::vector<model::Fault>& faults);

// What the files say was done to improve journeys; it is never published.
std::shared_ptr<const model::Interventions> InterventionsOf(const model::DefinitionSet& files);

// Publishes what is new of the files. Then the topic holds what this process is to run with. A file
// that does not fit what was published is kConfig, and has changed nothing.
base::Result<engine::ModelsTopic> PublishModelFiles(const model::DefinitionSet& files,
                                                    const config::Settings& settings,
                                                    const base::Clock& clock);

// All versions of the topic, in its order, with the customer file of this process.
base::Result<journey::ModelVersions> VersionsOf(
    const engine::ModelsTopic& topic, const std::optional<model::CustomerModel>& customer);
// Those that a state was folded under, where they came from a topic; else those of the files. The
// customer file is that of the files.
base::Result<Models> ModelsOfState(const store::Store& store, const CommonOptions& options,
                                   const config::Settings& settings);
// Adds what was published since; kConfig where one does not fit those before it.
base::Status AddVersions(std::span<const engine::PublishedModel> models,
                         journey::ModelVersions& versions);

}  // namespace waymark::app
