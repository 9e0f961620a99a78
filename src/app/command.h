#pragma once

#include <functional>
#include <string>

#include "base/status.h"

namespace CLI {
class App;
}

namespace waymark::app {

// What `main` runs once the command line is parsed; set by the command that was named.
using Action = std::function<int()>;

// Exit codes of the contract.
inline constexpr int kExitFine = 0;
inline constexpr int kExitFaults = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitKafka = 3;
inline constexpr int kExitStore = 4;
inline constexpr int kExitInterrupted = 130;

int ExitCodeOf(const base::Status& status);
// Writes "waymark: MESSAGE" and the hint to standard error; gives the exit code.
int Report(const base::Status& status);

// Each adds its subcommand; `action` is set when that one is named.
void AddReplay(CLI::App& app, Action& action);
void AddCheck(CLI::App& app, Action& action);
void AddRun(CLI::App& app, Action& action);
void AddDemo(CLI::App& app, Action& action);
void AddGenerate(CLI::App& app, Action& action);
void AddProduce(CLI::App& app, Action& action);
void AddDiff(CLI::App& app, Action& action);
void AddTest(CLI::App& app, Action& action);
void AddModel(CLI::App& app, Action& action);
// Of `model`.
void AddModelFit(CLI::App& model, Action& action);
void AddModelPublish(CLI::App& model, Action& action);
void AddModelTemporalProfile(CLI::App& model, Action& action);
void AddTopics(CLI::App& app, Action& action);
void AddDeadLetters(CLI::App& app, Action& action);
void AddJourney(CLI::App& app, Action& action);
void AddMap(CLI::App& app, Action& action);
void AddTop(CLI::App& app, Action& action);
void AddExplain(CLI::App& app, Action& action);
void AddExport(CLI::App& app, Action& action);
void AddConfig(CLI::App& app, Action& action);
void AddHealth(CLI::App& app, Action& action);
void AddVersion(CLI::App& app, Action& action);

}  // namespace waymark::app
