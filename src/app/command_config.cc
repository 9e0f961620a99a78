#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "app/command.h"
#include "app/setup.h"
#include "config/document.h"
#include "metrics/metrics.h"

namespace waymark::app {
namespace {

struct ShowOptions {
  CommonOptions common;
  bool json = false;
};

std::string_view ToString(config::Source source) {
  switch (source) {
    case config::Source::kDefault: return "default";
    case config::Source::kFile: return "file";
    case config::Source::kEnvironment: return "environment";
    case config::Source::kCommandLine: return "command_line";
  }
  return "unknown";
}

void PrintJson(const config::Configuration& configuration) {
  nlohmann::ordered_json json;
  json["settings"] = nlohmann::ordered_json::array();
  for (const config::EffectiveValue& value : configuration.effective) {
    nlohmann::ordered_json entry = {
        {"name", value.name}, {"value", value.text}, {"source", ToString(value.origin.source)}};
    if (!value.origin.name.empty()) entry["where"] = value.origin.text();
    json["settings"].push_back(std::move(entry));
  }
  json["warnings"] = configuration.warnings;
  std::printf("%s\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

void PrintTable(const config::Configuration& configuration) {
  size_t name_width = 0;
  size_t value_width = 0;
  for (const config::EffectiveValue& value : configuration.effective) {
    name_width = std::max(name_width, value.name.size());
    value_width = std::max(value_width, std::min<size_t>(value.text.size(), 40));
  }
  for (const config::EffectiveValue& value : configuration.effective) {
    std::printf("%-*s  %-*s  %s\n", static_cast<int>(name_width), value.name.c_str(),
                static_cast<int>(value_width), value.text.c_str(), value.origin.text().c_str());
  }
}

int Show(const ShowOptions& options) {
  const auto configuration = LoadSettings(options.common);
  if (!configuration.ok()) return Report(configuration.status());
  for (const std::string& warning : configuration->warnings) {
    std::fprintf(stderr, "waymark: warning: %s\n", warning.c_str());
  }
  options.json ? PrintJson(*configuration) : PrintTable(*configuration);
  return kExitFine;
}

void AddPrinter(CLI::App& command, Action& action, const char* name, const char* help,
                std::string (*text)()) {
  command.add_subcommand(name, help)->callback([text, &action] {
    action = [text] {
      std::fputs(text().c_str(), stdout);
      return kExitFine;
    };
  });
}

}  // namespace

void AddConfig(CLI::App& app, Action& action) {
  CLI::App* const command = app.add_subcommand("config", "look at settings");
  command->require_subcommand(1);
  auto options = std::make_shared<ShowOptions>();
  CLI::App* const show = command->add_subcommand(
      "show", "print every setting's value and where it comes from; secrets are hidden");
  options->common.AddTo(*show, false);
  show->add_flag("--json", options->json, "as JSON");
  show->callback([options, &action] { action = [options] { return Show(*options); }; });
  AddPrinter(*command, action, "sample", "print a settings file with every default, explained",
             &config::SampleYaml);
  AddPrinter(*command, action, "settings", "print the table of all settings (Markdown)",
             &config::SettingsTableMarkdown);
  AddPrinter(*command, action, "metrics", "print the table of all metrics (Markdown)",
             &metrics::MetricsTableMarkdown);
}

}  // namespace waymark::app
