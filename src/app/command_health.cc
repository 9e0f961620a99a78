#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>

#include "app/command.h"
#include "app/setup.h"
#include "serve/http_probe.h"

namespace waymark::app {
namespace {

constexpr base::Millis kPatience{3'000};

struct HealthOptions {
  CommonOptions common;
  bool ready = false;
};

base::Result<int> Ask(const HealthOptions& options) {
  WAYMARK_ASSIGN_OR_RETURN(const auto configuration, LoadSettings(options.common));
  const config::Settings& settings = configuration.settings;
  WAYMARK_ASSIGN_OR_RETURN(
      const auto answer,
      serve::Probe(settings.http.address, static_cast<uint16_t>(settings.http.port),
                   TlsFilesOf(settings).enabled(), options.ready ? "/readyz" : "/livez",
                   kPatience));
  std::fputs(answer.body.c_str(), stdout);
  return answer.code == 200 ? kExitFine : kExitFaults;
}

}  // namespace

void AddHealth(CLI::App& app, Action& action) {
  auto options = std::make_shared<HealthOptions>();
  CLI::App* const command = app.add_subcommand(
      "health", "ask the service of this machine how it is: exit code 0 where it lives");
  options->common.AddTo(*command, false);
  command->add_flag("--ready", options->ready, "0 only where it is ready, too");
  command->callback([options, &action] {
    action = [options] {
      const auto code = Ask(*options);
      if (code.ok()) return *code;
      Report(code.status());
      // Whoever asks wants to know yes or no.
      return code.status().code() == base::StatusCode::kRetriable ? kExitFaults
                                                                  : ExitCodeOf(code.status());
    };
  });
}

}  // namespace waymark::app
