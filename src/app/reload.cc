#include "app/reload.h"

#include <string>
#include <utility>

#include "app/stop.h"
#include "base/log.h"
#include "config/value.h"

namespace waymark::app {
namespace {

struct Changes {
  std::string taken;  // names with their values
  std::string left;   // names of those that need a restart
};

void Append(std::string& list, std::string_view name) {
  list.append(list.empty() ? "" : ", ").append(name);
}

Changes Compare(const config::Configuration& before, const config::Configuration& after) {
  Changes changes;
  for (const config::Declaration& setting : config::Declarations()) {
    const std::string now = config::Format(setting, after.settings);
    if (config::Format(setting, before.settings) == now) continue;
    if (setting.restart_needed) {
      Append(changes.left, setting.name);
    } else {
      Append(changes.taken, std::string(setting.name) + (setting.secret ? "" : "=" + now));
    }
  }
  if (before.settings.librdkafka != after.settings.librdkafka) Append(changes.left, "librdkafka.*");
  if (before.settings.rocksdb != after.settings.rocksdb) Append(changes.left, "rocksdb.*");
  return changes;
}

}  // namespace

Reload::Reload(const CommonOptions& options, const config::Configuration& loaded, TakeUp take_up,
               Supervisor& supervisor, const metrics::Metrics& metrics, const base::Clock& clock)
    : options_(options),
      loaded_(loaded),
      take_up_(std::move(take_up)),
      supervisor_(supervisor),
      metrics_(metrics),
      clock_(clock) {
  metrics_.process.config_reloads.With("success").Add(0);
  metrics_.process.config_reloads.With("failure").Add(0);
  metrics_.process.config_last_reload.Set(static_cast<double>(clock_.Now().ms) / 1000);
}

void Reload::Check() {
  if (!TakeReloadSignal()) return;
  supervisor_.Reloading();
  if (const base::Status status = Read(); !status.ok()) {
    metrics_.process.config_reloads.With("failure").Add();
    WAYMARK_ERROR("settings were read again and are faulty, those before stay in force: {}",
                  status.text());
  }
  supervisor_.Reloaded();
}

base::Status Reload::Read() {
  WAYMARK_ASSIGN_OR_RETURN(const auto sources,
                           config::ReadSources(options_.config, options_.assignments));
  const config::Configuration read = config::Load(sources);
  WAYMARK_RETURN_IF_ERROR(read.status());
  WAYMARK_RETURN_IF_ERROR(take_up_(read.settings));
  for (const std::string& warning : read.warnings) WAYMARK_WARN("{}", warning);
  const Changes changes = Compare(loaded_, read);
  base::SetLogLevel(read.settings.log.level);
  metrics_.process.config_reloads.With("success").Add();
  metrics_.process.config_last_reload.Set(static_cast<double>(clock_.Now().ms) / 1000);
  WAYMARK_INFO("settings were read again: {}",
               changes.taken.empty() ? "nothing to take up" : changes.taken);
  if (!changes.left.empty()) {
    WAYMARK_WARN("these have changed and need a restart: {}", changes.left);
  }
  // What needs a restart is told again the next time.
  for (const config::Declaration& setting : config::Declarations()) {
    if (setting.restart_needed) continue;
    const config::Given given{{config::Format(setting, read.settings)}, false};
    static_cast<void>(config::Assign(setting, given, loaded_.settings));
  }
  return {};
}

}  // namespace waymark::app
