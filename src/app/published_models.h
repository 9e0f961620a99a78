#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/setup.h"
#include "base/time.h"
#include "config/settings.h"
#include "engine/models_publish.h"
#include "engine/models_topic.h"

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

// Publishes what is new of the files. Then the topic holds what this process is to run with. A file
// that does not fit what was published is kConfig, and has changed nothing.
base::Result<engine::ModelsTopic> PublishModelFiles(const model::DefinitionSet& files,
                                                    const config::Settings& settings,
                                                    const base::Clock& clock);

// All versions of the topic with the customer file of this process.
base::Result<Models> ModelsOf(const engine::ModelsTopic& topic,
                              const std::optional<model::CustomerModel>& customer,
                              const config::Settings& settings);

}  // namespace waymark::app
