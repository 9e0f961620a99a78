#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>

#include "app/command.h"
#include "app/kafka_setup.h"
#include "app/setup.h"
#include "base/counted.h"
#include "codec/csv.h"
#include "files/byte_reader.h"
#include "kafka/client.h"
#include "model/journey_model.h"
#include "model/target_groups.h"
#include "rocks/rocks_store.h"
#include "serve/tls.h"

namespace waymark::app {
namespace {

struct CheckOptions {
  CommonOptions common;
  std::vector<std::string> mappings;
  bool json = false;
};

// What was looked at and what is wrong with it.
struct Findings {
  config::Configuration configuration;
  std::string folder;
  model::ModelSet models;
  std::vector<std::string> mappings;
  std::vector<model::Fault> faults;
  std::vector<std::string> warnings;
};

model::Fault FaultAt(const config::Origin& origin, const base::Status& status) {
  model::Fault fault;
  fault.file = origin.source == config::Source::kFile ? origin.name : origin.text();
  fault.place.line = origin.line;
  fault.place.column = origin.column;
  fault.message = status.message();
  fault.hint = status.hint();
  return fault;
}

model::Fault FaultIn(const std::string& file, const base::Status& status) {
  model::Fault fault;
  fault.file = file;
  fault.message = status.message();
  fault.hint = status.hint();
  return fault;
}

using Passed = std::map<std::string, std::string>;

base::Status AskKafka(const Passed& one) {
  kafka::ClientSettings client;
  client.raw = one;
  return kafka::MakeConf(client, kafka::ClientRole::kAdmin).status();
}

// Asks a library about each setting that is handed to it, so that each fault has its place.
void CheckPassedThrough(std::string_view prefix, const Passed& passed,
                        base::Status (*ask)(const Passed& one), Findings& findings) {
  for (const config::EffectiveValue& value : findings.configuration.effective) {
    if (!value.name.starts_with(prefix)) continue;
    const auto found = passed.find(value.name.substr(prefix.size()));
    if (found == passed.end()) continue;
    const base::Status status = ask({*found});
    if (!status.ok()) findings.faults.push_back(FaultAt(value.origin, status));
  }
}

const config::Origin& OriginOf(std::string_view name, const Findings& findings) {
  static const config::Origin kDefault;
  for (const config::EffectiveValue& value : findings.configuration.effective) {
    if (value.name == name) return value.origin;
  }
  return kDefault;
}

// Those that certificates and keys stand in, which the libraries read.
void CheckFiles(const config::Settings& settings, Findings& findings) {
  const serve::TlsFiles tls = TlsFilesOf(settings);
  if (tls.enabled() && !tls.key.empty()) {
    if (const auto made = serve::MakeTlsContext(tls); !made.ok()) {
      const std::string_view message = made.status().message();
      const std::string_view name = message.substr(0, message.find(':'));
      findings.faults.push_back(FaultAt(OriginOf(name, findings), made.status()));
    }
  }
  for (const auto& [name, file] : settings.librdkafka) {
    if (!name.ends_with(".location") || access(file.c_str(), R_OK) == 0) continue;
    const std::string reason = std::strerror(errno);
    findings.faults.push_back(FaultAt(
        OriginOf("librdkafka." + name, findings),
        {base::StatusCode::kConfig, "librdkafka." + name + ": " + file + ": " + reason,
         "name a file that can be read"}));
  }
  if (settings.librdkafka.empty() || !findings.faults.empty()) return;
  const base::Status client = kafka::CheckClient(ClientSettingsOf(settings));
  if (!client.ok()) findings.faults.push_back(FaultIn("librdkafka.*", client));
}

void CheckMapping(const std::string& file, Findings& findings) {
  constexpr size_t kBytesMax = 1 << 20;
  const auto text = files::ReadFile(file, kBytesMax);
  if (!text.ok()) {
    findings.faults.push_back(FaultIn(file, text.status()));
    return;
  }
  std::vector<model::Fault> faults;
  if (codec::CsvMapping::Parse(*text, file, faults)) findings.mappings.push_back(file);
  findings.faults.insert(findings.faults.end(), faults.begin(), faults.end());
}

base::Result<Findings> Look(const CheckOptions& options) {
  WAYMARK_ASSIGN_OR_RETURN(
      const auto sources, config::ReadSources(options.common.config, options.common.assignments));
  Findings findings;
  findings.configuration = config::Load(sources);
  for (const config::Fault& fault : findings.configuration.faults) {
    model::Fault& added = findings.faults.emplace_back();
    added.file = fault.file;
    added.place.line = fault.line;
    added.place.column = fault.column;
    added.message = fault.message;
    added.hint = fault.hint;
  }
  const config::Settings& settings = findings.configuration.settings;
  CheckPassedThrough("librdkafka.", settings.librdkafka, AskKafka, findings);
  CheckPassedThrough("rocksdb.", settings.rocksdb, rocks::CheckOptions, findings);
  CheckFiles(settings, findings);
  // Where the settings have faults, what could be read of them still says which models are meant.
  const auto paths = ModelPathsOf(options.common, findings.configuration.settings);
  for (const std::string& path : paths) {
    findings.folder += (findings.folder.empty() ? "" : ", ") + path;
  }
  findings.models = model::LoadModels(paths);
  findings.faults.insert(findings.faults.end(), findings.models.faults.begin(),
                         findings.models.faults.end());
  findings.warnings = findings.configuration.warnings;
  for (const model::Fault& lacking : model::CheckTargetGroups(findings.models)) {
    findings.warnings.push_back(lacking.text());
  }
  for (const std::string& mapping : options.mappings) CheckMapping(mapping, findings);
  return findings;
}

void PrintJson(const CheckOptions& options, const Findings& findings) {
  nlohmann::ordered_json json;
  json["good"] = findings.faults.empty();
  json["settings"] = {{"file", options.common.config},
                      {"values", findings.configuration.effective.size()}};
  json["models"] = nlohmann::ordered_json::array();
  for (const model::JourneyModel& model : findings.models.models) {
    json["models"].push_back({{"family", model.family},
                              {"model", model.name},
                              {"version", model.version},
                              {"stages", model.stages.size()},
                              {"file", model.file}});
  }
  if (const auto& customer = findings.models.customer) {
    json["customer"] = {{"customer", customer->name},
                        {"version", customer->version},
                        {"waits", customer->waits.size()},
                        {"dates", customer->dates.size()},
                        {"target_groups", customer->target_groups.size()},
                        {"file", customer->file}};
  }
  json["mappings"] = findings.mappings;
  json["warnings"] = findings.warnings;
  json["faults"] = nlohmann::ordered_json::array();
  for (const model::Fault& fault : findings.faults) {
    json["faults"].push_back({{"file", fault.file},
                              {"line", fault.place.line},
                              {"column", fault.place.column},
                              {"message", fault.message},
                              {"hint", fault.hint}});
  }
  std::printf("%s\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

void PrintFine(const CheckOptions& options, const Findings& findings) {
  std::printf("settings  %s: %s\n",
              options.common.config.empty() ? "defaults" : options.common.config.c_str(),
              base::Counted(findings.configuration.effective.size(), "value").c_str());
  const auto& models = findings.models.models;
  std::printf("models    %s: %zu\n", findings.folder.c_str(), models.size());
  for (const model::JourneyModel& model : models) {
    std::printf("          %s/%s version %d, %s (%s)\n", model.family.c_str(),
                model.name.c_str(), model.version,
                base::Counted(model.stages.size(), "stage").c_str(), model.file.c_str());
  }
  if (const auto& customer = findings.models.customer) {
    std::printf("customer  %s version %d, %s, %s (%s)\n", customer->name.c_str(),
                customer->version, base::Counted(customer->waits.size(), "wait").c_str(),
                base::Counted(customer->dates.size(), "date").c_str(), customer->file.c_str());
  }
  for (const std::string& mapping : findings.mappings) {
    std::printf("mapping   %s\n", mapping.c_str());
  }
  std::printf("no faults\n");
}

int Check(const CheckOptions& options) {
  const auto findings = Look(options);
  if (!findings.ok()) return Report(findings.status());
  const size_t faults = findings->faults.size();
  if (options.json) {
    PrintJson(options, *findings);
  } else {
    for (const std::string& warning : findings->warnings) {
      std::fprintf(stderr, "warning: %s\n", warning.c_str());
    }
    for (const model::Fault& fault : findings->faults) {
      std::fprintf(stderr, "%s\n", fault.text().c_str());
    }
    if (faults == 0) PrintFine(options, *findings);
    if (faults > 0) std::fprintf(stderr, "%s\n", base::Counted(faults, "fault").c_str());
  }
  return faults == 0 ? kExitFine : kExitUsage;
}

}  // namespace

void AddCheck(CLI::App& app, Action& action) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* const command = app.add_subcommand(
      "check", "find every fault of settings and journey models, each with its place and a hint");
  options->common.AddTo(*command, true);
  command->add_option("--mapping", options->mappings, "check these mapping files, too")
      ->type_name("FILE");
  command->add_flag("--json", options->json, "as JSON");
  command->callback([options, &action] { action = [options] { return Check(*options); }; });
}

}  // namespace waymark::app
