#include <CLI/CLI.hpp>

#include <csignal>

#include "app/command.h"
#include "app/version.h"
#include "base/log.h"

int main(int argc, char** argv) {
  using namespace waymark::app;  // NOLINT(google-build-using-namespace)
  // A closed pipe (| head) ends the writing with an error, not the process with a signal.
  std::signal(SIGPIPE, SIG_IGN);
  waymark::base::InitLog("info", waymark::base::LogFormat::kText);
  CLI::App app("Waymark: live customer journeys from interaction events");
  app.set_version_flag("--version", VersionText());
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);
  Action action;
  AddRun(app, action);
  AddReplay(app, action);
  AddDemo(app, action);
  AddGenerate(app, action);
  AddProduce(app, action);
  AddCheck(app, action);
  AddTest(app, action);
  AddModel(app, action);
  AddDiff(app, action);
  AddTopics(app, action);
  AddDeadLetters(app, action);
  AddJourney(app, action);
  AddExplain(app, action);
  AddMap(app, action);
  AddTop(app, action);
  AddExport(app, action);
  AddConfig(app, action);
  AddHealth(app, action);
  AddVersion(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? kExitFine : kExitUsage;
  }
  return action();
}
