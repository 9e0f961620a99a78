#include "app/setup.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/log.h"
#include "config/memory_limit.h"
#include "model/journey_model.h"

namespace waymark::app {

void CommonOptions::AddTo(CLI::App& command, bool with_models) {
  command.add_option("--config", config, "settings file (YAML)")->type_name("FILE");
  command.add_option("--set", assignments, "one setting, such as session.gap=30m; may be repeated")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  if (!with_models) return;
  command
      .add_option("--models", models,
                  "folder of journey models, or a file of it; may be repeated (default: "
                  "models.directory)")
      ->allow_extra_args(false)
      ->type_name("DIR");
}

base::Result<config::Configuration> LoadSettings(const CommonOptions& options) {
  WAYMARK_ASSIGN_OR_RETURN(const auto sources,
                           config::ReadSources(options.config, options.assignments));
  config::Configuration configuration = config::Load(sources);
  WAYMARK_RETURN_IF_ERROR(configuration.status());
  base::InitLog(configuration.settings.log.level, configuration.settings.log.format);
  return configuration;
}

std::vector<std::string> ModelPathsOf(const CommonOptions& options,
                                      const config::Settings& settings) {
  return options.models.empty() ? std::vector{settings.models.directory} : options.models;
}

base::Result<Models> LoadModels(const CommonOptions& options, const config::Settings& settings) {
  const std::vector<std::string> paths = ModelPathsOf(options, settings);
  model::ModelSet set = model::LoadModels(paths);
  if (!set.faults.empty()) {
    std::string text;
    for (const model::Fault& fault : set.faults) {
      text += (text.empty() ? "" : "\n") + fault.text();
    }
    const bool is_there =
        std::all_of(paths.begin(), paths.end(),
                    [](const std::string& path) { return std::filesystem::exists(path); });
    return base::Status(base::StatusCode::kConfig, text,
                        is_there ? "" : "name the folder by --models or models.directory");
  }
  Models models;
  models.compiled = std::make_unique<journey::CompiledModels>(set.models, set.customer);
  models.fold = std::make_unique<journey::Fold>(*models.compiled, FoldSettingsOf(settings));
  models.interventions =
      std::make_shared<const model::Interventions>(model::CollectInterventions(set.models));
  return models;
}

journey::FoldSettings FoldSettingsOf(const config::Settings& settings) {
  journey::FoldSettings fold;
  fold.session_gap = settings.session.gap;
  fold.rating_wait = settings.rating.wait;
  fold.limits.runs_closed_max = static_cast<size_t>(settings.journeys.closed_max);
  fold.resolves_references = settings.rating.references;
  fold.profile_retention = settings.profile.retention;
  fold.keeps_measures = settings.measures.enabled;
  return fold;
}

engine::MeasureSettings MeasureSettingsOf(const config::Settings& settings, bool enabled) {
  engine::MeasureSettings measures;
  measures.enabled = enabled;
  measures.cells_per_day_max = static_cast<size_t>(settings.measures.cells_per_day_max);
  measures.retention = settings.measures.retention;
  return measures;
}

engine::IntakeSettings IntakeSettingsOf(const config::Settings& settings) {
  engine::IntakeSettings intake;
  switch (settings.input.format) {
    case config::InputFormat::kAuto: intake.format = codec::InputFormat::kAuto; break;
    case config::InputFormat::kJson: intake.format = codec::InputFormat::kJson; break;
    case config::InputFormat::kProtobuf: intake.format = codec::InputFormat::kProtobuf; break;
  }
  intake.limits.bytes_max = static_cast<size_t>(settings.interaction.bytes_max);
  intake.limits.time_earliest = settings.time.earliest;
  // Beyond the year 9999 RFC 3339 has no name for a time.
  intake.limits.time_latest = {253'402'300'799'999};
  intake.future_skew = settings.time.future_skew;
  return intake;
}

size_t CacheBytesOf(const config::Settings& settings) {
  const int64_t stated = settings.cache.bytes_max;
  return static_cast<size_t>(stated > 0 ? stated
                                        : config::DefaultCacheBytes(config::MemoryLimit()));
}

rocks::RocksSettings RocksSettingsOf(const config::Settings& settings) {
  rocks::RocksSettings rocks;
  rocks.block_cache_bytes = static_cast<size_t>(settings.state.block_cache_bytes);
  rocks.write_buffer_bytes = static_cast<size_t>(settings.state.write_buffer_bytes);
  rocks.raw = settings.rocksdb;
  return rocks;
}

serve::TlsFiles TlsFilesOf(const config::Settings& settings) {
  const config::Settings::Http::Tls& tls = settings.http.tls;
  return {tls.certificate, tls.key, tls.client_ca};
}

// Some threads wait for other instances, so that others are left for what is asked of this one.
serve::HttpOptions HttpOptionsOf(const config::Settings& settings) {
  serve::HttpOptions http;
  http.address = settings.http.address;
  http.port = static_cast<uint16_t>(settings.http.port);
  http.threads = 10;
  http.connections_max = static_cast<size_t>(settings.http.connections_max);
  http.streams_max = static_cast<size_t>(settings.http.streams_max);
  http.idle_timeout = settings.http.idle_timeout;
  http.tls = TlsFilesOf(settings);
  http.token = settings.http.token;
  return http;
}

void WarnWhereOpen(const config::Settings& settings) {
  const bool is_open = settings.http.token.empty() && settings.http.tls.client_ca.empty();
  if (!is_open || serve::IsLoopback(settings.http.address)) return;
  WAYMARK_WARN("metrics and API are open to all who reach {}: http.token or http.tls.client_ca "
               "would close them", settings.http.address);
}

base::Result<base::Timestamp> ParseTimeOption(const std::string& name, const std::string& text) {
  if (const auto time = base::ParseRfc3339(text)) return *time;
  int64_t ms = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
  if (error == std::errc() && end == text.data() + text.size()) return base::Timestamp{ms};
  return base::Status(base::StatusCode::kConfig, name + ": '" + text + "' is no time",
                      "write it as 2024-04-01T12:00:00Z or in milliseconds since the epoch");
}

}  // namespace waymark::app
