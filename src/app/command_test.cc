#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "app/command.h"
#include "app/setup.h"
#include "app/table.h"
#include "app/test_text.h"
#include "base/counted.h"
#include "files/byte_reader.h"
#include "model/yaml_tree.h"
#include "scenario/name_check.h"
#include "scenario/runner.h"
#include "scenario/test_file.h"

namespace waymark::app {
namespace {

namespace fs = std::filesystem;

// The settings that can change a test's result.
constexpr std::string_view kSections[] = {"session.", "rating.", "time.",
                                         "timeline.retention"};

struct TestOptions {
  std::vector<std::string> paths;
  std::string models;
  std::string filter;
  bool json = false;
};

// A test file ready to be run.
struct Prepared {
  scenario::TestFile file;
  std::unique_ptr<config::Configuration> configuration;
  Models models;
};

struct Outcome {
  struct OfFile {
    std::string file;
    std::vector<scenario::TestResult> tests;
  };
  std::vector<OfFile> files;
  std::vector<model::Fault> faults;
  size_t tests = 0;
  size_t failed = 0;
  size_t left_out = 0;  // by the filter
};

bool IsTestFile(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.ends_with(".test.yaml") || name.ends_with(".test.yml");
}

// The file itself, or the test files below a folder, sorted by path.
std::vector<std::string> FindTestFiles(const std::string& path, std::vector<model::Fault>& faults) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return {path};
  std::vector<std::string> files;
  fs::recursive_directory_iterator at(path, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (IsTestFile(at->path())) files.push_back(at->path().string());
  }
  if (error) {
    faults.push_back({path, {}, "can't be read: " + error.message(), {}});
  } else if (files.empty()) {
    faults.push_back({path, {}, "no test file in this folder", "test files are named *.test.yaml"});
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Which faults of the configuration belong to which setting shows by taking each alone.
void ReadSettings(Prepared& prepared, std::vector<model::Fault>& faults) {
  const scenario::TestFile& file = prepared.file;
  const size_t before = faults.size();
  config::Sources all;
  for (const scenario::Assignment& assignment : file.settings) {
    all.assignments.push_back(assignment.text);
    const bool counts = std::ranges::any_of(kSections, [&](std::string_view section) {
      return assignment.text.starts_with(section);
    });
    if (!counts) {
      const std::string name = assignment.text.substr(0, assignment.text.find('='));
      faults.push_back({file.file, assignment.place, "the setting '" + name + "' changes no test",
                        "settings of session, rating, time and timeline do"});
      continue;
    }
    config::Sources one;
    one.assignments.push_back(assignment.text);
    for (const config::Fault& fault : config::Load(one).faults) {
      faults.push_back({file.file, assignment.place, fault.message, fault.hint});
    }
  }
  auto loaded = std::make_unique<config::Configuration>(config::Load(all));
  if (faults.size() == before) {
    for (const config::Fault& fault : loaded->faults) {
      faults.push_back({file.file, {1, 1}, fault.message, fault.hint});
    }
  }
  prepared.configuration = std::move(loaded);
}

std::vector<std::string> ModelPaths(const scenario::TestFile& file, const TestOptions& options) {
  if (!options.models.empty()) return {options.models};
  std::vector<std::string> paths;
  for (const model::PlacedText& path : file.models) {
    paths.push_back((fs::path(file.file).parent_path() / path.text).lexically_normal().string());
  }
  return paths;
}

// Several test files may name one bad model.
void AddOnce(model::Fault fault, std::vector<model::Fault>& faults) {
  const bool known = std::ranges::any_of(
      faults, [&](const model::Fault& other) { return other.text() == fault.text(); });
  if (!known) faults.push_back(std::move(fault));
}

void ReadModels(Prepared& prepared, const TestOptions& options, std::vector<model::Fault>& faults) {
  const scenario::TestFile& file = prepared.file;
  const std::vector<std::string> paths = ModelPaths(file, options);
  if (paths.empty()) {
    faults.push_back({file.file, {1, 1}, "the file does not say which models it tests",
                      "write 'models: FOLDER' or name a folder by --models"});
    return;
  }
  const model::ModelSet set = model::LoadModels(paths);
  for (const model::Fault& fault : set.faults) {
    const auto named = std::ranges::find(paths, fault.file);
    // A path that leads nowhere is a fault of who names it.
    if (named != paths.end() && fault.place.line == 0 && options.models.empty()) {
      const model::Place place = file.models[static_cast<size_t>(named - paths.begin())].place;
      AddOnce({file.file, place, fault.file + ": " + fault.message, fault.hint}, faults);
    } else {
      AddOnce(fault, faults);
    }
  }
  if (!set.faults.empty()) return;
  prepared.models.compiled = std::make_unique<journey::CompiledModels>(set.models, set.customer);
  prepared.models.fold = std::make_unique<journey::Fold>(
      *prepared.models.compiled, FoldSettingsOf(prepared.configuration->settings));
}

Prepared Prepare(const std::string& path, const TestOptions& options,
                 std::vector<model::Fault>& faults) {
  Prepared prepared;
  const auto text = files::ReadFile(path, model::kYamlBytesMax);
  if (!text.ok()) {
    faults.push_back({path, {}, text.status().message(), text.status().hint()});
    return prepared;
  }
  prepared.file = scenario::ParseTestFile(*text, path, faults);
  if (prepared.file.tests.empty()) return prepared;
  ReadSettings(prepared, faults);
  ReadModels(prepared, options, faults);
  if (prepared.models.compiled) {
    scenario::CheckNames(prepared.file, *prepared.models.compiled, faults);
  }
  return prepared;
}

base::Status RunFile(const Prepared& prepared, const TestOptions& options, Outcome& report) {
  const config::Settings& settings = prepared.configuration->settings;
  engine::TaskSettings task;
  task.disorder = settings.time.disorder;
  task.lateness = settings.time.lateness;
  // As in `replay`, timelines are kept for ever, unless the file says otherwise.
  const bool is_limited = std::ranges::any_of(prepared.file.settings, [](const auto& assignment) {
    return assignment.text.starts_with("timeline.retention=");
  });
  if (is_limited) task.timeline.retention = settings.timeline.retention;
  task.publish_snapshots = false;
  const scenario::Pipeline pipeline{*prepared.models.fold, IntakeSettingsOf(settings), task};
  Outcome::OfFile& of_file = report.files.emplace_back();
  of_file.file = prepared.file.file;
  for (const scenario::TestCase& test : prepared.file.tests) {
    if (test.name.find(options.filter) == std::string::npos) {
      ++report.left_out;
      continue;
    }
    auto result = scenario::RunTest(test, pipeline);
    if (!result.ok()) return result.status().WithContext(prepared.file.file + ": " + test.name);
    ++report.tests;
    report.failed += result->failures.empty() ? 0 : 1;
    of_file.tests.push_back(*std::move(result));
  }
  return {};
}

void PrintJson(const Outcome& report) {
  nlohmann::ordered_json json;
  json["good"] = report.failed == 0 && report.faults.empty();
  json["tests"] = report.tests;
  json["failed"] = report.failed;
  json["left_out"] = report.left_out;
  json["files"] = nlohmann::ordered_json::array();
  for (const Outcome::OfFile& file : report.files) {
    auto& entry = json["files"].emplace_back();
    entry["file"] = file.file;
    entry["tests"] = nlohmann::ordered_json::array();
    for (const scenario::TestResult& result : file.tests) {
      auto& test = entry["tests"].emplace_back();
      test = {{"name", result.test->name},
              {"line", result.test->place.line},
              {"passed", result.failures.empty()},
              {"orders", result.orders}};
      test["failures"] = nlohmann::ordered_json::array();
      for (const scenario::Failure& failure : result.failures) {
        test["failures"].push_back({{"line", failure.place.line},
                                    {"column", failure.place.column},
                                    {"customer", failure.customer},
                                    {"what", failure.what},
                                    {"expected", failure.expected},
                                    {"found", failure.found}});
      }
    }
  }
  json["faults"] = nlohmann::ordered_json::array();
  for (const model::Fault& fault : report.faults) {
    json["faults"].push_back({{"file", fault.file},
                              {"line", fault.place.line},
                              {"column", fault.place.column},
                              {"message", fault.message},
                              {"hint", fault.hint}});
  }
  std::printf("%s\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

void PrintText(const Outcome& report) {
  for (const model::Fault& fault : report.faults) {
    std::fprintf(stderr, "%s\n", fault.text().c_str());
  }
  if (!report.faults.empty()) {
    std::fprintf(stderr, "%s; no test was run\n",
                 base::Counted(report.faults.size(), "fault").c_str());
    return;
  }
  for (const Outcome::OfFile& file : report.files) {
    const auto failed = static_cast<size_t>(std::ranges::count_if(
        file.tests, [](const scenario::TestResult& test) { return !test.failures.empty(); }));
    if (file.tests.empty()) continue;
    std::printf("%s  %s: %s\n", failed == 0 ? "ok  " : "FAIL", file.file.c_str(),
                base::Counted(file.tests.size(), "test").c_str());
    for (const scenario::TestResult& test : file.tests) {
      if (test.failures.empty()) continue;
      std::printf("%s", FailureText(file.file, test, TerminalWidth()).c_str());
    }
  }
  std::printf("%s: %zu passed, %zu failed", base::Counted(report.tests, "test").c_str(),
              report.tests - report.failed, report.failed);
  if (report.left_out > 0) std::printf(", %zu left out by --filter", report.left_out);
  std::printf("\n");
}

int RunTests(const TestOptions& options) {
  Outcome report;
  std::vector<Prepared> prepared;
  for (const std::string& path : options.paths) {
    for (const std::string& file : FindTestFiles(path, report.faults)) {
      prepared.push_back(Prepare(file, options, report.faults));
    }
  }
  if (report.faults.empty()) {
    for (const Prepared& file : prepared) {
      if (auto status = RunFile(file, options, report); !status.ok()) return Report(status);
    }
    if (report.tests == 0) {
      return Report({base::StatusCode::kConfig,
                          "no test has '" + options.filter + "' in its name"});
    }
  }
  if (options.json) {
    PrintJson(report);
  } else {
    PrintText(report);
  }
  if (!report.faults.empty()) return kExitUsage;
  return report.failed == 0 ? kExitFine : kExitFaults;
}

}  // namespace

void AddTest(CLI::App& app, Action& action) {
  auto options = std::make_shared<TestOptions>();
  CLI::App* const command = app.add_subcommand(
      "test", "test journey models: interactions in, expected steps and signals out");
  command->add_option("FILE", options->paths, "test files, or folders of *.test.yaml")
      ->required()
      ->type_name("");
  command->add_option("--models", options->models, "test these models instead of those named")
      ->type_name("DIR");
  command->add_option("--filter", options->filter, "only tests with this in their name")
      ->type_name("NAME");
  command->add_flag("--json", options->json, "as JSON");
  command->footer("Exit codes: 0 all passed, 1 a test failed, 2 a file or model has faults.");
  command->callback([options, &action] { action = [options] { return RunTests(*options); }; });
}

}  // namespace waymark::app
