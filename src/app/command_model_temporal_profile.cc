#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <memory>
#include <tuple>
#include <vector>

#include "app/command.h"
#include "app/measure_question.h"
#include "base/counted.h"
#include "explain/wording.h"
#include "measure/log_buckets.h"
#include "measure/statistics.h"

namespace waymark::app {
namespace {

using base::Millis;
using model::TemporalProfile;

// Durations longer than this are written in whole seconds.
constexpr Millis kFine{60'000};

struct ProfileOptions {
  CommonOptions common;
  MeasureQuestion question;
  double zeta = 3;
  int64_t journeys_min = 30;
  std::string output;
  bool json = false;
};

struct MeasuredPair {
  TemporalProfile::Pair pair;
  std::tuple<size_t, size_t> place;  // of the stages in the model
  int64_t journeys = 0;
  std::string left_out;  // why; empty: it is written
};

Millis Written(double ms) {
  const Millis exact{std::llround(ms)};
  return exact < kFine ? exact : Millis(std::llround(ms / 1000) * 1000);
}

// What is known of a deviation is limited by what is known of each duration: a smaller one would
// flag what may be usual.
MeasuredPair Measured(const measure::Durations& durations, int64_t journeys_min) {
  MeasuredPair measured;
  measured.journeys = durations.count;
  measured.pair.mean = Written(durations.mean);
  measured.pair.deviation =
      Written(std::max(durations.deviation, measure::kRelativeError * durations.mean));
  if (durations.count < journeys_min) {
    measured.left_out = "fewer than " + base::Counted(journeys_min, "journey");
  } else if (measured.pair.mean.count() <= 0 || measured.pair.deviation.count() <= 0) {
    measured.left_out = "it takes no time";
  } else if (std::max(measured.pair.mean, measured.pair.deviation) > model::kTemporalMax) {
    measured.left_out = "it takes longer than " + base::FormatDuration(model::kTemporalMax);
  }
  return measured;
}

// Of more pairs than a model may have, those of the fewest journeys are left out.
void Bound(std::vector<MeasuredPair>& pairs) {
  std::ranges::stable_sort(pairs, std::greater<>(), &MeasuredPair::journeys);
  size_t kept = 0;
  for (MeasuredPair& pair : pairs) {
    if (pair.left_out.empty() && ++kept > model::kTemporalPairsMax) {
      pair.left_out =
          "a model has " + std::to_string(model::kTemporalPairsMax) + " pairs at most";
    }
  }
  std::ranges::sort(pairs, {}, &MeasuredPair::place);
}

std::vector<MeasuredPair> PairsOf(const api::Question& question, const measure::Figures& figures,
                                  int64_t journeys_min) {
  std::vector<MeasuredPair> pairs;
  for (const auto& [way, cell] : figures.pairs) {
    const auto from = question.model->StageIndex(way.first);
    const auto to = question.model->StageIndex(way.second);
    const measure::Durations durations = measure::DurationsOf(cell);
    if (!from || !to || from == to || durations.count == 0) continue;
    MeasuredPair& pair = pairs.emplace_back(Measured(durations, journeys_min));
    pair.pair.from = way.first;
    pair.pair.to = way.second;
    pair.place = {*from, *to};
  }
  Bound(pairs);
  return pairs;
}

std::string YamlOf(const std::vector<MeasuredPair>& pairs, double zeta) {
  std::string yaml = "temporal_profile:\n  zeta: " + fmt::format("{}", zeta) + "\n  pairs:\n";
  for (const MeasuredPair& measured : pairs) {
    if (!measured.left_out.empty()) continue;
    const TemporalProfile::Pair& pair = measured.pair;
    yaml += "    - {from: " + pair.from + ", to: " + pair.to +
            ", mean: " + explain::ByUnits(pair.mean) +
            ", deviation: " + explain::ByUnits(pair.deviation) + "}\n";
  }
  return yaml;
}

nlohmann::ordered_json JsonOf(const std::vector<MeasuredPair>& pairs, double zeta,
                              const model::JourneyModel& model) {
  nlohmann::ordered_json json;
  json["model"] = model.name;
  json["zeta"] = zeta;
  auto& list = json["pairs"] = nlohmann::ordered_json::array();
  for (const MeasuredPair& measured : pairs) {
    nlohmann::ordered_json& row = list.emplace_back();
    row["from"] = measured.pair.from;
    row["to"] = measured.pair.to;
    row["journeys"] = measured.journeys;
    row["mean_ms"] = measured.pair.mean.count();
    row["deviation_ms"] = measured.pair.deviation.count();
    if (!measured.left_out.empty()) row["left_out"] = measured.left_out;
  }
  return json;
}

void TellLeftOut(const std::vector<MeasuredPair>& pairs) {
  for (const MeasuredPair& measured : pairs) {
    if (measured.left_out.empty()) continue;
    std::fprintf(stderr, "left out: %s to %s, %s: %s\n", measured.pair.from.c_str(),
                 measured.pair.to.c_str(), base::Counted(measured.journeys, "journey").c_str(),
                 measured.left_out.c_str());
  }
}

base::Status Write(const std::string& yaml, const std::string& path) {
  std::ofstream out(path);
  out << yaml;
  out.close();
  if (out) return {};
  return {base::StatusCode::kIo, path + ": can't be written", "name a writable file by --output"};
}

base::Status WriteProfile(const ProfileOptions& options) {
  WAYMARK_ASSIGN_OR_RETURN(const auto configuration, LoadSettings(options.common));
  WAYMARK_ASSIGN_OR_RETURN(const Models models,
                           LoadModels(options.common, configuration.settings));
  std::vector<MeasuredPair> pairs;
  const model::JourneyModel* model = nullptr;
  WAYMARK_RETURN_IF_ERROR(ReadFigures(
      options.question, models,
      [&](const api::Question& question, const measure::Figures& figures) {
        model = question.model;
        pairs = PairsOf(question, figures, options.journeys_min);
      }));
  const bool has_pairs = std::ranges::any_of(pairs, &std::string::empty, &MeasuredPair::left_out);
  if (!options.json) TellLeftOut(pairs);
  if (!has_pairs) {
    return {base::StatusCode::kConfig,
            "no pair of stages was passed by " + base::Counted(options.journeys_min, "journey"),
            "measure more journeys, or ask for fewer by --journeys-min"};
  }
  const std::string yaml = YamlOf(pairs, options.zeta);
  if (options.json) std::printf("%s\n", JsonOf(pairs, options.zeta, *model).dump(2).c_str());
  if (!options.output.empty()) return Write(yaml, options.output);
  if (!options.json) std::fputs(yaml.c_str(), stdout);
  return {};
}

int Run(const ProfileOptions& options) {
  const base::Status status = WriteProfile(options);
  return status.ok() ? kExitFine : Report(status);
}

}  // namespace

void AddModelTemporalProfile(CLI::App& model, Action& action) {
  auto options = std::make_shared<ProfileOptions>();
  CLI::App* const command = model.add_subcommand(
      "temporal-profile",
      "how long journeys take from stage to stage, as measured; writes a model's section "
      "`temporal_profile`");
  options->question.AddTo(*command);
  options->common.AddTo(*command, true);
  command
      ->add_option("--zeta", options->zeta,
                   "how many deviations from the mean are still usual (default: 3)")
      ->check(CLI::Range(model::kZetaMin, model::kZetaMax));
  command
      ->add_option("--journeys-min", options->journeys_min,
                   "pairs of stages that fewer journeys have passed are left out (default: 30)")
      ->check(CLI::Range(int64_t{2}, int64_t{1'000'000'000}));
  command
      ->add_option("--output", options->output, "file for the section (default: standard output)")
      ->type_name("FILE");
  command->add_flag("--json", options->json, "what was measured, machine-readable");
  command->callback([options, &action] { action = [options] { return Run(*options); }; });
}

}  // namespace waymark::app
