#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <memory>

#include "app/command.h"
#include "app/version.h"
#include "kafka/version.h"

namespace waymark::app {
namespace {

void PrintJson() {
  nlohmann::ordered_json json;
  json["version"] = OwnVersion();
  json["revision"] = Revision();
  for (const Library& library : Libraries()) json["libraries"][library.name] = library.version;
  json["known_faults"] = nlohmann::ordered_json::array();
  for (const std::string_view fault : kafka::KnownFaults()) {
    json["known_faults"].push_back({{"library", "librdkafka"}, {"fault", fault}});
  }
  std::printf("%s\n", json.dump(2).c_str());
}

void PrintText() {
  std::printf("%s\n\nlibraries\n", VersionText().c_str());
  for (const Library& library : Libraries()) {
    std::printf("  %-16s %s\n", library.name.c_str(), library.version.c_str());
  }
  const auto faults = kafka::KnownFaults();
  if (faults.empty()) return;
  std::printf("\nknown faults of librdkafka %s\n", kafka::LibraryVersion().c_str());
  for (const std::string_view fault : faults) {
    std::printf("  - %.*s\n", static_cast<int>(fault.size()), fault.data());
  }
}

}  // namespace

void AddVersion(CLI::App& app, Action& action) {
  auto json = std::make_shared<bool>(false);
  CLI::App* const command = app.add_subcommand(
      "version", "print versions, of the libraries too, and what is known to be wrong with them");
  command->add_flag("--json", *json, "as JSON");
  command->callback([json, &action] {
    action = [json] {
      *json ? PrintJson() : PrintText();
      return kExitFine;
    };
  });
}

}  // namespace waymark::app
