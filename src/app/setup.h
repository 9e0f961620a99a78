#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "config/load.h"
#include "config/settings.h"
#include "engine/intake.h"
#include "engine/task.h"
#include "journey/compiled_model.h"
#include "journey/fold.h"
#include "model/intervention.h"
#include "rocks/rocks_store.h"
#include "serve/http_server.h"
#include "serve/tls.h"

namespace CLI {
class App;
}

namespace waymark::app {

// The options that every command with settings takes: --config FILE, --set NAME=VALUE, --models
// DIR, which may come again.
struct CommonOptions {
  std::string config;
  std::vector<std::string> assignments;
  std::vector<std::string> models;  // folders or files; empty: as the settings say

  void AddTo(CLI::App& command, bool with_models);
};

// Settings from all sources; every fault at once in the Status. Sets up the log as they say.
base::Result<config::Configuration> LoadSettings(const CommonOptions& options);

// Where the models are read from.
std::vector<std::string> ModelPathsOf(const CommonOptions& options,
                                      const config::Settings& settings);

// The models and the fold over them. Keeps both alive together.
struct Models {
  std::shared_ptr<const journey::CompiledModels> compiled;
  std::shared_ptr<const journey::Fold> fold;
  std::shared_ptr<const model::Interventions> interventions = {};  // of files; null: not known
};
base::Result<Models> LoadModels(const CommonOptions& options, const config::Settings& settings);

journey::FoldSettings FoldSettingsOf(const config::Settings& settings);
// `enabled`: the deployment keeps them.
engine::MeasureSettings MeasureSettingsOf(const config::Settings& settings, bool enabled);
engine::IntakeSettings IntakeSettingsOf(const config::Settings& settings);
// The cache for decoded customers; where the settings do not say, by the memory there is.
size_t CacheBytesOf(const config::Settings& settings);
rocks::RocksSettings RocksSettingsOf(const config::Settings& settings);
serve::TlsFiles TlsFilesOf(const config::Settings& settings);
serve::HttpOptions HttpOptionsOf(const config::Settings& settings);
// A line in the log where the HTTP port is neither guarded nor for this machine alone.
void WarnWhereOpen(const config::Settings& settings);

// A time option: RFC 3339 or milliseconds since the epoch.
base::Result<base::Timestamp> ParseTimeOption(const std::string& name, const std::string& text);

}  // namespace waymark::app
